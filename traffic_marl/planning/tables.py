"""The tables that the kernels of planning read: lanes and phases of a network, the rules, and the readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import BAND_EDGES, FINE_EDGES, FULL, NONE, Timing
from traffic_marl.network.greens import needs_green
from traffic_marl.network.network import Network
from traffic_marl.network.room import exit_places
from traffic_marl.units import HOUR, MINUTE

LONGEST_GREEN = 120  # [s]
HOLDS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 30)  # [s] for which the phase shown may go on, as far as they are tried
CROSSING = 2.0  # [s] to cross an intersection
LET_GO = 120.0  # [m] before a stop line upstream, from which a green is taken to let vehicles go
LEAST_BAND = 10.0  # [m] length of a band that begins close to the end of its lane, or beyond it


@dataclass(frozen=True)
class PlanOptions:
    """The way in which an intersection plans."""

    horizon: int = 90  # [s] how far
    flow: float = 1800.0 / HOUR  # [veh/s] discharge of a queue at green, for each lane
    lost: int = 1  # [s] of a green before a queue discharges
    gap: int = 4  # [s] without arrivals after which a later green ends, once its queues are gone
    urgency: float = 0.3 / MINUTE  # [1/s] by which a lane's vehicles weigh more for each second its first one has stood
    longest_green: int = LONGEST_GREEN  # [s] after which another phase that is wanted follows
    longest_wait: int = 180  # [s] standstill of a vehicle after which its phases come before others
    fine: bool = False  # where moving vehicles are is known in the finer bands
    room: bool = False  # a lane lets nobody go while a lane of a road ahead of it is full


class PlannedRoads(NamedTuple):
    """The tables of a network that the kernels read. They never change.

    S is the largest number of lanes with a signal that changes that an intersection has.
    """

    lane_start: Ints  # (N + 1,) slice of `lane` for each intersection
    lane: Ints  # lanes with a movement that needs a green
    open: Bools  # (N, P, S) whether a phase serves each of them, by its place in the slice
    kept: Bools  # (N, P, P, S) whether it stays green between two phases
    phase_count: Ints  # (N,)
    feeder_start: Ints  # (len(lane) + 1,) slice of the next two for each lane of `lane`. Empty: nobody is told of
    feeder: Ints  # movements upstream that lead to the lane's road
    share: Floats  # of their vehicles that come into this lane
    movement_intersection: Ints  # (M,)
    movement_served: Bools  # (M, P)
    movement_lane_start: Ints  # (M + 1,) slice of `movement_lane`
    movement_lane: Ints  # lanes that a movement leaves from
    ways: Ints  # (K,) movements that leave from each lane
    exit_start: Ints  # (len(lane) + 1,) slice of the next two for each lane of `lane`
    exit: Ints  # lanes of the roads that its movements lead to
    exit_full: Floats  # [veh] from which on each of them is full
    way: Floats  # [s] (K,) from the stop line upstream to that of the lane, at the speed limit
    nearest: Floats  # [s] (K, bands) free travel time from the near edge of each band to the stop line
    farthest: Floats  # [s] (K, bands) from its far edge


class Rules(NamedTuple):
    """The rules of planning, in whole seconds where nothing else is said."""

    horizon: int
    change: int  # intergreen
    least_green: int  # of greens that are planned: until the signal and the next decision let them end
    min_green: int  # of the signals: no change can be asked for before
    longest_green: int
    longest_wait: int
    gap: int
    lost: int
    flow: float  # [veh/s]
    urgency: float  # [1/s]
    holds: Ints  # for which the phase shown may go on
    let_go: int  # bands before a stop line upstream whose vehicles a green is taken to let go
    room: bool  # whether full roads ahead are foreseen


class View(NamedTuple):
    """The readings that plans are made of."""

    queue: Ints  # (B, K)
    moving: Ints  # (B, K, bands)
    longest_wait: Ints  # (B, K)
    phase: Ints  # (B, N)
    age: Ints  # (B, N)
    interval: Ints  # (B, N)
    told_queue: Ints  # (B, K) as the neighbours of the intersection know them
    told_vehicles: Ints  # (B, K)
    told_moving: Ints  # (B, K, bands)
    told_phase: Ints  # (B, N)
    told_age: Ints  # (B, N)
    told_interval: Ints  # (B, N)


class Scratch(NamedTuple):
    """Room for the plans of one intersection. It holds nothing from one to the next."""

    arrived: Floats  # [veh] (S, horizon + 1) that come to the stop line before each second
    queue: Floats  # [veh] (S,) at the stop line now
    waiting: Floats  # [veh] (S,) in the course of a plan
    weight: Floats  # (S,) of a vehicle's delay
    blocked: Bools  # (S,) whether nobody can leave it, because a road ahead is full
    overdue: Bools  # (S,) whether a vehicle has stood for the longest wait


def planned_roads(network: Network, flow: Floats | None = None, *, fine: bool = False) -> PlannedRoads:
    """The tables of a network for the kernels.

    Args:
        network: whose intersections plan.
        flow: [veh/s] (M,) expected demand of each movement, by which vehicles from upstream are shared among lanes.
            None if intersections do not tell each other whom they let go.
        fine: bands are the finer ones.
    """
    tables = network.tables
    waits = needs_green(tables)
    lanes = [_lanes_of(network, n, waits) for n in range(len(tables.phase_count))]
    most = max((len(each) for each in lanes), default=0)
    phases = tables.served.shape[1]
    is_open = np.zeros((len(lanes), phases, most), np.bool_)
    kept = np.zeros((len(lanes), phases, phases, most), np.bool_)
    for n, own in enumerate(lanes):
        for p in range(tables.phase_count[n]):
            green = np.flatnonzero(tables.served[:, p] & (tables.movement_intersection == n))
            is_open[n, p, : len(own)] = _served(network, green.tolist(), own, waits)
            for q in range(tables.phase_count[n]):
                row = network.row_movements[n][tables.clearance_row[n, p, q]]
                kept[n, p, q, : len(own)] = _served(network, row, own, waits)
    nearest, farthest = _travel_times(network, FINE_EDGES if fine else BAND_EDGES)
    lane = np.concatenate([np.zeros(0, np.int32), *lanes]).astype(np.int32)
    feeders = [(np.zeros(0, np.int32), 0.0)] * len(lane) if flow is None else _feeders(network, lane, flow)
    count = len(tables.lane_road)
    exits = _exits(network, lane)
    return PlannedRoads(
        lane_start=np.cumsum([0, *(len(own) for own in lanes)]).astype(np.int32),
        lane=lane,
        open=is_open,
        kept=kept,
        phase_count=tables.phase_count,
        feeder_start=np.cumsum([0, *(len(movements) for movements, _ in feeders)]).astype(np.int32),
        feeder=np.concatenate([np.zeros(0, np.int32), *(movements for movements, _ in feeders)]).astype(np.int32),
        share=np.repeat([share for _, share in feeders], [len(movements) for movements, _ in feeders]),
        movement_intersection=tables.movement_intersection,
        movement_served=tables.served,
        movement_lane_start=tables.movement_lane_start,
        movement_lane=tables.movement_lane,
        ways=np.bincount(tables.movement_lane, minlength=count).astype(np.int32),
        exit_start=np.cumsum([0, *(len(places) for places, _ in exits)]).astype(np.int32),
        exit=np.concatenate([np.zeros(0, np.int32), *(places for places, _ in exits)]).astype(np.int32),
        exit_full=np.concatenate([np.zeros(0), *(full for _, full in exits)]),
        way=CROSSING + tables.length[:count] / tables.limit[:count],
        nearest=nearest,
        farthest=farthest,
    )


def rules_of(options: PlanOptions, timing: Timing, interval: int) -> Rules:
    """The rules of planning under those of the signals, with decisions every `interval` [s]."""
    change = timing.yellow + timing.all_red
    return Rules(
        horizon=options.horizon,
        change=change,
        least_green=max(timing.min_green, interval - change, 1),
        min_green=timing.min_green,
        longest_green=options.longest_green,
        longest_wait=options.longest_wait,
        gap=options.gap,
        lost=options.lost,
        flow=options.flow,
        urgency=options.urgency,
        let_go=sum(edge <= LET_GO for edge in (FINE_EDGES if options.fine else BAND_EDGES)),
        room=options.room,
        holds=np.unique([-(-each // interval) * interval for each in HOLDS]).astype(np.int32),
    )


def scratch_for(roads: PlannedRoads, rules: Rules) -> Scratch:
    """Room for the plans of any intersection."""
    lanes = roads.open.shape[2]
    return Scratch(
        arrived=np.zeros((lanes, rules.horizon + 1)),
        queue=np.zeros(lanes),
        waiting=np.zeros(lanes),
        weight=np.zeros(lanes),
        blocked=np.zeros(lanes, np.bool_),
        overdue=np.zeros(lanes, np.bool_),
    )


def _lanes_of(network: Network, intersection: int, waits: Bools) -> Ints:
    """Lanes of an intersection with a movement that needs a green, ascending."""
    tables = network.tables
    own = np.flatnonzero(waits & (tables.movement_intersection == intersection))
    return np.unique(_lanes(network, own.tolist()))


def _served(network: Network, movements: Sequence[int], lanes: Ints, waits: Bools) -> Bools:
    """Which lanes some movements leave from, as far as these need a green."""
    return np.isin(lanes, _lanes(network, [movement for movement in movements if waits[movement]]))


def _lanes(network: Network, movements: Sequence[int]) -> Ints:
    """Lanes that movements leave from, one movement after the other."""
    tables = network.tables
    spans = [slice(*tables.movement_lane_start[movement : movement + 2]) for movement in movements]
    return np.concatenate([np.zeros(0, np.int32), *(tables.movement_lane[span] for span in spans)])


def _travel_times(network: Network, edges: Sequence[float]) -> tuple[Floats, Floats]:
    """[s] (K, bands) from the near and from the far edge of each band to the stop line, at the speed limit."""
    lanes = len(network.tables.lane_road)
    length, limit = network.tables.length[:lanes, None], network.tables.limit[:lanes, None]
    near = np.array((0.0, *edges))
    far = np.minimum(np.array((*edges, np.inf)), np.maximum(length, near + LEAST_BAND))
    return near / limit, far / limit


def _exits(network: Network, lanes: Ints) -> list[tuple[Ints, Floats]]:
    """For each lane the lanes of the roads that its movements lead to, and the vehicles [veh] that fill each."""
    tables = network.tables
    owner = np.repeat(np.arange(len(tables.movement_intersection)), np.diff(tables.movement_lane_start))
    full = FULL * exit_places(tables)
    found = []
    for lane in lanes:
        leaving = owner[tables.movement_lane == lane]
        spans = [np.arange(*tables.movement_exit_start[movement : movement + 2]) for movement in leaving]
        places = np.concatenate([np.zeros(0, np.intp), *spans])
        exits, first = np.unique(tables.movement_exit[places], return_index=True)
        found.append((exits, full[places][first]))
    return found


def _feeders(network: Network, lanes: Ints, flow: Floats) -> list[tuple[Ints, float]]:
    """For each lane the movements at signals upstream that lead to its road, and the share of them that comes into it.

    Shares are those of the expected flow on the road, or equal where no flow is expected.
    """
    tables = network.tables
    leading = [np.zeros(0, np.int32) for _ in range(int(tables.lane_road.max()) + 1)]
    signalled = np.flatnonzero(tables.movement_intersection != NONE)
    exit_road = tables.lane_road[tables.movement_exit[tables.movement_exit_start[signalled]]]
    for road in np.unique(exit_road):
        leading[road] = signalled[exit_road == road].astype(np.int32)
    lanes_of = np.diff(tables.movement_lane_start)
    each = np.repeat(flow / lanes_of, lanes_of)  # [veh/s] of a movement on each of its lanes
    on_lane = np.bincount(tables.movement_lane, each, minlength=len(tables.lane_road))
    on_road = np.bincount(tables.lane_road, on_lane)
    lanes_on = np.bincount(tables.lane_road)
    return [
        (leading[road], on_lane[lane] / on_road[road] if on_road[road] > 0.0 else 1.0 / lanes_on[road])
        for lane, road in zip(lanes, tables.lane_road[lanes], strict=True)
    ]
