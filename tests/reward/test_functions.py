"""Rewards against sums taken lane by lane."""

import numpy as np
import pytest

from tests.helpers.observed_traffic import NETWORKS, lanes_of, played
from traffic_marl.reward import REWARDS, make_reward

NETWORK = NETWORKS["grid"]


@pytest.fixture(scope="module")
def readings():
    return played(NETWORK).readings()


def expected(name, readings, b, n):
    """The reward of an intersection, from the roads that lead to it."""
    tables = NETWORK.tables
    lanes = np.flatnonzero(tables.lane_intersection == n)
    if name == "delay":
        return -(readings.delay[b, lanes].sum() / readings.span + readings.backlog[b, lanes].sum()) / 100
    if name == "queue":
        return -(readings.queue[b, lanes] + readings.backlog[b, lanes]).sum() / 100
    if name == "wait":
        return -readings.longest_wait[b, lanes].sum() / 1000
    if name == "throughput":
        return readings.discharged[b, lanes].sum() / 10
    assert name == "pressure"
    total = 0.0
    for m in np.flatnonzero(tables.movement_intersection == n):
        exits = list(NETWORK.lanes_of(NETWORK.movement_roads[m][1]))
        total += readings.queue[b, lanes_of(NETWORK, m)].sum() - readings.queue[b, exits].mean()
    return -abs(total) / 100


@pytest.mark.parametrize("name", REWARDS)
def test_rewards_are_what_they_say(name, readings):
    reward = make_reward(NETWORK, name)
    values = reward(readings)
    assert values.dtype == np.float32
    assert values.shape == readings.phase.shape
    for b, n in np.ndindex(*values.shape):
        assert values[b, n] == pytest.approx(expected(name, readings, b, n), abs=1e-5)
    assert np.abs(values).max() > 0
    assert (reward(readings) == values).all(), "reading twice gives the same"
