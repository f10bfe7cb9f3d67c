"""Travel times in free flow, at the lower of the vehicle's own limit and that of the lane or connection."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import NONE, Vehicles
from traffic_marl.kernels.traffic import PackedRoads

# Each path is added up on its own, so that its sum has the same last digit in every batch.


def passing_times(roads: PackedRoads, vehicles: Vehicles) -> Floats:
    """[s] (types, entries of `Vehicles.path`) free travel time on the drivable of each entry; 0 at a path's end."""
    speeds = np.minimum(roads.drivables["limit"][vehicles.path], vehicles.types["max_speed"][:, None])
    times: Floats = np.where(vehicles.path == NONE, 0.0, roads.drivables["length"][vehicles.path] / speeds)
    return times


def free_times(roads: PackedRoads, vehicles: Vehicles) -> Floats:
    """[s] (B, V) free travel time of each vehicle on its whole path."""
    ends = np.flatnonzero(vehicles.path == NONE)
    if not len(ends):
        return np.zeros(vehicles.scheduled.shape)
    starts = np.concatenate([[0], ends[:-1] + 1])
    of_path = np.add.reduceat(passing_times(roads, vehicles), starts, axis=1)
    result: Floats = of_path[vehicles.type_row, np.searchsorted(starts, vehicles.path_start)]
    return result


def free_ways(roads: PackedRoads, vehicles: Vehicles) -> Floats:
    """[s] (types, entries of `Vehicles.path`) free travel time from the start of its path to each entry's drivable."""
    times = passing_times(roads, vehicles)
    result: Floats = np.zeros_like(times)
    goes_on = np.zeros(len(vehicles.path), np.bool_)  # entries that follow another one of the same path
    goes_on[1:] = vehicles.path[:-1] != NONE
    place = np.flatnonzero(~goes_on)
    while len(place):  # all paths at once, one entry further each time
        place = place[place + 1 < len(goes_on)] + 1
        place = place[goes_on[place]]
        result[:, place] = result[:, place - 1] + times[:, place - 1]
    return result
