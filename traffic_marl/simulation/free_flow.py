"""Travel times in free flow, at the lower of the vehicle's own limit and that of the lane or connection.

A way is a path together with a largest speed. Only ways that a vehicle takes are added up, so the memory grows with the
vehicles, and not with the number of their types times the number of paths.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE, Vehicles
from traffic_marl.kernels.traffic import PackedRoads

# Each way is added up on its own, so that its sum has the same last digit in every batch.


class FreeWays(NamedTuple):
    """Free travel times up to each drivable of each way."""

    time: Floats  # [s] one way after the other: from the start of the way to each of its drivables
    start: Ints  # (B, V) index into `time` of each vehicle's way


class _Ways(NamedTuple):
    """The ways of the vehicles, one after the other."""

    passing: Floats  # [s] free travel time on each drivable; 0 at a way's end
    start: Ints  # (W,) index into `passing` of each way
    of_vehicle: Ints  # (B, V) way of each vehicle


def free_times(roads: PackedRoads, vehicles: Vehicles) -> Floats:
    """[s] (B, V) free travel time of each vehicle on its whole path."""
    if not len(vehicles.path):
        return np.zeros(vehicles.scheduled.shape)
    ways = _ways(roads, vehicles)
    result: Floats = np.add.reduceat(ways.passing, ways.start)[ways.of_vehicle]
    return result


def free_ways(roads: PackedRoads, vehicles: Vehicles) -> FreeWays:
    """The free travel times up to each drivable of the vehicles' paths."""
    if not len(vehicles.path):
        return FreeWays(np.zeros(0), np.zeros(vehicles.scheduled.shape, np.int64))
    ways = _ways(roads, vehicles)
    time = np.zeros_like(ways.passing)
    goes_on = np.ones(len(time), np.bool_)  # entries that follow another one of the same way
    goes_on[ways.start] = False
    place = ways.start
    while len(place):  # all ways at once, one entry further each time
        place = place[place + 1 < len(goes_on)] + 1
        place = place[goes_on[place]]
        time[place] = time[place - 1] + ways.passing[place - 1]
    return FreeWays(time, ways.start[ways.of_vehicle])


def _ways(roads: PackedRoads, vehicles: Vehicles) -> _Ways:
    ends = np.flatnonzero(vehicles.path == NONE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    speeds, of_type = np.unique(vehicles.types["max_speed"], return_inverse=True)
    keys = of_type[vehicles.type_row] * len(starts) + np.searchsorted(starts, vehicles.path_start)
    taken, of_vehicle = _distinct(keys, len(speeds) * len(starts))
    speed, path = np.divmod(taken, len(starts))
    length = (ends + 1 - starts)[path]
    start = np.cumsum(length) - length
    entry = np.repeat(starts[path] - start, length) + np.arange(length.sum())
    drivable = vehicles.path[entry]
    fastest = np.minimum(roads.drivables["limit"][drivable], np.repeat(speeds[speed], length))
    passing = np.where(drivable == NONE, 0.0, roads.drivables["length"][drivable] / fastest)
    return _Ways(passing, start, of_vehicle)


def _distinct(values: Ints, bound: int) -> tuple[Ints, Ints]:
    """The values that occur among these from 0 to bound - 1, ascending, and the place of each value among them."""
    if bound > values.size:
        found = np.unique(values)
        return found, np.searchsorted(found, values).astype(np.int32)
    occurs = np.zeros(bound, np.bool_)
    occurs[values] = True
    places: Ints = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs).astype(np.int64), places[values]
