"""Detectors that fail without notice are found out, and only those."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.handmade_signals import NT, WR, WT, crossing, readings
from traffic_marl import load_scenario
from traffic_marl.detection import DetectorWatch, lane_table
from traffic_marl.detection.activity import Activity
from traffic_marl.detection.diagnosis import Diagnosis
from traffic_marl.rollout import run
from traffic_marl.scenario import Sensors

NETWORK = crossing()
FLOW = np.full(12, 0.1)  # [veh/s]
USUAL = np.ones((1, 1))  # all of the expected traffic comes


def moment(time, phase=0, age=30, since=(0, 30, 50, 70), **lanes):
    """Readings of the crossing with other values on the lane of the northern approach."""
    one = readings(NETWORK, time, queue=dict.fromkeys(range(24), 1), phase=phase, age=age)
    fields = {name: getattr(one, name).copy() for name in ("vehicles", "queue", "longest_wait", "discharged")}
    for name, value in lanes.items():
        fields[name][0, NT] = value
    return dataclasses.replace(one, since_served=np.array([[since]], np.int32), **fields)


def found(moments, activity=USUAL, step=10):
    """Lanes taken to fail after each moment."""
    diagnosis = Diagnosis(lane_table(NETWORK, FLOW))
    return [np.flatnonzero(diagnosis.update(each, activity, step)[0]).tolist() for each in moments]


def silent(time, **more):
    return moment(time, vehicles=0, queue=0, **more)


def test_a_lane_is_blind_that_reports_nobody_for_two_minutes_while_vehicles_are_expected():
    told = found([silent(time) for time in range(0, 160, 10)])
    assert told[:11] == [[]] * 11
    assert told[11:] == [[NT]] * 5


def test_in_thin_traffic_it_takes_until_three_vehicles_are_missing():
    told = found([silent(time) for time in range(0, 350, 10)], activity=np.full((1, 1), 0.1))
    assert told[28] == []
    assert told[31] == [NT]


@pytest.mark.parametrize("seen", [{"vehicles": 1, "queue": 1}, {"vehicles": 0, "queue": 0, "discharged": 1}])
def test_one_vehicle_shows_that_the_detector_works(seen):
    told = found([*(silent(time) for time in range(0, 130, 10)), moment(130, **seen), silent(140)])
    assert told[12:] == [[NT], [], []]


def test_a_lane_that_waits_for_no_phase_is_never_found():
    one = readings(NETWORK, 0)
    diagnosis = Diagnosis(lane_table(NETWORK, FLOW))
    for time in range(0, 300, 10):
        blind = diagnosis.update(dataclasses.replace(one, time=time), USUAL, 10)
    assert blind[0, WT]
    assert not blind[0, WR]


def test_a_vehicle_that_stands_through_a_minute_of_green_is_no_vehicle():
    greens = [moment(100 + t, phase=1, age=t, since=(t, 0, 50, 70), longest_wait=100 + t) for t in range(0, 90, 10)]
    told = found(greens)
    assert told[:6] == [[]] * 6
    assert told[6:] == [[NT]] * 3


def test_a_vehicle_that_stands_at_red_is_one():
    assert found([moment(100 + t, longest_wait=t) for t in range(10, 600, 10)])[-1] == []


def test_a_queue_that_discharges_is_one():
    greens = [
        moment(100 + t, phase=1, age=t, since=(t, 0, 50, 70), longest_wait=50 - t // 20) for t in range(0, 300, 10)
    ]
    assert found(greens)[-1] == []


def test_activity_is_the_share_of_the_expected_traffic_on_lanes_that_see():
    activity = Activity(lane_table(NETWORK, FLOW))
    one = readings(NETWORK, 0)
    blind = np.zeros((1, 24), np.bool_)
    blind[0, NT] = True
    discharged = np.zeros((1, 24), np.int32)
    discharged[0, [WT, NT, 20]] = 2  # lane 20 leaves the network: nothing is expected there
    for _ in range(300):
        share = activity.update(dataclasses.replace(one, discharged=discharged), blind, 10)
    assert share[0, 0] == pytest.approx(2 / (11 * 0.1 * 10))
    assert Activity(lane_table(NETWORK, FLOW)).update(one, np.ones((1, 24), np.bool_), 10).tolist() == [[1.0]]


@pytest.mark.parametrize(("kind", "wanted"), [("blind_share", 0.9), ("stuck_share", 0.9), (None, 0.0)])
def test_most_failing_lanes_of_a_network_are_found_and_few_others(kind, wanted):
    sensors = Sensors() if kind is None else Sensors(**{kind: 0.2})
    scenario = load_scenario("grid_2x2_smoke").model_copy(update={"sensors": sensors, "duration_s": 1200})
    watches, marked = [], {}

    def note(simulation, reported, phases):
        if not watches:
            watches.append(DetectorWatch(simulation.network, scenario.flow(), unnoticed=True))
        marked[simulation.time] = watches[0](reported).blind

    simulation = run(scenario, "actuated", range(4), until=1200, each_decision=note).simulation
    broken = simulation._detectors.broken > 0 if kind else np.zeros_like(marked[0])
    expected = broken & watches[0].lanes.waits & (watches[0].lanes.flow > 0.02)
    assert not kind or marked[1199][expected].mean() >= wanted
    assert marked[1199][~broken & watches[0].lanes.waits].mean() <= 0.06
