"""Estimated loads of intersections."""

import numpy as np
import pytest

from traffic_marl.network.generators.grid import grid
from traffic_marl.network.generators.random_streets import random_streets
from traffic_marl.scenario.random.capacity import least_greens, loads, yields


def flow_of(network, **flows):
    """[veh/s] (M,) the same flow for all movements of a turn, 0 for the others."""
    return np.array([flows.get(turn, 0.0) for turn in network.movement_turns])


def test_through_traffic_of_two_streets_loads_an_intersection_by_the_sum_of_both():
    network = grid(1, 1, phases="four")

    found = loads(network, flow_of(network, through=0.1), intergreen=3.0)

    # 0.1 / 0.5 for each street, with two changes of 5 s in 100 s
    assert found == pytest.approx([0.4 / 0.9])


def test_more_lanes_bear_more_flow():
    lanes = (("left",), ("through",), ("through", "right"))
    network = grid(1, 1, phases="four", lanes=lanes)

    assert loads(network, flow_of(network, through=0.1), 3.0) == pytest.approx([0.2 / 0.9])


def test_right_turns_that_are_always_green_cost_no_green_of_their_own():
    network = grid(1, 1, phases="four")

    assert loads(network, flow_of(network, right=0.4), 3.0) == pytest.approx([0.0])


def test_left_turns_that_yield_count_twice():
    two, four = grid(1, 1, phases="two"), grid(1, 1, phases="four")
    lefts = np.array([turn == "left" for turn in two.movement_turns])

    assert yields(two).tolist() == lefts.tolist()
    assert not yields(four).any()
    assert loads(two, flow_of(two, left=0.1), 3.0) == pytest.approx([0.8 / 0.9])
    assert loads(four, flow_of(four, left=0.1), 3.0) == pytest.approx([0.4 / 0.9])


def test_a_movement_of_several_phases_may_divide_its_flow_among_them():
    served = np.array([[True, True], [False, True]])

    assert least_greens(served, np.array([0.5, 0.2])).sum() == pytest.approx(0.5)


def test_a_load_grows_in_proportion_to_the_flow():
    network = random_streets(7, phases="eight")
    flow = np.random.default_rng(0).uniform(0.01, 0.1, len(network.movement_roads))

    assert loads(network, 2 * flow, 4.0) == pytest.approx(2 * loads(network, flow, 4.0))
