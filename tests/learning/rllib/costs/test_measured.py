"""Costs as runners and learners measure them."""

import time

import numpy as np
import pytest

from tests.helpers.handmade_team import EPISODE, job
from traffic_marl.learning.rllib.configs import configuration
from traffic_marl.learning.rllib.costs import learner
from traffic_marl.learning.rllib.costs.learner import weights_of
from traffic_marl.learning.rllib.costs.reading import costs_of
from traffic_marl.learning.rllib.costs.runner import samples_size, weights_size
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.modules import TEAM

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def train():
    """Builds an algorithm and gives the costs of its iterations. It stops at the end of the test."""
    running = []

    def start(iterations, **choices):
        wanted = job(**choices)
        algorithm = configuration(wanted).build_algo()
        running.append(algorithm)
        found = []
        for _ in range(iterations):
            begin = time.perf_counter()
            results = algorithm.train()
            seconds = time.perf_counter() - begin
            found.append(costs_of(results, seconds, is_asynchronous=wanted.settings.traits.is_asynchronous))
        return algorithm, found

    yield start
    for algorithm in running:
        algorithm.stop()


def test_the_main_process_alone_moves_nothing_and_learns_from_fresh_weights(train):
    _, found = train(3)
    for costs in found:
        assert costs.moved.total == 0
        assert costs.age.most == 0.0
        assert 0.0 < costs.age_in_seconds.mean < 60.0
        assert 0.0 < costs.sampling_share < 1.0
        assert 0.0 < costs.learning_share < 1.0
        assert (costs.runners[0].copies, costs.runners[0].decisions) == (3, 3 * EPISODE)


def test_a_runner_sends_its_samples_and_gets_the_weights_of_the_policy(train):
    algorithm, found = train(3, runners=1)
    actor = algorithm.env_runner.module[TEAM].actor.state_dict().values()
    assert found[-1].moved.weights == sum(value.nbytes for value in actor)
    layout = algorithm.env_runner.config.env_config["architecture"]["layout"]
    assert layout["phases"] == 3
    row = 2 * (18 * 4 + 8 + 4 + 4 + 3 * 4)  # observations, actions, rewards, log-probabilities and logits of two agents
    assert found[-1].moved.samples == 3 * (EPISODE * row + 2 * 18 * 4)
    assert found[-1].age.most == 0.0
    assert 0.0 < found[-1].idle_share_of_runners < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["push", "pull"])
def test_weights_reach_a_runner_of_an_asynchronous_algorithm_in_either_way(train, weights):
    algorithm, _ = train(1, algorithm="appo", copies=4, runners=1, weights=weights)
    deadline = time.monotonic() + 300.0
    while not _held(algorithm) and time.monotonic() < deadline:  # a server of weights takes some seconds to start
        algorithm.train()
    assert _held(algorithm) > 0
    assert (algorithm._env_runner_state_server is None) == (weights == "push")


def _held(algorithm):
    """Number of the weights that the runner has."""
    return algorithm.env_runner_group.foreach_env_runner(lambda runner: runner._weights_seq_no, local_env_runner=False)[
        0
    ]


def test_weights_of_asynchronous_training_age_while_they_are_used(train):
    _, found = train(12, algorithm="appo", copies=4)
    ages = [costs.age for costs in found if costs.age is not None]
    assert ages
    assert max(age.most for age in ages) >= 1.0
    assert all(0.0 <= age.mean <= age.most <= 20.0 for age in ages)


def test_a_learner_whose_clock_is_a_day_ahead_of_that_of_its_runner_changes_no_cost(train, monkeypatch):
    monkeypatch.setattr(learner, "perf_counter", lambda: time.perf_counter() + 86_400.0)
    _, found = train(3)
    for costs in found:
        assert 0.0 < costs.age_in_seconds.mean <= costs.age_in_seconds.most < 600.0
        assert 0.0 < costs.sampling_share < 1.0
        assert 0.0 < costs.learning_share < 1.0


def test_sizes_are_those_of_the_numbers():
    episode = TeamEpisode({"obs": np.zeros((5, 2, 3), np.float32), "rewards": np.zeros((5, 2))}, np.zeros(3), False)
    assert samples_size([episode, episode]) == 2 * (5 * 2 * 3 * 4 + 5 * 2 * 8 + 3 * 8)
    assert weights_size({"team": {"a": np.zeros((3, 2), np.float32), "b": 1.0}}) == 32


def test_samples_remember_the_weights_that_made_them_in_all_their_parts():
    columns = {"obs": np.zeros((5, 2)), "rewards": np.zeros((5, 2))}
    old, new = (TeamEpisode(columns, np.zeros(2), False, weights=number) for number in (3, 4))
    unknown = TeamEpisode(columns, np.zeros(2), False)
    assert weights_of([old, new[1:4], new[:1], unknown, object()]) == {3: 5, 4: 4}
    make, arguments = old.__reduce__()
    assert make(*arguments).weights == 3
