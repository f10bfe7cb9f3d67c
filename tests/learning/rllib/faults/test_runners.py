"""Runners that die or hang get successors while the training goes on. Those whose task fails end the training."""

import os
import signal
import time
from contextlib import closing

import numpy as np
import pytest
import ray

from tests.helpers.failing_reward import failing_after
from tests.helpers.made_up_runs import SMALL
from tests.helpers.watched_runners import faults_of, is_back, iterations_until, processes_of, samples
from traffic_marl.errors import UsageError
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.rllib import learner as learner_module
from traffic_marl.learning.rllib.faults import runners as runners_module
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.settings import TrainingSettings

TINY = {"copies": 2, "observation": "local", "hidden": (8,)}


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["ppo", "appo"])
def test_a_killed_runner_comes_back_with_the_present_weights_while_the_other_one_samples(cluster, algorithm):
    settings = TrainingSettings.chosen(algorithm=algorithm, runners=2, **TINY)
    with closing(RllibLearner(SMALL, settings)) as learner:
        usual = learner.iterate(0.0)
        before = processes_of(learner)
        os.kill(before[1], signal.SIGKILL)
        found = iterations_until(learner, is_back)
        assert faults_of(found) == ["runner 1 was lost, 1 of 2 sample", "runner 1 is back, 2 of 2 sample"]
        assert min(samples(found)) > 0
        if algorithm == "ppo":  # it fills its batches whatever is lost
            assert set(samples(found)) == {usual.agent_steps}
        noticed = next(each for each in found if each.faults)  # one that samples meanwhile notices it late
        assert noticed.scalars["lost_runners"] == 1
        assert found[-1].scalars["runners"] == 2
        after = processes_of(learner)
        assert after[2] == before[2]
        assert after[1] != before[1]
        assert_newest_weights(learner, algorithm)


def assert_newest_weights(learner, algorithm):
    """Asserts that both runners have weights of the learner, and the same ones if they sample with the same."""
    states = learner._algorithm.env_runner_group.foreach_env_runner(
        lambda runner: (runner._weights_seq_no, runner.module.get_state()["team"]), local_env_runner=False
    )
    (one, first), (other, second) = sorted(states, key=lambda each: each[0])
    assert one > 0
    assert algorithm != "ppo" or one == other
    if one == other:
        for name, weight in first.items():
            assert np.array_equal(weight, second[name]), name


@pytest.mark.slow
def test_without_any_runner_a_training_waits_for_their_successors(cluster):
    with closing(RllibLearner(SMALL, TrainingSettings.chosen(runners=1, **TINY))) as learner:
        usual = learner.iterate(0.0)
        os.kill(processes_of(learner)[1], signal.SIGKILL)
        found = iterations_until(learner, is_back)
        assert samples(found) == [0] * (len(found) - 1) + [usual.agent_steps]
        assert len(found) > 1


@pytest.mark.slow
def test_runners_that_stay_away_end_the_training(cluster, monkeypatch):
    monkeypatch.setattr(learner_module, "LONGEST_ABSENCE", 0.5)
    monkeypatch.setattr(runners_module, "bring_back", lambda algorithm: None)
    monkeypatch.setattr(learner_module, "bring_back", lambda algorithm: None)
    with closing(RllibLearner(SMALL, TrainingSettings.chosen(runners=1, **TINY))) as learner:
        learner.iterate(0.0)
        os.kill(processes_of(learner)[1], signal.SIGKILL)
        with pytest.raises(LostProcessError, match="no runner has come back within"):
            iterations_until(learner, lambda iterations: False)


@pytest.mark.slow
def test_a_runner_that_hangs_is_replaced(cluster):
    with closing(RllibLearner(SMALL, TrainingSettings.chosen(runners=2, **TINY))) as learner:
        learner.iterate(0.0)
        ensure_patient_with_unfetched_answers(learner)
        learner._runners.patience.least = 2.0
        stopped = processes_of(learner)[2]
        os.kill(stopped, signal.SIGSTOP)
        found = iterations_until(learner, lambda iterations: bool(faults_of(iterations)))
        assert faults_of(found) == ["runner 2 was lost, 1 of 2 sample"]
        assert min(samples(found)) > 0
        iterations_until(learner, lambda iterations: not os.path.exists(f"/proc/{stopped}"))


def ensure_patient_with_unfetched_answers(learner):
    """Asserts that an answer which came in time, but is fetched late, is not taken for one that is missing."""
    patience = learner._runners.patience
    patience.least, patience.longest = 0.5, 0.0
    time.sleep(1.0)  # the runners have taken over the weights of the first iteration long ago
    learner._algorithm.env_runner_group.foreach_env_runner(lambda runner: None, local_env_runner=False)
    assert learner._runners.lost == 0
    patience.longest = 0.2


@pytest.mark.slow
def test_a_reward_that_fails_late_in_one_of_two_runners_ends_the_training_with_its_line(cluster, tmp_path):
    (tmp_path / "failing.py").write_text(failing_after(30))
    settings = TrainingSettings.chosen(runners=2, reward=f"{tmp_path / 'failing.py'}:reward", **TINY)
    with closing(RllibLearner(SMALL, settings)) as learner, pytest.raises(UsageError) as caught:
        iterations_until(learner, lambda iterations: False)
    assert str(caught.value).endswith("fails with ValueError: the detector has no value; correct the file")


@pytest.mark.slow
def test_a_learner_that_is_closed_does_not_wait_for_runners_that_have_no_room(cluster, monkeypatch):
    with closing(RllibLearner(SMALL, TrainingSettings.chosen(runners=1, **TINY))) as learner:
        learner.iterate(0.0)
        group = learner._algorithm.env_runner_group
        group._remote_args["num_cpus"] = 1000
        os.kill(processes_of(learner)[1], signal.SIGKILL)
        assert learner.iterate(0.5).agent_steps == 0
        started = time.monotonic()
    assert time.monotonic() - started < 20.0
    assert ray.is_initialized()
