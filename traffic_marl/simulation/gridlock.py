"""Gridlock: vehicles that stand in a circle in which each blocks the next, and those that stand behind such a circle.

Module `blocking` tells which vehicle blocks which one. A red blocks nobody, so neither a starved lane nor the queues
behind it are a gridlock. A circle of blocked vehicles never dissolves, since no vehicle leaves its path. So it is
enough to look for one when records are taken.
"""

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import NEVER, NONE, Vehicles
from traffic_marl.kernels.traffic import PackedRoads, Traffic
from traffic_marl.simulation.blocking import LONG, Blocks, Queues, blocks, standing_queues


def gridlocked_vehicles(roads: PackedRoads, vehicles: Vehicles, traffic: Traffic, now: int) -> Bools:
    """(B, V) vehicles that have stood for LONG in a gridlock at time `now` [s]."""
    stands = traffic.vehicle_states["halted_since"] <= now + 1 - LONG
    found = np.zeros(stands.shape, np.bool_)
    for copy in np.flatnonzero(stands.any(axis=1)).tolist():
        queues = standing_queues(vehicles, traffic, copy, now, stands[copy])
        blocked = blocks(roads, traffic, queues, copy, float(vehicles.types["length"].min()))
        locked = in_circle(roads, traffic, queues, blocked, copy)
        found[copy, queues.vehicle[queues.stands & locked[queues.drivable]]] = True
    return found


def in_circle(roads: PackedRoads, traffic: Traffic, queues: Queues, blocked: Blocks, copy: int) -> Bools:
    """(D,) drivables whose first vehicle is blocked in a circle or behind one.

    Those whose first vehicle nothing blocks are free, and then those that only free ones block, and so on. Of the rest,
    each is blocked by another one of the rest, so there is a circle.
    """
    locked = np.zeros(len(roads.drivables), np.bool_)
    firsts = queues.firsts()
    locked[queues.drivable[firsts[queues.stands[firsts]]]] = True
    to_come = roads.entries[traffic.next_due[copy] != NEVER]
    while True:
        closed = closed_lanes(roads, queues, locked, to_come)
        holds = locked[blocked.drivable] & locked[blocked.by] & ((blocked.lane == NONE) | closed[blocked.lane])
        still = np.zeros(len(locked), np.bool_)
        still[blocked.drivable[holds]] = True
        blocked = blocked.chosen(holds)
        if np.array_equal(still, locked):
            dissolving = in_turn(blocked, len(locked))
            if not dissolving.any():
                return locked
            blocked = blocked.chosen(~dissolving)
        locked = still


def in_turn(blocked: Blocks, drivables: int) -> Bools:
    """(e,) blocks that dissolve: vehicles that yield to each other in a circle, or to one in such a circle, may go."""
    heeds = np.ones(drivables, np.bool_)
    heeds[blocked.drivable[blocked.is_full]] = False
    found = blocked.is_point & heeds[blocked.drivable]
    while True:
        yields = np.zeros(drivables, np.bool_)
        yields[blocked.drivable[found]] = True
        still = found & yields[blocked.by]
        if np.array_equal(still, found):
            return np.asarray(still)
        found = still


def closed_lanes(roads: PackedRoads, queues: Queues, locked: Bools, to_come: Ints) -> Bools:
    """(K,) lanes that no other vehicle can enter: the way to them is locked, or empty with nobody to come.

    Args:
        roads: the roads.
        queues: the vehicles of a copy.
        locked: (D,) drivables that no vehicle leaves.
        to_come: entry lanes on which vehicles are still to enter.
    """
    occupied = np.zeros(len(locked), np.bool_)
    occupied[queues.drivable] = True
    moves = occupied & ~locked
    start, end = (roads.drivables[name][roads.lanes :] for name in ("start", "end"))
    closed = np.ones(roads.lanes, np.bool_)
    closed[to_come] = False
    while True:
        gives = moves[: roads.lanes] | ~(occupied[: roads.lanes] | closed)
        still = closed.copy()
        still[end[gives[start] | moves[roads.lanes :]]] = False
        if np.array_equal(still, closed):
            return closed
        closed = still
