"""Turn pockets: roads that widen before the stop line."""

import numpy as np
import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.generators.pockets import TAPER, Part, parts_of
from traffic_marl.network.model import roads_of

THREE = (("left",), ("through",), ("right",))
TWO_THROUGH = (("left",), ("through",), ("through",), ("right",))


def road(network, name):
    return next(each for each in roads_of(network.graph) if each.name == name)


def length(network, name):
    return network.tables.length[network.lanes_of(name)].tolist()


def test_a_road_has_a_part_for_each_length_of_its_pockets():
    assert parts_of(THREE, {}) == [Part((0, 1, 2), 0.0)]
    assert parts_of(THREE, {"left": 60.0}) == [Part((1, 2), 0.0), Part((0, 1, 2), 60.0)]
    assert parts_of(THREE, {"left": 60.0, "right": 60.0}) == [Part((1,), 0.0), Part((0, 1, 2), 60.0)]
    assert parts_of(TWO_THROUGH, {"left": 40.0, "right": 90.0}) == [
        Part((1, 2), 0.0),
        Part((1, 2, 3), 90.0),
        Part((0, 1, 2, 3), 40.0),
    ]


def test_a_lane_for_several_turns_is_no_pocket():
    lanes = (("left", "through"), ("through", "right"))
    assert parts_of(lanes, {"left": 60.0, "right": 60.0}) == [Part((0, 1), 0.0)]


def test_a_road_keeps_a_lane():
    assert parts_of((("left",), ("right",)), {"left": 60.0, "right": 60.0}) == [Part((1,), 0.0), Part((0, 1), 60.0)]
    assert parts_of((("left",), ("left",)), {"left": 60.0}) == [Part((0, 1), 0.0)]


def test_a_pocket_is_as_long_as_it_is_said_to_be_and_the_road_as_long_as_before():
    plain, network = arterial(1), arterial(1, left_pocket=60)
    assert length(network, "road_west_E_part_2") == [60.0] * 4
    whole = length(plain, "road_west_E")[0]
    assert length(network, "road_west_E") == [whole - 60.0 - TAPER] * 3


def test_through_lanes_run_straight_past_a_pocket():
    network = grid(1, 1, lanes=TWO_THROUGH, left_pocket=60, right_pocket=60)
    tables = network.tables
    for number, line in enumerate(network.connection_lines):
        if tables.movement_intersection[tables.movement[number]] == NONE and not tables.shift[number]:
            before, after = (network.lane_lines[lane[number]] for lane in (tables.start_lane, tables.end_lane))
            points = np.concatenate([before, line, after])
            assert min(np.ptp(points, axis=0)) < 1e-9


def test_paths_at_a_widening_meet_no_other():
    network = grid(2, 2, lanes=TWO_THROUGH, left_pocket=60, right_pocket=100)
    tables = network.tables
    free = tables.movement_intersection[tables.movement] == NONE
    assert free.any()
    assert np.diff(tables.crossing_start)[free].sum() == 0


def test_every_lane_of_a_pocket_is_entered_from_the_lane_beside_it():
    network = grid(1, 1, lanes=TWO_THROUGH, left_pocket=60, right_pocket=60)
    tables = network.tables
    movement = network.movement_roads.index(("road_west_1_E", "road_west_1_E_part_2"))
    first, second = network.lanes_of("road_west_1_E")[0], network.lanes_of("road_west_1_E_part_2")[0]
    joined = np.flatnonzero(tables.movement == movement)
    pairs = {(int(tables.start_lane[c]) - first, int(tables.end_lane[c]) - second) for c in joined}
    assert pairs == {(0, 0), (0, 1), (1, 2), (1, 3)}
    assert [int(tables.shift[c]) for c in joined] == [1, 0, 0, 1]


def test_the_lanes_of_an_intersection_are_those_of_the_last_part():
    network = grid(1, 2, left_pocket=60)
    plain = grid(1, 2)
    assert network.intersections == plain.intersections
    assert network.phase_names == plain.phase_names
    assert np.bincount(network.tables.lane_intersection[network.tables.lane_intersection != NONE]).tolist() == [12, 12]
    assert ("road_1_1_E_part_2", "road_1_2_E") in network.movement_roads


def test_intersections_are_neighbours_across_a_widening():
    plain, network = grid(2, 3), grid(2, 3, left_pocket=60, right_pocket=30)
    assert network.tables.neighbour.tolist() == plain.tables.neighbour.tolist()
    assert network.tables.neighbour_start.tolist() == plain.tables.neighbour_start.tolist()


def test_single_roads_have_pockets_of_their_own_or_none():
    network = grid(1, 1, left_pocket=60, road_pockets={"road_west_1_E": {"right": 40}, "road_east_1_W": {}})
    assert road(network, "road_west_1_E_part_2").lanes
    assert length(network, "road_west_1_E_part_2") == [40.0] * 3
    assert "road_east_1_W_part_2" not in network.roads
    assert length(network, "road_south_1_N_part_2") == [60.0] * 3


def test_coordinates_stay_exact():
    network = grid(2, 2, block=300.3, lane_width=3.2, left_pocket=61.7)
    points = np.concatenate([each.points for each in roads_of(network.graph)])
    assert np.array_equal(points * 64, np.round(points * 64))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"left_pocket": 5}, "left_pocket: 5 is not a length of a pocket; give metres, 10 to"),
        ({"left_pocket": "60"}, "left_pocket: '60' is not a length"),
        ({"left_pocket": 270}, "left_pocket: a pocket of 270 m is too long for road_.*; give at most 255 m"),
        ({"left_pocket": 30, "block": 50}, "leave it out, or give longer blocks"),
        (
            {"left_pocket": 60, "right_pocket": 50},
            "right_pocket: pockets of 60 m and 50 m begin too close to one another on road_",
        ),
        ({"road_pockets": {"road_x": {"left": 60}}}, r"road_pockets\[road_x\]: there is no road of this name"),
        (
            {"road_pockets": {"road_west_1_E": {"through": 60}}},
            r"road_pockets\[road_west_1_E\]: 'through' has no pocket",
        ),
        ({"road_pockets": {"road_1_1_E": {"left": 60}}}, r"road_1_1_E\]: no lane of the road can be a left pocket"),
        ({"right_pocket": 60, "lanes": (("left",), ("through", "right"))}, "right_pocket: no lane of any road can be"),
    ],
)
def test_pockets_that_cannot_be_are_refused(fields, message):
    with pytest.raises(NetworkError, match=message):
        grid(1, 1, **fields)
