"""Statistics of places on cases worked by hand."""

import numpy as np
import pytest

from traffic_marl.local_measures.grouping import percentiles, ratios, size_percentiles
from traffic_marl.local_measures.headways import SATURATION_FLOW, discharges
from traffic_marl.local_measures.signals import begins, effective_share
from traffic_marl.network.generators.grid import grid


def test_percentiles_are_those_of_numpy():
    generator = np.random.default_rng(0)
    values, place = generator.normal(size=200), generator.integers(0, 5, 200)
    found = percentiles(values, place, 6, np.argsort(values), 95.0)
    assert found[:5] == pytest.approx([np.percentile(values[place == g], 95.0) for g in range(5)])
    assert np.isnan(found[5])


def test_a_quotient_by_zero_has_no_value():
    assert ratios(np.array([1.0, 2.0]), np.array([0, 4])) == pytest.approx([np.nan, 0.5], nan_ok=True)


def test_the_size_not_exceeded_counts_the_looks_without_a_queue():
    looks_by_size = np.array([9, 9, 0, 0, 1, 1, 0, 0, 10, 0, 0, 5], np.int32)
    bins = np.array([2, 6, 9, 12])  # the first place has a queue of 2 once and one of 3 once, in 20 looks
    assert size_percentiles(looks_by_size, bins, 20, 95.0).tolist() == [2, 2, 2]
    assert size_percentiles(looks_by_size, bins, 20, 90.0).tolist() == [0, 2, 2]
    assert size_percentiles(looks_by_size, bins, 20, 49.0).tolist() == [0, 0, 0]


def test_without_a_look_all_sizes_are_zero():
    assert size_percentiles(np.zeros(4, np.int32), np.array([0, 2, 4]), 0, 95.0).tolist() == [0, 0]


def test_effective_green_is_the_green_less_what_is_lost_each_time_it_begins():
    green = np.array([[1, 1, 0, 1, 1, 1, 1, 0, 1, 0], [1] * 10], np.bool_).T
    assert begins(green)[:, 0].nonzero()[0].tolist() == [3, 8]
    assert effective_share(green, np.array([1.5, 9.0])) == pytest.approx([0.4, 1.0])
    assert effective_share(green, np.array([-1.0, 0.0])) == pytest.approx([0.9, 1.0])
    assert effective_share(green, np.array([9.0, 0.0])) == pytest.approx([0.0, 1.0])


def test_headways_count_from_the_fifth_queued_vehicle_of_a_green():
    network = grid(1, 1, block=200.0)
    through = network.movement_turns.index("through")
    green = np.zeros((400, len(network.movement_turns)), np.bool_)
    for begin in range(10, 400, 100):
        green[begin : begin + 60, through] = True
    departed = np.concatenate([begin + np.array([2, 5, 8, 11, *range(13, 33, 2), 50]) for begin in range(10, 400, 100)])
    queued = np.tile([True] * 14 + [False], 4)
    lane = np.full(len(departed), network.tables.movement_lane[network.tables.movement_lane_start[through]])
    movement = np.full(len(departed), through)
    found = discharges(network, green, lane, movement, departed, queued)
    assert found["through"] == (1800.0, 11.5 - 4 * 2.0, 40)
    assert found["left"] == (SATURATION_FLOW, 0.0, 0)
