"""Processes of a training that die, and errors of the user's own functions in them, are told and end the training."""

import errno
import os
import signal
from contextlib import closing

import pytest
import ray

from tests.helpers.failing_reward import failing_after
from traffic_marl.errors import FileError, ProcessError, UsageError
from traffic_marl.learning import train as training
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings

SMALL = {"copies": 2, "observation": "local", "hidden": "8"}


def process_of(actor) -> int:
    """The id of an actor's process."""
    return ray.get(actor.apply.remote(lambda _: os.getpid()))


@pytest.fixture
def failing(tmp_path):
    (tmp_path / "failing.py").write_text(failing_after(2))
    return f"{tmp_path / 'failing.py'}:reward"


def test_a_killed_learner_is_told(cluster, one_way):
    settings = TrainingSettings.chosen(learners=1, **SMALL)
    with closing(RllibLearner(one_way, settings)) as learner:
        (other,) = learner._algorithm.learner_group._worker_manager.actors().values()
        os.kill(process_of(other), signal.SIGKILL)
        with pytest.raises(LostProcessError, match="died"):
            learner.iterate(0.5)


@pytest.mark.parametrize("stock", [False, True])
def test_a_reward_that_fails_late_in_another_process_is_told_with_its_line(cluster, one_way, failing, stock):
    settings = TrainingSettings.chosen(runners=1, reward=failing, stock=stock, **SMALL)
    with closing(RllibLearner(one_way, settings)) as learner, pytest.raises(UsageError) as caught:
        learner.iterate(0.0)
    assert str(caught.value).endswith("line 12 fails with ValueError: the detector has no value; correct the file")


def test_a_disk_that_gets_full_is_told_with_the_command_that_goes_on(one_way, tmp_path, monkeypatch):
    settings = TrainingSettings.chosen(algorithm="tabular-q", policy="independent")
    validation = Validation(every=1, seeds=1, classical=False)
    folder = training.begin(one_way, RunSettings(settings, Budget(iterations=3), validation), tmp_path / "mine")

    def fail(draft, arrays):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill_disk(report):
        if report.iteration == 2:
            monkeypatch.setattr("traffic_marl.learning.policies._write_arrays", fail)

    with pytest.raises(FileError) as told:
        training.run_training(folder, fill_disk)
    assert "iteration_000002/policy.npz: cannot be written: No space left on device, but nothing up" in str(told.value)
    assert told.value.remedy.startswith("make room on the disk, then continue with: ")
    monkeypatch.undo()
    assert training.run_training(resume(RunFolder.open_run(tmp_path / "mine"))).doing == "done"


def test_the_command_line_exits_with_1_after_the_loss_of_a_process(tmp_path, monkeypatch, call):
    def lose(*arguments):
        raise ProcessError("mine", "a runner has died", "continue with: train --resume --out mine")

    monkeypatch.setattr("traffic_marl.cli.training.run_training", lose)
    code, _, lines = call(
        "train", "grid_2x2_smoke", "--algorithm", "tabular-q", "--policy", "independent", "--out", tmp_path / "mine"
    )
    assert code == 1
    assert lines.splitlines()[-1] == "mine: a runner has died; continue with: train --resume --out mine"
    assert "Traceback" not in lines
