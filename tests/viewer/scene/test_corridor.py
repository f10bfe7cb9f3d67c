"""Corridors straight through intersections, and the traffic along them."""

from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.small_town import live, town_map
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.viewer.scene.corridor import Trace, corridors, strokes
from traffic_marl.viewer.scene.lights import lights
from traffic_marl.viewer.scene.street_map import street_map


def test_every_street_of_a_grid_has_a_corridor_each_way():
    found = corridors(town_map())
    assert len(found) == 8
    assert all(len(corridor.stop_lines) == 2 for corridor in found)
    assert found[0].label == "road_west_1_E to road_1_2_E"


def test_the_corridor_through_most_intersections_comes_first():
    found = corridors(street_map(arterial(5)))
    assert [len(corridor.stop_lines) for corridor in found[:3]] == [5, 5, 1]


def test_stop_lines_lie_where_the_lanes_end_and_belong_to_what_goes_straight_on():
    streets = town_map()
    corridor = corridors(streets)[0]
    first, second = corridor.stop_lines
    assert first.distance == pytest.approx(streets.paths.length[first_lane(corridor)])
    assert streets.movement_turns[first.movement] == streets.movement_turns[second.movement] == "through"
    assert streets.intersections[first.intersection] == "intersection_1_1"
    assert streets.intersections[second.intersection] == "intersection_1_2"
    assert first.distance < second.distance < corridor.length


def test_places_on_a_corridor_grow_along_it():
    """The offset grows by the length driven from drivable to drivable, except for connections of unequal lengths."""
    streets = town_map()
    corridor = corridors(streets)[0]
    for c in range(len(streets.start_lane)):
        start, link, end = streets.start_lane[c], len(streets.lane_lines) + c, streets.end_lane[c]
        if not np.isnan(corridor.offset[[start, link, end]]).any():
            assert corridor.offset[link] == pytest.approx(corridor.offset[start] + streets.paths.length[start])
            assert corridor.offset[end] == pytest.approx(corridor.offset[link] + streets.paths.length[link], abs=3.0)


def first_lane(corridor):
    return int(np.flatnonzero(corridor.offset == 0.0)[0])


def trace(time, vehicles, corridor):
    columns = list(zip(*vehicles, strict=True)) or [(), (), ()]
    numbers, lanes, distances = columns
    return Trace(time, np.array(numbers, int), np.array(lanes, int), np.array(distances, float), np.zeros(1, int))


def test_strokes_are_for_vehicles_on_the_corridor_in_both_seconds():
    corridor = corridors(town_map())[0]
    on = first_lane(corridor)
    off = int(np.flatnonzero(np.isnan(corridor.offset))[0])
    one = trace(4, [(1, on, 3.0), (2, on, 30.0), (5, off, 7.0)], corridor)
    other = trace(5, [(1, on, 9.0), (3, on, 1.0), (5, on, 2.0)], corridor)
    found = strokes(corridor, one, other)
    assert (found.start.tolist(), found.end.tolist()) == ([3.0], [9.0])
    assert len(strokes(corridor, trace(3, [], corridor), one).start) == 0
    assert len(strokes(corridor, one, trace(5, [], corridor)).start) == 0


def test_nobody_drives_backwards_on_a_corridor():
    run = live()
    streets = run.street_map
    corridor = corridors(streets)[0]
    traces = []
    for second in range(20, 120):
        moment = run.moment_at(second).positions
        shown = lights(streets, moment)
        traces.append(Trace(second, moment.vehicle, moment.drivable, moment.distance, shown))
    found = [strokes(corridor, *pair) for pair in pairwise(traces)]
    steps = np.concatenate([each.end - each.start for each in found])
    assert len(steps) > 300
    assert steps.min() > -2.0  # connections from one lane differ in length
    assert steps.max() < 16.0
    assert NONE not in [stop.intersection for stop in corridor.stop_lines]
