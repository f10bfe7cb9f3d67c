"""Visits of vehicles to intersections: those that a path repeats, and the time from first arrival to last departure.

A vehicle is *at* an intersection while it is on a lane that ends there.
"""

import numpy as np

from traffic_marl.arrays import Bools, Ints, StructuredArray
from traffic_marl.kernels.tables import NEVER, NONE


def revisits(path: Ints, lane_intersection: Ints) -> Ints:
    """For each lane of a path, the place of its intersection among those that the path meets more than once.

    Args:
        path: drivables of all paths, each path closed by NONE.
        lane_intersection: (K,) intersection at the end of each lane, or NONE.

    Returns:
        The places, counted from 0 in each path, at the entries of `path`. NONE where there is no lane, or where the
        path meets the intersection once.
    """
    entry = np.flatnonzero((path != NONE) & (path < len(lane_intersection)))
    entry = entry[lane_intersection[path[entry]] != NONE]
    intersections = int(lane_intersection.max(initial=0)) + 1
    number = np.cumsum(path == NONE)[entry]  # of the path
    visited, visit, times = np.unique(
        number * intersections + lane_intersection[path[entry]], return_inverse=True, return_counts=True
    )
    again = np.flatnonzero(times > 1)
    number = visited[again] // intersections
    place = np.full(len(visited), NONE, np.int32)
    place[again] = np.arange(len(again)) - np.searchsorted(number, number)
    found = np.full(len(path), NONE, np.int32)
    found[entry] = place[visit]
    return found


def returns(path: Ints, revisit: Ints, path_start: Ints) -> Bools:
    """(B, V) whether the path of each vehicle meets an intersection more than once.

    Args:
        path: drivables of all paths, each path closed by NONE.
        revisit: as `revisits` gives it.
        path_start: (B, V) index into `path`.
    """
    before = np.concatenate(([0], np.cumsum(revisit != NONE)))
    ends = np.flatnonzero(path == NONE)
    end = ends[np.minimum(np.searchsorted(ends, path_start), len(ends) - 1)] if len(ends) else path_start
    return np.asarray(before[end] > before[path_start], np.bool_)


def visiting_times(vehicle_states: StructuredArray, now: int) -> Ints:
    """[s] (B, V) from the first arrival at an intersection to the last departure from it, summed over intersections.

    Seconds are counted by their start. A vehicle that is at an intersection for the first time counts up to now. One
    that has come back to it counts up to its last departure.
    """
    since = vehicle_states["lane_since"]
    first_stay = (since != NEVER) & np.isin(vehicle_states["departed"], (NEVER, NONE))
    open_ended = np.where(first_stay, now - since, 0)
    return np.asarray(vehicle_states["approaching"] + vehicle_states["away"] + open_ended, np.int32)
