import numpy as np
import pytest

from traffic_marl.network.described import movements_at, side_of, size_of, yielding_pairs
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.model import Road


@pytest.fixture(scope="module")
def crossing():
    return grid(1, 1, block=200.0, phases="two")


def by_stream(network):
    """The movements of the only intersection by side and turn."""
    return {(each.side, each.turn): each for each in movements_at(network, 0)}


def test_movements_tell_side_lanes_and_phases(crossing):
    found = by_stream(crossing)
    assert len(found) == 12
    left = found["W", "left"]
    assert (left.from_road, left.to_road, left.lanes, left.phases) == ("road_west_1_E", "road_1_1_N", (0,), (1,))
    assert found["N", "right"].phases == (0, 1)


def test_movements_meet_those_that_they_cross_or_join(crossing):
    found = by_stream(crossing)
    number = {stream: each.number for stream, each in found.items()}
    meets = set(found["W", "through"].conflicts)
    assert meets >= {number["N", "through"], number["S", "through"], number["E", "left"], number["N", "left"]}
    assert not meets & {number["E", "through"], number["W", "left"], number["W", "right"], number["E", "right"]}
    assert all(
        each.number in found_other.conflicts
        for each in found.values()
        for found_other in found.values()
        if found_other.number in each.conflicts
    )


def test_pairs_that_are_green_together_and_meet_yield(crossing):
    found = by_stream(crossing)
    pairs = yielding_pairs(movements_at(crossing, 0), 1)
    wanted = tuple(sorted((found["W", "left"].number, found["E", "through"].number)))
    assert wanted in pairs
    assert yielding_pairs(movements_at(grid(1, 1, block=200.0), 0), 2) != pairs


def test_the_size_counts_each_road_and_lane_once(crossing):
    size = size_of(crossing)
    assert (size.intersections, size.junctions, size.roads, size.lanes, size.entries, size.exits) == (1, 0, 8, 24, 4, 4)
    assert size.lane_length == pytest.approx(float(np.sum(crossing.tables.length[:24])))


@pytest.mark.parametrize(("before", "side"), [((-9, 0), "W"), ((0, 9), "N"), ((5, -5), "SE"), ((9, 1), "E")])
def test_sides_are_compass_points(before, side):
    assert side_of(Road("in", "rim", "here", (before, (0.0, 0.0)), ())) == side
