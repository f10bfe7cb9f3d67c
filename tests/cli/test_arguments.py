from pathlib import Path

import pytest

from traffic_marl.cli.arguments import at_least_one, ensure_different, the_only
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.strategies.catalogue import STRATEGIES


def test_all_strategies_unless_some_are_named():
    assert [named.label for named in choose_strategies(None)] == [name for name in STRATEGIES if name != "plan"]
    assert [named.label for named in choose_strategies("random, fixed_time")] == ["random", "fixed_time"]


@pytest.mark.parametrize("value", [0, -3])
def test_counts_below_one_are_refused(value):
    with pytest.raises(UsageError, match=rf"--seeds: {value} is too small; give a whole number, at least 1"):
        at_least_one("--seeds", value)


def test_two_results_in_one_file_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"--json: .* is also the file of --csv"):
        ensure_different({"--csv": tmp_path / "a", "--plot": None, "--json": tmp_path / "b" / ".." / "a"})
    ensure_different({"--csv": Path("a"), "--json": Path("b"), "--plot": None})


def test_one_run_takes_one_strategy():
    assert the_only("longest_queue:reach_m=60,hold=2") == "longest_queue:reach_m=60,hold=2"
    with pytest.raises(UsageError, match="--strategy: 'webster,sotl' lists several strategies; give one"):
        the_only("webster,sotl")
