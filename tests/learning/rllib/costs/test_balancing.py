"""Copies that move between runners while they train."""

import time
from dataclasses import dataclass, replace

import pytest

from tests.helpers.handmade_team import EPISODE, Copying, built, job
from traffic_marl.learning.rllib.algorithm_state import restore_algorithm, save_algorithm
from traffic_marl.learning.rllib.configs import configuration
from traffic_marl.learning.rllib.costs.balancing import Balancer
from traffic_marl.learning.rllib.costs.reading import costs_of
from traffic_marl.learning.rllib.faults.runners import begin_again, watch_runners
from traffic_marl.learning.rllib.runner import TeamRunner

SLOW = 0.004  # [s] of each decision of a copy on the second runner


class Slow(Copying):
    """The task on a machine where each copy takes its time."""

    pause = 0.0

    def step(self, actions):
        time.sleep(self.pause * self.copies)
        return super().step(actions)


@dataclass(frozen=True)
class MakeSlow:
    def __call__(self, copies, runner=0, runners=1, threads=None):
        env = Slow(copies, range(9000)[runner::runners])
        env.pause = SLOW if runner == 1 else SLOW / 8
        return env


@pytest.fixture
def balanced(cluster):
    """Trains with two runners, of which the second is slow. Gives the costs and steps of each iteration."""
    running = []

    def train(iterations, **choices):
        wanted = replace(job(runners=2, balance=True, **choices), make_environment=MakeSlow())
        algorithm = configuration(wanted).build_algo()
        running.append(algorithm)
        balancer, found = Balancer(wanted.settings), []
        for _ in range(iterations):
            begin = time.perf_counter()
            results = algorithm.train()
            costs = costs_of(results, time.perf_counter() - begin, is_asynchronous=False)
            balancer.move(algorithm, costs)
            found.append((costs, results["env_runners"]["num_env_steps_sampled"]))
        return algorithm, found

    yield train
    for algorithm in running:
        algorithm.stop()


@pytest.mark.slow
def test_copies_move_from_a_slow_runner_to_a_fast_one_and_none_is_lost(balanced):
    algorithm, found = balanced(6, copies=8, fragment=4)
    copies = [{number: each.copies for number, each in costs.runners.items()} for costs, _ in found]
    assert copies[0] == {1: 8, 2: 8}
    assert all(sum(each.values()) == 16 for each in copies)
    assert copies[-1][2] < 5
    assert {steps for _, steps in found} == {16 * 4}
    slowest = [max(each.sampling for each in costs.runners.values()) for costs, _ in found]
    assert slowest[-1] < 0.75 * slowest[0]
    met = algorithm.env_runner_group.foreach_env_runner(lambda runner: runner.env.met, local_env_runner=False)
    assert sorted(map(len, met)) == sorted(copies[-1].values())
    assert not set(met[0]) & set(met[1])


def test_a_runner_changes_its_copies_when_an_episode_ends_and_goes_on_with_the_next_seeds(cluster):
    runner = TeamRunner(config=configuration(job(fragment=4, copies=3)), worker_index=0)
    runner.sample()
    runner.copies = 5
    episodes = runner.sample()
    assert [len(episode) for episode in episodes] == [2] * 3 + [2] * 5
    assert runner.env.met == [3, 4, 5, 6, 7]
    assert runner.num_env_steps_sampled_lifetime == 4 * 3 + 2 * 3 + 2 * 5
    assert runner.get_metrics()["num_env_steps_sampled"].peek() == runner.num_env_steps_sampled_lifetime
    runner.copies = 2
    assert [len(episode) for episode in runner.sample()] == [4] * 5
    assert [len(episode) for episode in runner.sample()] == [4] * 2
    assert runner.env.met == [8, 9]


def test_a_stretch_never_goes_beyond_the_end_of_an_episode(cluster):
    runner = TeamRunner(config=configuration(job(fragment=EPISODE, copies=2)), worker_index=0)
    lengths = [len(episode) for episode in runner.sample(num_timesteps=2 * (2 * EPISODE + 1))]
    assert lengths == [EPISODE] * 4 + [1] * 2


def step_other_copies(runner):
    runner.copies = {1: 5, 2: 1}[runner.worker_index]


def next_seeds_of_first(algorithm):
    """The seeds that the first runner meets next."""
    group = algorithm.env_runner_group
    return group.foreach_env_runner(lambda runner: runner.sample() and runner.env.met, local_env_runner=False)[0]


@pytest.mark.slow
def test_neither_a_successor_nor_a_resumed_runner_meets_the_seeds_of_many_copies_again(cluster, tmp_path):
    algorithm = built(fragment=EPISODE // 2, copies=3, runners=2)
    group = algorithm.env_runner_group
    group.foreach_env_runner(step_other_copies, local_env_runner=False)
    for _ in range(8):
        algorithm.train()
    save_algorithm(algorithm, tmp_path)
    watch_runners(group)._replace(1)
    begin_again(algorithm, group, [1])
    begun = 4 * 5  # in as many episodes
    assert next_seeds_of_first(algorithm) == [2 * (begun + 2 * 6 + copy) for copy in range(3)]
    algorithm.stop()
    resumed = built(fragment=EPISODE // 2, copies=3, runners=2)
    restore_algorithm(resumed, tmp_path)
    assert next_seeds_of_first(resumed) == [2 * (begun + copy) for copy in range(3)]
    resumed.stop()
