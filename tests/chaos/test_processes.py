"""The processes of a training are found by their parents and titles, and struck by signals."""

import signal
import subprocess
import sys
import time

import pytest

from traffic_marl.chaos import processes
from traffic_marl.chaos.processes import Process, descendants, strike, targets

FAMILY = (
    Process(10, 1, "python -m traffic_marl train"),
    Process(11, 10, "raylet"),
    Process(14, 11, "ray::TeamRunner.sample"),
    Process(13, 11, "ray::TeamRunner"),
    Process(12, 11, "ray::_WrappedExecutable.update"),
    Process(15, 11, "ray::IDLE"),
    Process(16, 11, "python about ray::TeamRunner"),
    Process(20, 1, "python -m traffic_marl train"),
    Process(21, 20, "ray::TeamRunner"),
)


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def state(pid):
    return subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def test_descendants_are_the_children_of_children_alone():
    assert {each.pid for each in descendants(10, FAMILY)} == {11, 12, 13, 14, 15, 16}
    assert {each.pid for each in descendants(20, FAMILY)} == {21}
    assert descendants(30, FAMILY) == ()


@pytest.mark.parametrize(
    ("target", "found"), [("runner", (13, 14)), ("hang", (13, 14)), ("learner", (12,)), ("driver", (10,))]
)
def test_processes_of_ray_are_known_by_their_titles(monkeypatch, target, found):
    monkeypatch.setattr(processes, "processes", lambda: FAMILY)
    assert targets(10, 10, target) == found


def test_a_process_of_this_machine_is_found_as_a_child_of_its_parent(sleeper):
    found = [each for each in processes.processes() if each.pid == sleeper.pid]
    assert "time.sleep(60)" in found[0].command
    assert sleeper.pid in {each.pid for each in descendants(found[0].parent, processes.processes())}


def test_a_process_is_killed_without_warning(sleeper):
    strike(sleeper.pid, "driver")
    assert sleeper.wait(10) == -signal.SIGKILL
    strike(sleeper.pid, "driver")  # one that has ended is no mistake


def test_a_process_that_hangs_goes_on_afterwards(sleeper, monkeypatch):
    seen = []
    monkeypatch.setattr(processes.time, "sleep", lambda seconds: seen.append((seconds, state(sleeper.pid))))
    strike(sleeper.pid, "hang")
    monkeypatch.undo()
    assert seen[0][0] == processes.HANGS
    assert seen[0][1].startswith("T")
    for _ in range(50):
        if not state(sleeper.pid).startswith("T"):
            break
        time.sleep(0.1)
    assert not state(sleeper.pid).startswith("T")
    assert sleeper.poll() is None
