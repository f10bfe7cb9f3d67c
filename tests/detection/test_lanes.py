"""What is known of the lanes before a run, and how long they had green."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.handmade_signals import EL, ET, N_OUT, NT, WL, WR, WT, crossing, mixed, readings
from traffic_marl.detection import lane_table
from traffic_marl.kernels.tables import ALL_RED, GREEN

NETWORK = crossing()


def at(since, phase=0, age=0, interval=GREEN):
    """Readings of the crossing with the time since each of its phases was served."""
    one = readings(NETWORK, 100, phase=phase, age=age, interval=interval)
    return dataclasses.replace(one, since_served=np.array([[since]], np.int32))


def test_flows_are_spread_evenly_over_the_lanes_of_a_movement():
    lanes = lane_table(mixed(), np.array([0.4, 0.1, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
    assert lanes.flow[:2] == pytest.approx([0.2, 0.3])  # both lanes go through, the outer one turns right too
    assert lanes.flow.sum() == pytest.approx(0.55)


def test_lanes_wait_for_a_phase_unless_all_phases_or_none_serve_them():
    waits = lane_table(NETWORK, np.zeros(12)).waits
    assert waits[[WT, WL, EL, NT]].all()
    assert not waits[[WR, *N_OUT]].any()
    assert not lane_table(crossing(phases=((WT, NT),)), np.zeros(12)).waits.any()


def test_a_lane_is_unserved_since_the_last_of_its_phases():
    lanes = lane_table(NETWORK, np.zeros(12))
    unserved = lanes.unserved(at((0, 30, 50, 70)))[0]
    assert unserved[[WT, ET, NT, WL]].tolist() == [0, 0, 30, 50]


@pytest.mark.parametrize(
    ("moment", "greens"),
    [
        (at((0, 30, 50, 70), age=4), (4, 0)),  # green for 4 of the last 10 s
        (at((0, 30, 50, 70), age=25), (10, 0)),
        (at((3, 30, 50, 70), phase=1, age=3, interval=ALL_RED), (7, 0)),  # left 3 s ago
        (at((12, 0, 50, 70), phase=1, age=6), (0, 6)),
    ],
)
def test_the_green_time_of_a_lane_within_the_last_seconds(moment, greens):
    green = lane_table(NETWORK, np.zeros(12)).green_time(moment, 10)[0]
    assert (green[WT], green[NT]) == greens
    assert green[WR] == 0, "a lane that waits for no phase"
