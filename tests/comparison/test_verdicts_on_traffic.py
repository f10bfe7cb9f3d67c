"""Verdicts on simulated traffic whose truth is known: equal strategies, and one with a planted difference."""

import numpy as np
import pytest

from traffic_marl.comparison.statistics import Verdict, paired, verdict
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.classical.random import RandomController

DRAWS, SEEDS = 100, 10
CROSSING = Scenario(
    name="crossing",
    network=GridNetwork(rows=1, columns=1, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    decision_interval_s=10,
    duration_s=300,
    clearing_s=0,
)


class OtherDraws:
    """Random phases by other draws than those of the shipped strategy `random`, so that the two are equal in truth."""

    def start(self, conditions):
        return RandomController(conditions.network.tables.phase_count, [seed + 10**6 for seed in conditions.seeds])


@pytest.fixture(scope="module")
def delays():
    """(2, draws, seeds) mean delays of two equal strategies for the same vehicles."""
    seeds = range(DRAWS * SEEDS)
    found = [run(CROSSING, strategy, seeds).measures.mean_delay for strategy in ("random", OtherDraws())]
    return np.stack(found).reshape(2, DRAWS, SEEDS)


def verdicts(one, other):
    """The verdict of each draw of seeds."""
    return [verdict(paired(*pair)) for pair in zip(one, other, strict=True)]


def test_equal_strategies_are_a_tie_in_nearly_all_draws_of_seeds(delays):
    one, other = delays
    assert not np.array_equal(one, other)
    assert verdicts(one, other).count(Verdict.TIE) >= 95


def test_a_planted_difference_of_a_twentieth_is_found(delays):
    noise = (delays[0] - delays[1]) / 10  # strategies that decide by traffic differ less than random ones
    assert verdicts(delays[0], 1.05 * delays[0] + noise).count(Verdict.BETTER) >= 95
