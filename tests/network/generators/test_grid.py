import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_marl.errors import NetworkError
from traffic_marl.network.checks import check_phases, unserved_movements
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.model import nodes_of, roads_of

SHARED = (("left", "through"), ("through", "right"))
TWO_THROUGH = (("left",), ("through",), ("through",), ("right",))
TWO_LEFT = (("left",), ("left",), ("through",), ("through", "right"))
ONE = (("left", "through", "right"),)
THREE = (("left",), ("through",), ("right",))


def test_one_intersection_has_four_roads_in_and_out():
    network = grid(1, 1)
    assert network.intersections == ("intersection_1_1",)
    assert network.positions.tolist() == [[0.0, 0.0]]
    assert len(network.roads) == 8
    assert len(network.lane_names) == 24
    assert network.entry_roads == ("road_west_1_E", "road_east_1_W", "road_south_1_N", "road_north_1_S")
    assert network.exit_roads == ("road_1_1_E", "road_1_1_N", "road_1_1_W", "road_1_1_S")
    assert len(network.connection_lines) == 36


def test_the_lanes_of_a_road_are_those_named_after_it():
    network = grid(1, 2, missing=[("intersection_1_2", "S")])
    for road in network.roads:
        names = [network.lane_names[lane] for lane in network.lanes_of(road)]
        assert names == [f"{road}_{index}" for index in range(len(names))]
        assert names


def test_rows_run_north_and_columns_east():
    network = grid(2, 3, block=100, rim=50)
    place = dict(zip(network.intersections, network.positions.tolist(), strict=True))
    assert place["intersection_1_3"] == [200.0, 0.0]
    assert place["intersection_2_1"] == [0.0, 100.0]
    ends = {node.name: node.position for node in nodes_of(network.graph) if node.virtual}
    assert ends["east_2"] == (250.0, 100.0)
    assert ends["south_3"] == (200.0, -50.0)
    assert len(ends) == 10


def test_lanes_end_at_stop_lines():
    network = grid(1, 2, block=100, rim=60, intersection_width=20)
    lane = network.lane_names.index("road_1_1_E_2")
    assert network.tables.length[lane] == 60.0
    assert network.lane_lines[lane].tolist() == [[20.0, -10.0], [80.0, -10.0]]
    assert network.tables.length[network.lane_names.index("road_west_1_E_0")] == 40.0


def test_lanes_lie_to_the_right_of_the_centre():
    network = grid(1, 1)
    north = network.lane_lines[network.lane_names.index("road_south_1_N_0")]
    assert north[:, 0].tolist() == [2.0, 2.0]
    assert north[0, 1] < north[1, 1]


@pytest.mark.parametrize("lanes", [THREE, SHARED, TWO_THROUGH, TWO_LEFT, ONE])
def test_connections_join_the_lanes_they_name(lanes):
    network = grid(2, 1, lanes=lanes)
    tables = network.tables
    for connection, line in enumerate(network.connection_lines):
        start = network.lane_lines[tables.start_lane[connection]][-1]
        end = network.lane_lines[tables.end_lane[connection]][0]
        assert np.abs(line[0] - start).max() <= 1 / 64
        assert np.abs(line[-1] - end).max() <= 1 / 64


def test_connections_leave_and_enter_along_their_lanes():
    network = grid(1, 1)
    tables = network.tables
    for connection, line in enumerate(network.connection_lines):
        for lane, step in ((tables.start_lane, line[1] - line[0]), (tables.end_lane, line[-1] - line[-2])):
            course = network.lane_lines[lane[connection]]
            along = course[-1] - course[0]
            turn = np.arccos(np.dot(along, step) / np.linalg.norm(along) / np.linalg.norm(step))
            assert math.degrees(turn) < 16


def test_every_lane_reaches_every_lane_of_the_next_road():
    network = grid(1, 1, lanes=TWO_THROUGH)
    movement = network.movement_roads.index(("road_west_1_E", "road_1_1_E"))
    joined = np.flatnonzero(network.tables.movement == movement)
    pairs = {(network.tables.start_lane[c], network.tables.end_lane[c]) for c in joined}
    starts = [network.lane_names.index(f"road_west_1_E_{index}") for index in (1, 2)]
    ends = [network.lane_names.index(f"road_1_1_E_{index}") for index in range(4)]
    assert pairs == {(start, end) for start in starts for end in ends}


@pytest.mark.parametrize("lanes", [THREE, TWO_LEFT])
@pytest.mark.parametrize("phases", ["two", "four", "eight"])
def test_a_quarter_turn_maps_the_intersection_onto_itself(lanes, phases):
    network = grid(1, 1, lanes=lanes, phases=phases, block=317.3)
    lines = {tuple(map(tuple, line.tolist())) for line in (*network.lane_lines, *network.connection_lines)}
    assert {tuple((-y + 0.0, x) for x, y in line) for line in lines} == lines


def test_coordinates_are_exact():
    network = grid(2, 2, block=300.3, lane_width=3.2, intersection_width=15.1)
    points = np.concatenate((network.positions, *network.connection_lines, *(road.points for road in _roads(network))))
    assert np.array_equal(points * 64, np.round(points * 64))


def test_opposite_left_turns_do_not_meet():
    network = grid(1, 1, phases="two")
    lefts = [m for m, turn in enumerate(network.movement_turns) if turn == "left"]
    tables = network.tables
    one, other = (
        next(m for m in lefts if network.movement_roads[m][0] == road) for road in ("road_west_1_E", "road_east_1_W")
    )
    for connection in np.flatnonzero(tables.movement == one):
        foes = tables.crossing_foe[tables.crossing_start[connection] : tables.crossing_start[connection + 1]]
        assert other not in tables.movement[foes]


def test_a_missing_leg_makes_two_t_intersections():
    network = grid(2, 1, missing=[("intersection_1_1", "N")])
    assert "road_1_1_N" not in network.roads
    assert "road_2_1_S" not in network.roads
    lower = [roads for roads in network.movement_roads if "road_west_1_E" in roads]
    assert lower == [("road_west_1_E", "road_1_1_E"), ("road_west_1_E", "road_1_1_S")]
    assert network.tables.neighbour.tolist() == []


def test_a_missing_rim_leg_takes_its_end_away():
    network = grid(1, 1, missing=[("intersection_1_1", "N")])
    assert "north_1" not in network.graph
    assert len(network.roads) == 6


def test_lanes_without_a_turn_are_left_out():
    network = grid(1, 1, missing=[("intersection_1_1", "N")])
    lanes = {road.name: len(road.lanes) for road in _roads(network)}
    assert lanes["road_west_1_E"] == 2  # no left
    assert lanes["road_east_1_W"] == 2  # no right
    assert lanes["road_south_1_N"] == 2  # no through
    assert lanes["road_1_1_E"] == 3


def test_neighbours_lie_one_road_upstream():
    tables = grid(2, 3).tables
    upstream = [
        tables.neighbour[start:end].tolist()
        for start, end in zip(tables.neighbour_start[:-1], tables.neighbour_start[1:], strict=True)
    ]
    assert upstream == [[1, 3], [0, 2, 4], [1, 5], [0, 4], [1, 3, 5], [2, 4]]


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"rows": 0}, "rows"),
        ({"columns": 1.5}, "columns"),
        ({"rows": True}, "rows"),
        ({"block": 0.0}, "block"),
        ({"block": math.inf}, "block"),
        ({"block": 1e308}, "block"),
        ({"speed_limit": 1e-300}, "speed_limit"),
        ({"block": "long"}, "block"),
        ({"block": 0.001}, "block"),
        ({"rim": -5.0}, "rim"),
        ({"speed_limit": math.nan}, "speed_limit"),
        ({"lane_width": 0}, "lane_width"),
        ({"intersection_width": -1}, "intersection_width"),
        ({"intersection_width": 5}, "intersection_width"),
        ({"phases": "five"}, "phases"),
        ({"lanes": ()}, "lanes"),
        ({"lanes": "left"}, "lanes"),
        ({"lanes": (("left",), ())}, "lanes[1]"),
        ({"lanes": (("left",), "through")}, "lanes[1]"),
        ({"lanes": (("left",), ("ahead",))}, "lanes[1]"),
        ({"lanes": (("left", "left"),)}, "lanes[0]"),
        ({"lanes": (("through",), ("left",), ("right",))}, "lanes[1]"),
        ({"lanes": (("left", "right"), ("through",))}, "lanes[1]"),
        ({"missing": [("intersection_3_1", "N")]}, "missing[0]"),
        ({"missing": [("north_1", "S")]}, "missing[0]"),
        ({"missing": [("intersection_1_1", "north")]}, "missing[0]"),
        ({"missing": [("intersection_1_1", side) for side in "NESW"]}, "missing"),
        ({"missing": [("intersection_1_1", side) for side in "NES"]}, "lanes"),
        ({"lanes": (("through",),), "missing": [("intersection_1_1", "N")]}, "lanes"),
        ({"block": 25.0, "columns": 2}, "road road_1_1_E"),
    ],
)
def test_a_bad_argument_is_named(arguments, where):
    with pytest.raises(NetworkError) as caught:
        grid(**{"rows": 1, "columns": 1, **arguments})
    assert caught.value.where == where


def test_more_lanes_than_the_exit_has_are_refused():
    lanes = (("left",), ("left",), ("left",), ("through",), ("right",))
    assert len(grid(1, 2, lanes=lanes).intersections) == 2
    with pytest.raises(
        NetworkError, match="3 lanes go left at intersection_1_1 from N, into 2; remove lanes"
    ) as caught:
        grid(1, 2, lanes=lanes, missing=[("intersection_1_2", "N")])
    assert caught.value.where == "lanes"


@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(1, 3),
    columns=st.integers(1, 3),
    lanes=st.sampled_from([THREE, SHARED, TWO_THROUGH, TWO_LEFT, ONE]),
    phases=st.sampled_from(["two", "four", "eight"]),
    leg=st.sampled_from(["N", "E", "S", "W", None]),
    block=st.floats(80, 900),
)
def test_any_grid_passes_its_checks(rows, columns, lanes, phases, leg, block):
    missing = [("intersection_1_1", leg)] if leg else []
    network = grid(rows, columns, lanes=lanes, phases=phases, missing=missing, block=block)
    check_phases(network, network.intersections if phases == "two" else ())
    assert unserved_movements(network) == []
    tables = network.tables
    assert (np.diff(tables.leaving_start) > 0).tolist() == (tables.lane_intersection >= 0).tolist()
    for place, rows_of_node in enumerate(network.row_movements):
        for one in range(tables.phase_count[place]):
            for other in range(tables.phase_count[place]):
                both = set(rows_of_node[tables.phase_row[place, one]]) & set(
                    rows_of_node[tables.phase_row[place, other]]
                )
                assert set(rows_of_node[tables.clearance_row[place, one, other]]) == both


def _roads(network):
    return roads_of(network.graph)
