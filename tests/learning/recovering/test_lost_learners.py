"""A training that loses its learner goes on from its last checkpoint by itself, to the same end."""

import os
import signal

import pytest
import ray

from tests.helpers.dying_learner import DyingLearners
from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import ProcessError
from traffic_marl.learning import train as training
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings

TABLES = {"algorithm": "tabular-q", "copies": 2, "observation": "local"}
TIMED = ("seconds", "agent_steps_per_s")  # columns that depend on the clock


def begun(path, iterations=5, every=2, **settings):
    """A new run with a checkpoint every second iteration."""
    validation = Validation(every=every, seeds=1, classical=False)
    chosen = TrainingSettings.chosen(**(settings or TABLES))
    return training.begin(SMALL, RunSettings(chosen, Budget(iterations=iterations), validation), path)


def rows(folder):
    """The lines of a run's table without those that depend on the clock."""
    return [{name: value for name, value in row.items() if name not in TIMED} for row in folder.progress()]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a run that loses nothing."""
    folder = begun(tmp_path_factory.mktemp("undisturbed") / "run")
    training.run_training(folder)
    return folder


@pytest.mark.parametrize("lost_at", [{1}, {2}, {4}, {1, 2, 3}, {4, 5, 6, 9}])
def test_a_lost_learner_costs_the_time_since_the_last_checkpoint_alone(undisturbed, tmp_path, monkeypatch, lost_at):
    make = DyingLearners(lost_at)
    monkeypatch.setattr(training, "make_learner", make)
    folder = begun(tmp_path / "run")
    reports = []
    last = training.run_training(folder, reports.append)
    assert (last.doing, last.iteration) == ("done", 5)
    assert rows(folder) == rows(undisturbed)
    assert folder.state.agent_steps == undisturbed.state.agent_steps
    assert make.closed == len(make.made) == len(lost_at) + 1
    assert len(last.faults) == len(lost_at)
    assert last.faults[0].startswith("a learner has died, back to iteration ")


def test_the_fault_says_where_the_training_was_and_where_it_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "make_learner", DyingLearners({4}))
    folder = begun(tmp_path / "run")
    assert training.run_training(folder).faults == ("a learner has died, back to iteration 2 (iteration 4)",)


def test_losses_without_end_are_told_with_the_command_that_goes_on(undisturbed, tmp_path, monkeypatch):
    make = DyingLearners(range(3, 1000))
    monkeypatch.setattr(training, "make_learner", make)
    folder = begun(tmp_path / "run")
    with pytest.raises(ProcessError, match=r"a learner has died, but nothing up to its last checkpoint is lost"):
        training.run_training(folder)
    assert len(make.made) == 4
    monkeypatch.undo()
    assert training.run_training(resume(RunFolder.open_run(tmp_path / "run"))).doing == "done"
    assert rows(RunFolder.open_run(tmp_path / "run")) == rows(undisturbed)


def test_a_learner_that_cannot_be_made_is_told_at_once(tmp_path, monkeypatch):
    make = DyingLearners(set(), dies_early=True)
    monkeypatch.setattr(training, "make_learner", make)
    with pytest.raises(ProcessError, match=r"ray did not start, but nothing"):
        training.run_training(begun(tmp_path / "run"))


@pytest.mark.slow  # up to two minutes, until ray tells of the death
def test_a_learner_in_another_process_that_is_killed_is_made_again(cluster, tmp_path, monkeypatch):
    folder = begun(
        tmp_path / "run", iterations=3, every=1, learners=1, copies=2, observation="local", hidden=(8,), fragment=6
    )
    make, made = training.make_learner, []
    monkeypatch.setattr(training, "make_learner", lambda *arguments: made.append(make(*arguments)) or made[-1])

    def kill(report):
        if (report.doing, report.iteration, len(made)) == ("training", 2, 1):
            os.kill(process_of(made[0]), signal.SIGKILL)

    last = training.run_training(folder, kill)
    assert (last.doing, last.iteration) == ("done", 3)
    assert last.faults == ("a learner has died, back to iteration 2 (iteration 3)",)
    assert [row["iteration"] for row in folder.progress()] == [0, 1, 2, 3]


def process_of(learner):
    """The id of the process that learns."""
    (actor,) = learner._algorithm.learner_group._worker_manager.actors().values()
    return ray.get(actor.apply.remote(lambda _: os.getpid()))
