"""A comparison that is killed at any moment goes on, and ends with the bytes of one that was not."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.export import to_csv

MOMENTS = (1, 5, 8, 9)  # twice the number of a write, so that the process ends before it, or 1 more: after it
SCRIPT = """
import os, signal, sys
from traffic_marl.comparison.comparison import compare
from traffic_marl.scenario import Scenario

scenario, replace = Scenario.load(sys.argv[1]), os.replace

def dying_at(moment):
    calls = iter(range(moment + 1))

    def dying(*names):
        if not str(names[1]).startswith(sys.argv[2]):  # of compiled kernels
            return replace(*names)
        place = next(calls)
        if place < moment // 2 or moment % 2:
            replace(*names)
        if place == moment // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    return dying

for moment in map(int, sys.argv[3:]):
    child = os.fork()
    if child == 0:
        os.replace = dying_at(moment)
        compare(scenario, "fixed_time,sotl", range(2), threads=1, results=f"{sys.argv[2]}/{moment}")
        os._exit(0)
    print(os.WTERMSIG(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")
def test_a_comparison_that_is_killed_at_any_write_goes_on_to_the_same_bytes(tmp_path):
    short = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
    short.save(tmp_path / "scenario.json")
    command = [sys.executable, "-c", SCRIPT, tmp_path / "scenario.json", tmp_path, *map(str, MOMENTS)]
    root = Path(__file__).parents[3]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert ended.stdout.split() == ["9"] * len(MOMENTS)
    assert len(list((tmp_path / "9" / "runs").glob("[!.]*"))) == 1  # the first strategy was finished
    whole = to_csv(compare(short, "fixed_time,sotl", range(2), threads=1))
    for moment in MOMENTS:
        found = compare(short, "fixed_time,sotl", range(2), threads=2, results=tmp_path / str(moment))
        assert to_csv(found) == whole
