"""StreetMap: places on lines worked by hand, and the map of a grid."""

import numpy as np
import pytest

from tests.helpers.small_town import town_map
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.viewer.scene.layout import Paths, hull, outline, shifted, street_map

BENT = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 20.0)])
FLAT = np.array([(5.0, 5.0), (9.0, 5.0)])


@pytest.mark.parametrize(
    ("line", "distance", "place"),
    [
        (0, 0.0, (0.0, 0.0)),
        (0, 4.0, (4.0, 0.0)),
        (0, 10.0, (10.0, 0.0)),
        (0, 17.0, (10.0, 7.0)),
        (0, 30.0, (10.0, 20.0)),
        (0, -3.0, (-3.0, 0.0)),
        (0, 32.0, (10.0, 22.0)),
        (1, 0.0, (5.0, 5.0)),
        (1, 1.0, (6.0, 5.0)),
        (1, -2.0, (3.0, 5.0)),
        (1, 5.0, (10.0, 5.0)),
    ],
)
def test_places_along_lines_and_beyond_their_ends(line, distance, place):
    found = Paths((BENT, FLAT)).places(np.array([line]), np.array([distance]))
    assert found == pytest.approx(np.array([place]))


def test_lengths_are_those_that_vehicles_drive():
    network = arterial(3)
    assert street_map(network).paths.length == pytest.approx(network.tables.length)


def test_points_repeated_in_a_line_do_no_harm():
    path = Paths((np.array([(0.0, 0.0), (0.0, 0.0), (4.0, 0.0)]),))
    assert path.places(np.array([0, 0]), np.array([0.0, 1.0])) == pytest.approx(np.array([(0.0, 0.0), (1.0, 0.0)]))


def test_a_line_shifted_to_its_left_keeps_its_distance_at_a_bend():
    assert shifted(BENT, 2.0) == pytest.approx(np.array([(0.0, 2.0), (8.0, 2.0), (8.0, 20.0)]))


def test_an_outline_goes_along_the_left_and_back_along_the_right():
    assert outline(FLAT, 2.0) == pytest.approx(np.array([(5.0, 6.0), (9.0, 6.0), (9.0, 4.0), (5.0, 4.0)]))


def test_a_hull_has_the_corners_only():
    points = np.array([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (2, 0), (4, 1), (0, 0)], np.float64)
    assert sorted(map(tuple, hull(points).tolist())) == [(0, 0), (0, 4), (4, 0), (4, 4)]


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
    for lane in streets.approaches[0]:
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


def test_approaches_are_the_lanes_that_end_there():
    streets = town_map()
    for n, lanes in enumerate(streets.approaches):
        assert len(lanes) == 12
        assert (streets.lane_intersection[lanes] == n).all()
        ends = np.array([streets.lane_lines[lane][-1] for lane in lanes])
        assert np.hypot(*(ends - streets.positions[n]).T).max() <= streets.reaches[n] + 1e-9
    assert (streets.lane_intersection == NONE).sum() == 24  # leave the town
