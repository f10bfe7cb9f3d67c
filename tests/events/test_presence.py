"""Stays in the zone of a presence detector, worked by hand from positions."""

from types import SimpleNamespace

import numpy as np
import pytest

from traffic_marl.events import PresenceWatch
from traffic_marl.network.generators.grid import grid

NETWORK = grid(1, 1, block=200.0)
LANE = int(np.flatnonzero(NETWORK.tables.lane_intersection == 0)[0])
LENGTH = float(NETWORK.tables.length[LANE])
CONNECTION = int(NETWORK.tables.leaving[NETWORK.tables.leaving_start[LANE]])


def seen(time, *vehicles):
    """A simulator with these vehicles, each a number, a drivable, a distance and a speed."""
    number, drivable, distance, speed = zip(*vehicles, strict=True) if vehicles else ((), (), (), ())
    positions = SimpleNamespace(
        time=time,
        vehicle=np.array(number, np.int32),
        drivable=np.array(drivable, np.int32),
        distance=np.array(distance, np.float64),
        speed=np.array(speed, np.float64),
        length=np.full(len(number), 5.0),
    )
    return SimpleNamespace(network=NETWORK, positions=lambda copy: positions)


def stays(*seconds):
    watch = PresenceWatch()
    for time, vehicles in enumerate(seconds):
        watch(seen(time, *vehicles))
    watch.close(len(seconds) - 1)
    return watch.stays


def test_a_vehicle_that_drives_through_is_there_from_front_to_rear():
    at = [LENGTH - 25, LENGTH - 15, LENGTH - 5]
    found = stays(*([(0, LANE, x, 10.0)] for x in at), [(0, CONNECTION, 5.0, 10.0)], [(0, CONNECTION, 15.0, 10.0)])
    assert found == [(LANE, pytest.approx(1.5), pytest.approx(3.0))]


def test_a_vehicle_that_waits_stays():
    waits = [[(0, LANE, LENGTH - 12, 4.0)], *[[(0, LANE, LENGTH - 1, 0.0)]] * 5]
    assert stays(*waits, [(0, CONNECTION, 9.0, 9.0)]) == [(LANE, pytest.approx(2 / 11), pytest.approx(5.6))]


def test_the_end_of_the_run_ends_a_stay():
    assert stays([], [(0, LANE, LENGTH - 12, 4.0)], [(0, LANE, LENGTH - 2, 0.0)]) == [(LANE, pytest.approx(1.2), 2.0)]


def test_a_vehicle_that_has_gone_on_or_vanished_is_not_there_any_more():
    waits = [(0, LANE, LENGTH - 5, 0.0)]
    assert [until for _, _, until in stays(waits, waits, [])] == [2.0]
    other = int(NETWORK.tables.end_lane[CONNECTION - len(NETWORK.lane_names)])
    assert [until for _, _, until in stays(waits, waits, [(0, other, 1.0, 10.0)], [])] == [2.0]


def test_vehicles_upstream_are_not_seen():
    assert stays(*[[(0, LANE, LENGTH - 50, 0.0)]] * 4) == []
