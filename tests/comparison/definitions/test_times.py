"""Definitions of travel time and delay on records made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import run
from traffic_marl.comparison.definitions.times import OWN, definitions, further_times, times_of
from traffic_marl.kernels.tables import NEVER

HORIZON = 100


@pytest.fixture(scope="module")
def rollout():
    return run(scenario(duration_s=200, clearing_s=300), "fixed_time", range(2))


def by_hand(records):
    """Four vehicles: one has completed its trip, one is under way, one finds no room, and one is due too late."""
    columns = {
        "scheduled": [10, 20, 30, 100],
        "entered": [15, 40, NEVER, NEVER],
        "left": [75, NEVER, NEVER, NEVER],
        "halted": [12, 30, 0, 0],
    }
    arrays = {name: np.array([values], np.int32) for name, values in columns.items()}
    return replace(records, time=HORIZON, count=np.array([4], np.int32), free=np.full((1, 4), 40.0), **arrays)


def test_each_definition_takes_its_own_vehicles(rollout):
    found = further_times(by_hand(rollout.at_horizon), HORIZON)
    assert {name: values.tolist() for name, values in found.items()} == {
        "travel_time_entered": [(60 + 60) / 2],
        "travel_time_completed": [60.0],
        "delay_completed": [75 - 10 - 40.0],
        "waiting_time": [(12 + 30) / 2],
    }


def test_no_vehicle_gives_no_number(rollout):
    records = replace(by_hand(rollout.at_horizon), left=np.full((1, 4), NEVER, np.int32))
    found = further_times(records, HORIZON)
    assert np.isnan(found["travel_time_completed"][0])
    assert found["travel_time_entered"][0] == (85 + 60) / 2


def test_every_definition_has_a_number_and_a_text(rollout):
    times = times_of(rollout)
    assert list(times) == list(definitions())
    assert all(values.shape == (2,) and np.isfinite(values).all() for values in times.values())
    for name in OWN:
        assert np.array_equal(times[name], getattr(rollout.measures, name))
