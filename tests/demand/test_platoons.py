"""Vehicles that arrive in platoons."""

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures, Platoons
from traffic_marl.errors import DemandError


def test_times_of_a_cycle_are_drawn_together_at_its_start():
    time = np.array([0.0, 50.0, 99.0, 100.0, 150.0])

    assert Platoons(100, 0.2).gathered(time, np.zeros(5)).tolist() == pytest.approx([0.0, 10.0, 19.8, 100.0, 110.0])


def test_an_offset_shortens_the_first_cycle():
    gathered = Platoons(100, 0.5).gathered(np.array([0.0, 20.0, 40.0, 60.0]), np.full(4, 0.7))

    assert gathered.tolist() == pytest.approx([0.0, 10.0, 35.0, 45.0])  # the second cycle begins at 30 s


def test_all_vehicles_of_a_source_arrive_within_the_share_of_its_cycle():
    departures = Departures(3600, platoons=Platoons(90, 0.3))
    due, source, _ = departures.draw(np.array([0.3, 0.2]), np.random.default_rng(5))

    for one in (0, 1):
        later = due[(source == one) & (due >= 90)]  # the first cycle may have begun before time 0
        places = np.sort((later % 90).astype(float))
        free = np.diff([*places, places[0] + 90]).max()  # the longest part of the cycle without a vehicle
        assert 60 <= free <= 66
    assert len(due) == pytest.approx(0.5 * 3600, rel=0.1)


def test_platoons_change_neither_the_number_nor_the_sources_of_the_vehicles():
    inflow = np.array([0.1, 0.4])
    loose = Departures(900).draw(inflow, np.random.default_rng(1))
    gathered = Departures(900, platoons=Platoons(60, 0.5)).draw(inflow, np.random.default_rng(1))

    assert np.bincount(gathered[1]).tolist() == np.bincount(loose[1]).tolist()
    assert not np.array_equal(gathered[0], loose[0])


@pytest.mark.parametrize(("cycle", "share"), [(0, 0.5), (float("inf"), 0.5), (60, 0), (60, 1.5)])
def test_impossible_platoons_are_refused(cycle, share):
    with pytest.raises(DemandError):
        Platoons(cycle, share)
