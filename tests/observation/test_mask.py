"""The action mask against signals worked by hand."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.observed_traffic import TIMING, played
from traffic_marl.kernels.tables import ALL_RED, GREEN, YELLOW
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import allowed_phases, make_encoder


def signal_at(interval, age, phase=1):
    """Readings of one intersection whose signal stands like this."""
    network = grid(1, 1)
    readings = played(network, seconds=5, copies=1).readings()
    at = np.ones_like(readings.phase)
    return network, dataclasses.replace(readings, interval=at * interval, age=at * age, phase=at * phase)


@pytest.mark.parametrize(
    ("interval", "age", "within", "free"),
    [
        (GREEN, 7, 1, True),  # the min green is over
        (GREEN, 6, 1, False),  # it is over after the next decision only
        (GREEN, 6, 2, True),
        (GREEN, 0, 7, False),
        (GREEN, 0, 8, True),
        (YELLOW, 0, 12, False),  # 3 s of yellow, 2 s of all-red, 7 s of green to come
        (YELLOW, 0, 13, True),
        (YELLOW, 2, 11, True),
        (ALL_RED, 1, 8, False),
        (ALL_RED, 1, 9, True),
    ],
)
def test_another_phase_is_allowed_if_the_change_can_begin_before_the_next_decision(interval, age, within, free):
    network, readings = signal_at(interval, age)
    expected = [[[free, True, free, free]]]
    assert allowed_phases(network, TIMING, within, readings).tolist() == expected
    encoder = make_encoder(network, TIMING, within)
    assert encoder.layout.allowed(encoder(readings)).astype(bool).tolist() == expected
