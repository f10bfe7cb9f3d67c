"""Weights that runners in other processes hold before they sample."""

from contextlib import closing

import pytest
import torch

from tests.helpers.handmade_team import built
from traffic_marl.learning.rllib.algorithm_state import restore_algorithm, save_algorithm, take_weights
from traffic_marl.learning.rllib.build import actor_of
from traffic_marl.learning.rllib.modules import TEAM


class Stopped:
    """An algorithm that stops at the end of a block."""

    def __init__(self, algorithm):
        self.algorithm = algorithm
        self.close = algorithm.stop


def held(algorithm):
    """The weights of the runner in another process, and their number."""
    return algorithm.env_runner_group.foreach_env_runner(
        lambda runner: (runner.module[TEAM].actor.state_dict(), runner._weights_seq_no), local_env_runner=False
    )[0]


def same(one, other):
    return all((value == torch.as_tensor(other[name])).all() for name, value in one.items())


def test_a_runner_that_has_just_started_gets_given_and_restored_weights_before_it_samples(cluster, tmp_path):
    with closing(Stopped(built(seed=3))) as alone, closing(Stopped(built(runners=1))) as begun:
        given = actor_of(alone.algorithm).state_dict()
        take_weights(begun.algorithm, {name: value.numpy() for name, value in given.items()})
        weights, number = held(begun.algorithm)
        assert same(weights, given)
        assert number == 0
        for _ in range(2):
            alone.algorithm.train()
        save_algorithm(alone.algorithm, tmp_path)
        restore_algorithm(begun.algorithm, tmp_path)
        weights, number = held(begun.algorithm)
        assert same(weights, actor_of(alone.algorithm).state_dict())
        assert not same(weights, given)
        assert number == 2


def test_weights_that_are_replaced_between_updates_reach_the_runner_too(cluster):
    with closing(Stopped(built())) as trained:
        trained.algorithm.train()
        zero = {name: value.numpy() * 0 for name, value in actor_of(trained.algorithm).state_dict().items()}
        take_weights(trained.algorithm, zero)
        assert same(trained.algorithm.env_runner.module[TEAM].actor.state_dict(), zero)
        with pytest.raises(ValueError, match="weights of another network"):
            take_weights(trained.algorithm, {"network.none": zero})
