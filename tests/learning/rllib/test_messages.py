import numpy as np
import pytest
import torch

from tests.helpers.told_team import MakeTold, told
from traffic_marl.learning.rllib.build import actor_of


def right_share(algorithm, rounds=20):
    """Share of the greedy choices that earn."""
    env, actor = MakeTold()(32), actor_of(algorithm)
    observations, right = env.reset(), []
    for _ in range(rounds):
        with torch.inference_mode():
            actions = actor(torch.from_numpy(observations)).argmax(-1).numpy()
        observations, rewards, *_ = env.step(actions)
        right.append(rewards.mean())
    return float(np.mean(right))


@pytest.fixture
def build(cluster):
    """Builds an algorithm for the task and stops it afterwards."""
    algorithms = []

    def build(**choices):
        algorithms.append(told(**choices))
        return algorithms[-1]

    yield build
    for algorithm in algorithms:
        algorithm.stop()


@pytest.mark.parametrize("algorithm", ["ppo", "appo", "impala", "reinforce", "dqn"])
def test_intersections_learn_to_tell_each_other_what_they_see(build, algorithm):
    trained = build(algorithm=algorithm, policy="message")
    for _ in range(150):
        trained.train()
        if right_share(trained) > 0.9:
            return
    raise AssertionError("they did not learn it")


def test_without_messages_nobody_can_know(build):
    trained = build(policy="shared")
    for _ in range(20):
        trained.train()
    assert right_share(trained) < 0.65
