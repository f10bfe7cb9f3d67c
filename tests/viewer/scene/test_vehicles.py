"""Vehicles between two moments, their places on the map and their colours."""

import numpy as np
import pytest

from tests.helpers.small_town import NOWHERE, by_hand, live, town_map, way_through
from traffic_marl.viewer.scene.colours import DELAY_COLOURS, LONG_DELAY, SPEED_COLOURS
from traffic_marl.viewer.scene.vehicles import boxes, delay_steps, moment_between, speed_steps

STREETS = town_map()
LANE, TURN, NEXT = way_through(STREETS, "left")
LENGTH = STREETS.paths.length


def moved(start, end, share):
    """The one vehicle at a time between two moments."""
    return moment_between(STREETS, by_hand(STREETS, 0, start), by_hand(STREETS, 1, end), share).positions


def place(drivable, distance):
    return STREETS.paths.places(np.array([drivable]), np.array([distance]))[0]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_vehicle_moves_evenly_along_its_lane(share):
    found = moved([(7, LANE, 20.0, NOWHERE)], [(7, LANE, 30.0, NOWHERE)], share)
    assert found.distance.tolist() == [20.0 + 10.0 * share]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_vehicle_moves_evenly_from_a_lane_to_a_connection(share):
    start = LENGTH[LANE] - 4.0
    found = moved([(7, LANE, start, NOWHERE)], [(7, TURN, 6.0, LANE)], share)
    front = boxes(STREETS, found).front[0]
    gone = start + 10.0 * share
    expected = place(LANE, gone) if gone <= LENGTH[LANE] else place(TURN, gone - LENGTH[LANE])
    assert front == pytest.approx(expected)


def test_a_vehicle_may_pass_a_whole_connection_in_a_second():
    start = LENGTH[LANE] - 1.0
    way = 1.0 + LENGTH[TURN] + 2.0
    for share in (0.0, 0.5, 1.0):
        found = moved([(7, LANE, start, NOWHERE)], [(7, NEXT, 2.0, TURN)], share)
        gone = start + way * share
        if gone <= LENGTH[LANE]:
            expected = place(LANE, gone)
        elif gone <= LENGTH[LANE] + LENGTH[TURN]:
            expected = place(TURN, gone - LENGTH[LANE])
        else:
            expected = place(NEXT, gone - LENGTH[LANE] - LENGTH[TURN])
        assert boxes(STREETS, found).front[0] == pytest.approx(expected)


def test_a_vehicle_that_enters_comes_from_the_start_of_its_lane():
    entry = int(STREETS.entry_lanes[0])
    found = moved([(1, LANE, 9.0, NOWHERE)], [(1, LANE, 9.0, NOWHERE), (2, entry, 3.0, NOWHERE)], 0.5)
    assert found.vehicle.tolist() == [1, 2]
    assert found.distance.tolist() == [9.0, 1.5]
    assert found.speed.tolist() == [10.0, 5.0]


def test_a_vehicle_that_leaves_runs_out_to_the_end_of_its_lane():
    near = [(3, NEXT, LENGTH[NEXT] - 6.0, TURN)]
    assert moved(near, [], 0.5).distance.tolist() == [LENGTH[NEXT] - 1.0]
    assert len(moved(near, [], 0.7).vehicle) == 0


def test_the_first_vehicles_come_into_an_empty_town():
    found = moved([], [(2, LANE, 3.0, NOWHERE)], 0.5)
    assert found.vehicle.tolist() == [2]
    assert found.distance.tolist() == [1.5]


def test_the_tail_of_a_vehicle_lies_on_the_drivables_behind_it():
    found = boxes(STREETS, by_hand(STREETS, 0, [(0, TURN, 2.0, LANE), (1, NEXT, 1.0, TURN)]).positions)
    assert found.front[0] == pytest.approx(place(TURN, 2.0))
    assert found.rear[0] == pytest.approx(place(LANE, LENGTH[LANE] - 3.0))
    assert found.rear[1] == pytest.approx(place(TURN, LENGTH[TURN] - 4.0))


def test_the_tail_of_a_vehicle_just_entered_lies_straight_behind_its_lane():
    entry = int(STREETS.entry_lanes[0])
    found = boxes(STREETS, by_hand(STREETS, 0, [(0, entry, 0.0, NOWHERE)]).positions)
    start, after = STREETS.lane_lines[entry][:2]
    assert found.front[0] == pytest.approx(start)
    assert np.hypot(*(found.rear[0] - start)) == pytest.approx(5.0)
    assert np.dot(found.rear[0] - start, after - start) < 0.0


def test_vehicles_drive_on_the_right():
    """To the left of every lane lies the middle of its street, where the opposite direction begins."""
    for lane in range(len(STREETS.lane_lines)):
        start, end = STREETS.lane_lines[lane][0], STREETS.lane_lines[lane][-1]
        ahead = (end - start) / np.hypot(*(end - start))
        left = np.array([-ahead[1], ahead[0]])
        street = np.round((start @ left) / 120.0) * 120.0
        assert street > start @ left


def test_queued_vehicles_neither_overlap_nor_pass_the_stop_line_at_red():
    """In a run under load, vehicles on a lane keep a gap, and halted vehicles are on their lane."""
    run = live()
    seen = 0
    for second in range(30, 200):
        moment = run.moment_at(second).positions
        order = np.lexsort((moment.distance, moment.drivable))
        drivable, distance = moment.drivable[order], moment.distance[order]
        same = (drivable[1:] == drivable[:-1]) & (drivable[1:] < len(STREETS.lane_lines))
        gaps = (np.diff(distance) - moment.length[order][1:])[same]
        assert (gaps > 0.0).all()
        standing = moment.speed < 0.1
        on_lane = moment.drivable < len(STREETS.lane_lines)
        ends = LENGTH[moment.drivable]
        assert (moment.distance[standing & on_lane] <= ends[standing & on_lane]).all()
        seen += int((standing & on_lane).sum())
    assert seen > 1000


def test_colours_go_from_one_end_of_the_scale_to_the_other():
    limit = float(STREETS.lane_limit[LANE])
    vehicles = by_hand(
        STREETS,
        0,
        [(v, LANE, 9.0 * v + 9.0, NOWHERE) for v in range(3)],
        speed=np.array([0.0, limit, 2 * limit]),
        delay=np.array([-3.0, LONG_DELAY / 2, 999.0]),
    ).positions
    last = len(SPEED_COLOURS) - 1
    assert speed_steps(STREETS, vehicles).tolist() == [0, last, last]
    assert delay_steps(vehicles).tolist() == [0, (last + 1) // 2, last]
    assert len(set(SPEED_COLOURS)) == len(SPEED_COLOURS) == len(DELAY_COLOURS)


def test_signals_are_those_of_the_second_that_is_going_on():
    earlier, later = (by_hand(STREETS, t, age=np.full(4, 7 + t, np.int32), completed=t) for t in (0, 1))
    for share, second in ((0.0, 0), (0.1, 1), (1.0, 1)):
        found = moment_between(STREETS, earlier, later, share)
        assert (found.time, found.completed) == (second, second)
        assert found.positions.age.tolist() == [7 + second] * 4
