"""Readings that can be relied on: blind lanes hold the queue that is expected there."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.handmade_signals import LANE, LIMIT, N_OUT, NT, WR, WT, crossing, readings
from traffic_marl.detection import DetectorWatch
from traffic_marl.detection.estimate import DISCHARGE, LEAST_FLOW, MARGIN
from traffic_marl.kernels.tables import NO_ARRIVAL, SPACE

NETWORK = crossing()
FLOW = np.full(12, 0.1)  # [veh/s]


def moment(time, phase=0, age=60, blind=(NT,), since=(0, 30, 50, 70), **fields):
    one = readings(NETWORK, time, queue={NT: 17, WT: 3}, phase=phase, age=age, **fields)
    marked = np.zeros((1, 24), np.bool_)
    marked[0, list(blind)] = True
    return dataclasses.replace(one, blind=marked, since_served=np.array([[since]], np.int32))


def watch(flow=FLOW, unnoticed=False):
    return DetectorWatch(NETWORK, flow, unnoticed)


def test_readings_without_a_blind_lane_are_passed_on_as_they_are():
    one = moment(10, blind=())
    assert watch()(one) is one


def test_vehicles_arrive_on_a_blind_lane_as_expected_and_leave_at_green():
    watching = watch()
    watching._activity.update = lambda *_: np.ones((1, 1))
    red = [watching(moment(time)).queue[0, NT] for time in range(0, 100, 10)]
    assert red == [int(t * 0.1 * MARGIN + 1e-9) for t in range(0, 100, 10)]
    green = [watching(moment(90 + t, phase=1, age=t, since=(t, 0, 9, 9))).queue[0, NT] for t in range(0, 70, 10)]
    left = [max(90 * 0.1 * MARGIN + t * (0.1 * MARGIN - DISCHARGE), 0.0) for t in range(0, 70, 10)]
    assert green == [int(each) for each in left]
    assert green[-1] == 0


def test_a_blind_lane_tells_of_its_expected_queue_alone():
    watching = watch()
    for time in range(0, 100, 10):
        one = moment(time, moving={(NT, 0): 4}, blind=(NT, WR, N_OUT[0]))
        seen = watching(dataclasses.replace(one, next_arrival=np.full((1, 24), 2.5)))
    assert seen.queue[0, NT] == seen.vehicles[0, NT] > 0
    assert seen.moving[0, NT].sum() == 0
    assert seen.longest_wait[0, NT] == 30  # since its last green
    assert seen.delay[0, NT] == seen.queue[0, NT] * seen.span
    assert seen.mean_speed[0, NT] == 0.0
    assert seen.next_arrival[0, [NT, WT]].tolist() == [NO_ARRIVAL, 2.5]
    assert seen.queue[0, WT] == 3
    assert seen.mean_speed[0, WR] == LIMIT
    assert not seen.queue[0, [WR, N_OUT[0]]].any(), "lanes that wait for no phase"


def test_no_more_vehicles_are_expected_than_find_room():
    watching = watch()
    for time in range(0, 5000, 10):
        seen = watching(moment(time))
    assert seen.queue[0, NT] == LANE // SPACE


def test_a_lane_of_no_expected_flow_has_a_call_after_a_while():
    watching = watch(flow=np.zeros(12))
    waits = [watching(moment(time)).queue[0, NT] for time in range(0, 200, 10)]
    assert waits.index(1) * 10 == pytest.approx(1 / LEAST_FLOW, abs=10)


def test_to_be_asked_twice_at_one_moment_changes_nothing():
    once, twice = watch(), watch()
    for time in range(0, 100, 10):
        first, second, again = once(moment(time)), twice(moment(time)), twice(moment(time))
    for each in dataclasses.fields(first):
        assert np.array_equal(getattr(first, each.name), getattr(second, each.name)), each.name
        assert np.array_equal(getattr(first, each.name), getattr(again, each.name)), each.name


def test_only_where_detectors_may_fail_unnoticed_are_they_doubted():
    def silent(time):
        return dataclasses.replace(moment(time, blind=()), vehicles=np.zeros((1, 24), np.int32))

    trusting, doubting = watch(), watch(unnoticed=True)
    busy = np.zeros((1, 24), np.int32)
    busy[0, WT] = 9
    for time in range(0, 400, 10):
        one = dataclasses.replace(silent(time), discharged=busy)
        trusted, doubted = trusting(one), doubting(one)
    assert trusted is one
    assert doubted.blind[0, NT]
    assert not doubted.blind[0, WT]
