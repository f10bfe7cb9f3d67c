"""Blocking: which vehicles cannot go on before another one has moved, whatever the signals show.

The first vehicle of a lane or connection is blocked

- at a stop line, by the last vehicle of the lane that it wants to enter, if that has no room, or if it has none for
  all that are on the way there and the junction is kept clear;
- by a vehicle right ahead of it on a connection from the same lane, or on the lane beyond the junction;
- by a vehicle that stands in the junction at a conflict point before which it stands.

Each of the others is blocked by the one ahead of it. A red blocks nobody, however long it is.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints, StructuredArray
from traffic_marl.kernels.car_following import YIELD_GAP
from traffic_marl.kernels.tables import NONE, Vehicles
from traffic_marl.kernels.traffic import PackedRoads, Traffic
from traffic_marl.simulation.positions import occupied_slots

LONG = 120  # [s] vehicles that stand for a shorter time are not taken as blocked
Edges = tuple[Ints, Ints]  # places of first vehicles that are blocked, and the place of the one that blocks each


class Blocks(NamedTuple):
    """First vehicles of drivables that are blocked by vehicles on others."""

    drivable: Ints  # (e,)
    by: Ints  # (e,) drivable with the vehicle that blocks it
    lane: Ints  # (e,) it is blocked only while no other vehicle can enter this lane, if that is not NONE
    is_full: Bools  # (e,) it stands at a stop line before a full lane, and heeds nobody in the junction
    is_point: Bools  # (e,) it yields at a conflict point

    def chosen(self, mask: Bools) -> "Blocks":
        """Those in a mask (e,)."""
        return Blocks(self.drivable[mask], self.by[mask], self.lane[mask], self.is_full[mask], self.is_point[mask])


@dataclass(frozen=True, eq=False)
class Queues:
    """The n vehicles of one copy, drivable by drivable and from front to back. A *place* is an index into them."""

    vehicle: Ints  # (n,)
    drivable: Ints  # (n,)
    next: Ints  # (n,) drivable after that, or NONE
    front: Floats  # [m] (n,) from the start of the drivable
    rear: Floats  # [m] (n,) likewise, negative where the vehicle is not on the drivable with its whole length
    types: StructuredArray  # VEHICLE_TYPE (n,)
    came_from: Ints  # (n,) drivable it was on before, or NONE
    stands: Bools  # (n,) it and all vehicles ahead of it on the drivable have stood for LONG

    def firsts(self) -> Ints:
        """Places of the first vehicles of the drivables."""
        return _places(np.diff(self.drivable, prepend=NONE) != 0)

    def lasts(self, drivables: int) -> Ints:
        """(D,) place of the last vehicle that stands on each drivable, or NONE. Others leave even less room behind."""
        standing = _places(self.stands)
        last = np.full(drivables, NONE, np.int32)
        last[self.drivable[standing]] = standing  # of several the last one is kept
        return last


def standing_queues(vehicles: Vehicles, traffic: Traffic, copy: int, now: int, stands: Bools) -> Queues:
    """The vehicles of a copy, of which `stands` (V,) have stood for LONG."""
    drivable, slots = occupied_slots(traffic, copy, now)
    vehicle = slots["vehicle"].copy()
    types = vehicles.types[slots["type_row"]]
    # A vehicle counts only if no vehicle before it on the drivable moves.
    moving = np.cumsum(~stands[vehicle])
    first = np.diff(drivable, prepend=NONE) != 0
    before = np.where(first, moving - ~stands[vehicle], 0)
    return Queues(
        vehicle=vehicle,
        drivable=drivable,
        next=slots["next"].copy(),
        front=slots["position"].copy(),
        rear=slots["position"] - types["length"],
        types=types,
        came_from=traffic.vehicle_states["came_from"][copy, vehicle],
        stands=np.asarray(moving == np.maximum.accumulate(before)),
    )


@dataclass(frozen=True, eq=False)
class Fronts:
    """The m vehicles that have stood for LONG as the first on a lane with a connection ahead, or on a connection."""

    place: Ints  # (m,)
    connection: Ints  # (m,) that it is on, or takes next
    start: Floats  # [m] (m,) of its front along the connection, negative before it

    def chosen(self, mask: Bools) -> "Fronts":
        """Those in a mask (m,)."""
        return Fronts(self.place[mask], self.connection[mask], self.start[mask])


def standing_fronts(roads: PackedRoads, queues: Queues) -> Fronts:
    """The first vehicles of the drivables, if they stand and do not end their trips there."""
    place = queues.firsts()
    drivable = queues.drivable[place]
    on_lane = drivable < roads.lanes
    connection = np.where(on_lane, queues.next[place], drivable)
    start = queues.front[place] - np.where(on_lane, roads.drivables["length"][drivable], 0.0)
    return Fronts(place, connection, start).chosen(queues.stands[place] & (connection != NONE))


def blocks(roads: PackedRoads, traffic: Traffic, queues: Queues, copy: int, shortest: float) -> Blocks:
    """Which vehicle blocks the first one of each drivable. No vehicle is shorter than `shortest` [m]."""
    last = queues.lasts(len(roads.drivables))
    fronts = standing_fronts(roads, queues)
    waiting = fronts.chosen(fronts.start <= 0.0)
    at_line, full = full_exits(roads, queues, waiting, last)
    held, holding = held_points(roads, traffic, queues, fronts, copy)
    follows = [close_siblings(roads, queues, waiting, last), close_leaders(roads, traffic, queues, fronts, last, copy)]
    first = np.concatenate([at_line, held, *(first for first, _ in follows)])
    place = np.concatenate([full, holding, *(place for _, place in follows)])
    kind = np.arange(len(first))
    # A shorter vehicle may still enter a lane without room for this one. While it moves, this one may follow it.
    lane = np.full(len(first), NONE, np.int32)
    # Where the junction is kept clear, it follows nobody before there is room.
    clear = roads.drivables["keeps_clear"][queues.next[at_line]] == 1
    lane[: len(full)] = np.where((queues.rear[full] > shortest) & ~clear, queues.drivable[full], NONE)
    is_full = kind < len(full)
    is_point = ~is_full & (kind < len(full) + len(held))
    found = Blocks(queues.drivable[first], queues.drivable[place], lane, is_full, is_point)
    return found.chosen(queues.stands[place])


def creep(queues: Queues, place: Ints) -> Floats:
    """[m] distance to a stop at which the stopping rule gives a standing vehicle no speed, if it is no longer."""
    acceleration, deceleration = (queues.types[f"usual_{name}"][place] for name in ("acceleration", "deceleration"))
    return np.asarray(acceleration / 2.0 + acceleration**2 / deceleration / 2.0)


def is_at_line(queues: Queues, fronts: Fronts) -> Bools:
    """(m,) whether a vehicle stands at a stop line. One farther from it would still move up to it, even at a red."""
    return np.asarray((fronts.start <= 0.0) & (-fronts.start <= creep(queues, fronts.place)))


def is_always_green(roads: PackedRoads, fronts: Fronts) -> Bools:
    """(m,) whether the connection is green in every phase and between any two, as it is without signals."""
    ways = roads.drivables[fronts.connection]
    has_signals = ways["intersection"] < len(roads.phase_count)
    n = np.where(has_signals, ways["intersection"], 0)
    rows = np.hstack([roads.phase_row, *roads.clearance_row.transpose(1, 0, 2)])[n]
    green = roads.green[n[:, None], rows, ways["word"][:, None]] & ways["mask"][:, None]
    return np.asarray(~has_signals | ((green != 0) | (rows == NONE)).all(axis=1))


def is_close(queues: Queues, place: Ints, ahead: Ints, gap: Floats) -> Bools:
    """(...) whether the following rule gives standing vehicles no speed at this gap [m] to others that stand ahead."""
    own, leader = queues.types[place], queues.types[ahead]
    least = np.maximum(own["min_gap"] + leader["usual_deceleration"] / 2.0, leader["max_deceleration"] / 2.0)
    return np.asarray(gap <= least)


def full_exits(roads: PackedRoads, queues: Queues, waiting: Fronts, last: Ints) -> Edges:
    """First vehicles of lanes that stand at the stop line, and the last vehicles of lanes beyond without room."""
    ways = roads.drivables[waiting.connection]
    place = last[ways["end"]]
    wanted = queues.types["length"][waiting.place]
    clear = ways["keeps_clear"] == 1
    wanted = wanted + clear * (queues.types["min_gap"][waiting.place] + space_wanted(roads, queues)[ways["end"]])
    full = is_at_line(queues, waiting) & (place != NONE) & (queues.rear[place] <= wanted)
    return waiting.place[full], place[full]


def space_wanted(roads: PackedRoads, queues: Queues) -> Floats:
    """[m] (K,) that the vehicles on the connections into each lane will take on it, with the gaps before them."""
    on = _places(queues.drivable >= roads.lanes)
    lane = roads.drivables["end"][queues.drivable[on]]
    own = queues.types[on]
    return np.bincount(lane, own["length"] + own["min_gap"], roads.lanes).astype(np.float64)


def close_siblings(roads: PackedRoads, queues: Queues, waiting: Fronts, last: Ints) -> Edges:
    """First vehicles of lanes, and the last vehicles on the connections from there that are too close to move up."""
    lanes = roads.drivables[queues.drivable[waiting.place]]
    owner, row = spread(lanes["first"], lanes["last"])
    first, place = waiting.place[owner], last[roads.leaving[row]]
    close = (place != NONE) & is_close(queues, first, place, queues.rear[place] - waiting.start[owner])
    return first[close], place[close]


def close_leaders(roads: PackedRoads, traffic: Traffic, queues: Queues, fronts: Fronts, last: Ints, copy: int) -> Edges:
    """First vehicles, and the last vehicles on the lanes beyond their connections that are too close to move up."""
    place = last[roads.drivables["end"][fronts.connection]]
    gap = roads.drivables["length"][fronts.connection] - fronts.start + queues.rear[place]
    # The first vehicle of a lane follows those on the connections from there, and this one only if there are none.
    follows = traffic.drivable_states["crossing"][copy, queues.drivable[fronts.place]] == 0
    close = follows & (place != NONE) & is_close(queues, fronts.place, place, gap)
    return fronts.place[close], place[close]


def held_points(roads: PackedRoads, traffic: Traffic, queues: Queues, fronts: Fronts, copy: int) -> Edges:
    """First vehicles that stand right before a conflict point, and vehicles in the junction to which they yield there.

    These stand on the point or so near to it that they cannot yield themselves, or they have gone first so far.
    """
    # At a red, a vehicle moves up to the stop line, however near the point is.
    fronts = fronts.chosen((fronts.start > 0.0) | is_at_line(queues, fronts) | is_always_green(roads, fronts))
    owner, row = spread(roads.drivables["first"][fronts.connection], roads.drivables["last"][fronts.connection])
    # Nearer points are passed whatever stands there, and to farther ones the vehicle would still move up.
    way = roads.crossings["distance"][row] - fronts.start[owner] - YIELD_GAP
    before = (way > 0.0) & (way <= creep(queues, fronts.place[owner]))
    owner, crossing = owner[before], roads.crossings[row[before]]
    connection, place, offset = bodies(roads, queues)
    start, end = (np.searchsorted(connection, crossing["foe"], side).astype(np.int32) for side in ("left", "right"))
    pair, body = spread(start, end)
    point = crossing["foe_distance"][pair] - offset[body]
    first, place = fronts.place[owner[pair]], place[body]
    holds = (queues.rear[place] <= point) & (point <= queues.front[place] + YIELD_GAP)
    holds |= has_yielded(traffic, queues, first, place, copy)
    return first[holds], place[holds]


def has_yielded(traffic: Traffic, queues: Queues, first: Ints, place: Ints, copy: int) -> Bools:
    """(...) whether vehicles yielded to others when they last looked, and neither has moved since.

    A vehicle before a stop line looks only while it has green.
    """
    states = traffic.vehicle_states[copy]
    vehicle, foe = queues.vehicle[first], queues.vehicle[place]
    since = np.maximum(states["halted_since"][vehicle], states["halted_since"][foe] - 1)
    noted = (states["foe"][vehicle] == foe[:, None]) & (states["yielded"][vehicle] >= since[:, None])
    return np.asarray(noted.any(axis=1))


def bodies(roads: PackedRoads, queues: Queues) -> tuple[Ints, Ints, Floats]:
    """Connections, ascending, with a vehicle on each, and the start of the vehicle's drivable along the connection [m].

    A vehicle on the lane beyond counts if its rear is still on the connection.
    """
    on = _places(queues.drivable >= roads.lanes)
    tails = _places((queues.drivable < roads.lanes) & (queues.rear < 0.0) & (queues.came_from >= roads.lanes))
    connection = np.concatenate([queues.drivable[on], queues.came_from[tails]])
    offset = np.concatenate([np.zeros(len(on)), roads.drivables["length"][queues.came_from[tails]]])
    order = np.argsort(connection, kind="stable")
    return connection[order], np.concatenate([on, tails])[order], offset[order]


def spread(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The number of the slice of each index, and the index, for all slices start .. end - 1 one after the other."""
    count = end - start
    owner = np.repeat(np.arange(len(count), dtype=np.int32), count)
    skipped: Ints = start + count - np.cumsum(count, dtype=np.int32)
    return owner, np.arange(len(owner), dtype=np.int32) + skipped[owner]


def _places(mask: Bools) -> Ints:
    """Places of the vehicles in a mask (n,)."""
    return np.flatnonzero(mask).astype(np.int32)
