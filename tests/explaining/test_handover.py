"""Intersections handed over to another strategy: whole runs, intervals and sums."""

import numpy as np
import pytest

from tests.helpers.lone_vehicles import EASTWARD, EW_THROUGH, NS_THROUGH, keeping, scenario
from traffic_marl.explaining.handover import hand_over
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.conversion import named_strategy

SEEDS = (0, 1)
TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=1, columns=2, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=200,
    clearing_s=100,
)


@pytest.mark.parametrize("pair", [("longest_queue", "fixed_time"), ("sotl", "longest_queue"), ("max_pressure", "sotl")])
def test_with_none_or_all_handed_over_the_run_is_that_of_one_strategy(pair):
    found = hand_over(TOWN, *map(named_strategy, pair), SEEDS)

    for delay, strategy in zip((found.delay, found.other_delay), pair, strict=True):
        assert delay.tolist() == run(TOWN, strategy, SEEDS).measures.mean_delay.tolist()
    assert found.saved.shape == (2, 2)
    assert len(set(found.handed.ravel().tolist())) == 4


def test_more_runs_than_are_moved_at_once_come_in_their_order(monkeypatch):
    pair = named_strategy("longest_queue"), named_strategy("fixed_time")
    whole = hand_over(TOWN, *pair, SEEDS)

    monkeypatch.setattr("traffic_marl.explaining.handover.WIDTH", 3)

    assert np.array_equal(hand_over(TOWN, *pair, SEEDS).handed, whole.handed)


def test_a_delay_that_either_intersection_alone_causes_is_not_the_sum_of_both(tmp_path):
    town = scenario(tmp_path, [(0, EASTWARD)])

    found = hand_over(town, named_strategy(keeping(EW_THROUGH)), named_strategy(keeping(NS_THROUGH)), (0,))

    assert found.delay[0] < 15.0  # the vehicle passes both after one change of phases
    way = 600.0 / 11.111  # [s] of free travel up to the second stop line
    assert found.handed[0] == pytest.approx([200.0 - 3 * way / 2, 200.0 - 3 * way / 2], abs=3.0)  # whole way taken off
    assert found.other_delay[0] == found.handed[0, 0]  # the second one does not matter if the first holds it back
    assert found.together == pytest.approx(found.saved.sum(axis=1) + found.not_explained)
    assert found.not_explained[0] == pytest.approx(-found.saved[0, 1])
