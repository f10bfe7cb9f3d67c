"""StreetMap: the map of a grid."""

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.small_town import town_map
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.viewer.scene.lines import hull
from traffic_marl.viewer.scene.street_map import street_map


def test_lengths_are_those_that_vehicles_drive():
    network = arterial(3)
    assert street_map(network).paths.length == pytest.approx(network.tables.length)


def test_an_intersection_is_paved_under_all_its_connections():
    streets = town_map()
    at = streets.movement_intersection[streets.movement]
    for line, n in zip(streets.connection_lines, at, strict=True):
        for point in line:
            assert len(hull(np.vstack([streets.outlines[n], point]))) == len(streets.outlines[n]) or on_edge(
                streets.outlines[n], point
            )


def on_edge(polygon, point):
    """Whether a point lies on the edge of a polygon, as the ends of connections do."""
    following = np.roll(polygon, -1, axis=0)
    along, to = following - polygon, point - polygon
    return bool((np.abs(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0]) < 1e-3).any())


def test_movements_of_a_lane_go_from_left_to_right():
    streets = street_map(grid(1, 1, lanes=(("left", "through", "right"),), phases="two"))
    for lane in streets.incoming_lanes[0]:
        turns = [streets.movement_turns[m] for m in streets.lane_movements[lane]]
        assert turns == ["left", "through", "right"]


def test_vehicles_enter_on_the_lanes_that_nothing_leads_to():
    streets = town_map()
    names = {streets.roads[streets.lane_road[lane]] for lane in streets.entry_lanes}
    assert names == {f"road_{side}_{number}_{heading}" for side, heading in SIDES for number in (1, 2)}


SIDES = (("west", "E"), ("east", "W"), ("south", "N"), ("north", "S"))


def test_all_lanes_lie_within_the_bounds():
    streets = town_map()
    west, south, east, north = streets.bounds
    points = np.concatenate(streets.lane_outlines)
    assert (points >= (west, south)).all()
    assert (points <= (east, north)).all()
    assert (west, east) == pytest.approx((-122.0, 242.0))


def test_incoming_lanes_are_those_that_end_there():
    streets = town_map()
    for n, lanes in enumerate(streets.incoming_lanes):
        assert len(lanes) == 12
        assert (streets.lane_intersection[lanes] == n).all()
        ends = np.array([streets.lane_lines[lane][-1] for lane in lanes])
        assert np.hypot(*(ends - streets.positions[n]).T).max() <= streets.reaches[n] + 1e-9
    assert (streets.lane_intersection == NONE).sum() == 24  # leave the town


def test_maps_are_compared_in_everything_or_in_their_lanes_alone():
    streets = town_map()
    same = replace(streets, lane_width=streets.lane_width.copy())
    faster = replace(streets, lane_limit=streets.lane_limit + 1.0)
    fewer = replace(streets, lane_lines=streets.lane_lines[:-1])
    assert streets.equals(same)
    assert not streets.equals(faster)
    assert streets.has_lanes_of(faster)
    assert not streets.has_lanes_of(fewer)
    assert not streets.equals(fewer)
