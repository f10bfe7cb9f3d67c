"""Positions of the vehicles of one copy and the state of its signals, for drawing and recording."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints, StructuredArray
from traffic_marl.kernels.tables import Vehicles
from traffic_marl.kernels.traffic import PackedRoads, Traffic
from traffic_marl.simulation.disturbances import Closure
from traffic_marl.simulation.free_flow import FreeWays


@dataclass(frozen=True, eq=False)
class Positions:
    """A frozen copy of one copy's vehicles at `time`, and of its signals in the second just past.

    Vehicles are numbered as in the trips, drivables as in the network's tables: lanes first, then connections. The
    part of a vehicle that is not on its front's drivable yet lies on `came_from`.
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
    closed: Ints  # (x,) lanes whose end was closed in the second just past, ascending


def positions(
    roads: PackedRoads,
    vehicles: Vehicles,
    traffic: Traffic,
    free: FreeWays,
    copy: int,
    closures: Sequence[Closure] = (),
) -> Positions:
    """Positions of the vehicles of a copy.

    Args:
        roads: the roads.
        vehicles: the vehicles of all copies.
        traffic: the state to read from.
        free: travel times of these roads and vehicles, from `free_ways`.
        copy: index of the copy.
        closures: of lanes of this copy.
    """
    time = int(traffic.tallies["time"][copy, 0])
    drivable, slots = occupied_slots(traffic, copy, time)
    order = np.argsort(slots["vehicle"])
    slots, drivable = slots[order], drivable[order]
    vehicle, type_row = slots["vehicle"].copy(), slots["type_row"]
    covered = slots["path"] - vehicles.path_start[copy, vehicle]  # drivables of its path behind the vehicle
    signals = {name: traffic.signals[name][copy].copy() for name in ("row", "phase", "previous", "interval", "age")}
    return Positions(
        time=time,
        vehicle=vehicle,
        drivable=drivable,
        distance=slots["position"].copy(),
        speed=slots["speed"].copy(),
        length=vehicles.types["length"][type_row],
        came_from=traffic.vehicle_states["came_from"][copy, vehicle],
        delay=time
        - vehicles.scheduled[copy, vehicle]
        - free.time[free.start[copy, vehicle] + covered]
        - slots["position"] / np.minimum(roads.drivables["limit"][drivable], vehicles.types["max_speed"][type_row]),
        closed=closed_lanes(closures, time - 1),
        **signals,
    )


def closed_lanes(closures: Sequence[Closure], second: int) -> Ints:
    """(x,) lanes that are closed in a second, ascending."""
    return np.array(sorted({each.lane for each in closures if each.begin <= second < each.end}), np.int32)


def occupied_slots(traffic: Traffic, copy: int, time: int) -> tuple[Ints, StructuredArray]:
    """Drivable (n,) and SLOT (n,) of each vehicle under way."""
    states = traffic.drivable_states[copy]
    occupied = np.flatnonzero(states["count"])
    count = states["count"][occupied]
    behind = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)  # vehicles ahead on the drivable
    taken = traffic.slots[copy, time & 1][np.repeat(states["first"][occupied], count) + behind]
    return np.repeat(occupied, count).astype(np.int32), taken
