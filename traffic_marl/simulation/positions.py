"""Where the vehicles of one copy are and what its signals show: for who draws or records them."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints, Table
from traffic_marl.kernels.tables import NONE, Vehicles
from traffic_marl.kernels.traffic import Layout, Traffic


@dataclass(frozen=True, eq=False)
class Positions:
    """The vehicles of one copy at `time`, and its signals as they stood in the second just past: a frozen copy.

    Vehicles are numbered as in the trips, drivables as in the network's tables: lanes first, then connections. What
    is behind a vehicle's front lies on `came_from` where `distance` is less than its length.
    """

    time: int  # [s]
    vehicle: Ints  # (n,) ascending
    drivable: Ints  # (n,) on which the front is
    distance: Floats  # [m] (n,) of the front from the drivable's start
    speed: Floats  # [m/s] (n,)
    length: Floats  # [m] (n,)
    came_from: Ints  # (n,) drivable it was on before, NONE on its first lane
    delay: Floats  # [s] (n,) since the scheduled departure, less the free travel time of the way covered
    row: Ints  # (N,) row of the phase table shown
    phase: Ints  # (N,) phase shown; during an intergreen the one that comes next
    previous: Ints  # (N,) phase before the last change
    interval: Ints  # (N,) GREEN, YELLOW or ALL_RED
    age: Ints  # [s] (N,) how long the interval has lasted


def positions(layout: Layout, vehicles: Vehicles, traffic: Traffic, free_way: Floats, copy: int) -> Positions:
    """Positions of the vehicles of a copy.

    Args:
        layout: the roads.
        vehicles: who travels.
        traffic: the state to read from.
        free_way: what `free_ways` gives for these roads and vehicles.
        copy: which of the copies.
    """
    time = int(traffic.tallies["time"][copy, 0])
    drivable, slots = _occupied_slots(traffic, copy, time)
    order = np.argsort(slots["vehicle"])
    slots, drivable = slots[order], drivable[order]
    vehicle, kind = slots["vehicle"].copy(), slots["kind"]
    signals = {name: traffic.signals[name][copy].copy() for name in ("row", "phase", "previous", "interval", "age")}
    return Positions(
        time=time,
        vehicle=vehicle,
        drivable=drivable,
        distance=slots["position"].copy(),
        speed=slots["speed"].copy(),
        length=vehicles.types["length"][kind],
        came_from=traffic.rides["came_from"][copy, vehicle],
        delay=time
        - vehicles.scheduled[copy, vehicle]
        - free_way[kind, slots["path"]]
        - slots["position"] / np.minimum(layout.drivables["limit"][drivable], vehicles.types["max_speed"][kind]),
        **signals,
    )


def free_ways(layout: Layout, vehicles: Vehicles) -> Floats:
    """[s] (types, entries of `Vehicles.path`) free travel time from the start of its path to that of each drivable.

    Added up along each path for itself: so it is the same in every batch.
    """
    speeds = np.minimum(layout.drivables["limit"][vehicles.path], vehicles.types["max_speed"][:, None])
    times = np.where(vehicles.path == NONE, 0.0, layout.drivables["length"][vehicles.path] / speeds)
    result: Floats = np.zeros_like(times)
    goes_on = np.zeros(len(vehicles.path), np.bool_)  # entries that follow on another of the same path
    goes_on[1:] = vehicles.path[:-1] != NONE
    place = np.flatnonzero(~goes_on)
    while len(place):
        place = place[place + 1 < len(goes_on)] + 1
        place = place[goes_on[place]]
        result[:, place] = result[:, place - 1] + times[:, place - 1]
    return result


def _occupied_slots(traffic: Traffic, copy: int, time: int) -> tuple[Ints, Table]:
    """Drivable (n,) and SLOT (n,) of each vehicle under way."""
    states = traffic.states[copy]
    occupied = np.flatnonzero(states["count"])
    count = states["count"][occupied]
    behind = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)  # vehicles ahead on the drivable
    taken = traffic.slots[copy, time & 1][np.repeat(states["first"][occupied], count) + behind]
    return np.repeat(occupied, count).astype(np.int32), taken
