"""The tables that the kernels of action spaces read: those of a network, the rules, and the readings of a moment."""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.network.greens import needs_green
from traffic_marl.network.network import Network
from traffic_marl.network.room import exit_places

ZONE = 1  # bands of the readings before the stop line in which a vehicle keeps a green: 60 m
REACH = 2  # bands in which a vehicle calls for a green: 120 m
NO_BOUND = 1 << 30  # [s] a wait that never comes


class CallingRoads(NamedTuple):
    """The tables of a network that the kernels read. They never change."""

    movement_start: Ints  # (N + 1,) slice of `movement` for each intersection
    movement: Ints  # movements that need a green: some phases of their intersection serve them and others do not
    served: Bools  # (M, P)
    lane_start: Ints  # (M + 1,) slice of `lane`
    lane: Ints  # lanes that a movement leaves from
    phase_count: Ints  # (N,)
    exit_start: Ints  # (M + 1,) slice of `exit`
    exit: Ints  # lanes of the road that a movement leads to
    exit_places: Floats  # [veh] room on each of them


class Rules(NamedTuple):
    """The rules of an action space, all in whole seconds."""

    gap: int  # for which the zones of a green are empty when it gaps out
    longest_green: int  # after which a green ends if there is a call elsewhere
    min_green: int  # of the signals: there is no choice before
    least_green: int  # before which no green is left early, and none for a phase that is overdue
    clock: int  # between two moments at which an occupied green may be left early
    longest_wait: int  # NO_BOUND: none. Longest wait of a call for its green
    change: int  # intergreen: from the end of a green to the next
    share: int  # green that each of several overdue phases gets before the next one's turn
    retried: int  # wait at which a call goes on after a turn in which nobody left


class View(NamedTuple):
    """The readings that calls are made of."""

    vehicles: Ints  # (B, K)
    discharged: Ints  # (B, K)
    queue: Ints  # (B, K)
    moving: Ints  # (B, K, 5)
    phase: Ints  # (B, N)
    age: Ints  # (B, N)
    interval: Ints  # (B, N)


class Calls(NamedTuple):
    """The memory of detectors between two decisions. It changes in place."""

    waited: Ints  # [s] (B, M) since the movement's present call, 0 without a call
    blocked: Bools  # (B, M) somebody is there, but all lanes of the exit road are full
    empty: Ints  # [s] (B, N) since the zones of the green were occupied


def calling_roads(network: Network) -> CallingRoads:
    """The tables of a network for the kernels."""
    tables = network.tables
    intersections = len(tables.phase_count)
    needs = np.flatnonzero(needs_green(tables))
    order = needs[np.argsort(tables.movement_intersection[needs], kind="stable")]
    each = np.bincount(tables.movement_intersection[order], minlength=intersections)
    return CallingRoads(
        movement_start=np.concatenate(([0], np.cumsum(each))).astype(np.int32),
        movement=order.astype(np.int32),
        served=tables.served,
        lane_start=tables.movement_lane_start,
        lane=tables.movement_lane,
        phase_count=tables.phase_count,
        exit_start=tables.movement_exit_start,
        exit=tables.movement_exit,
        exit_places=exit_places(tables),
    )


def no_calls(roads: CallingRoads, copies: int) -> Calls:
    """The memory before the first decision."""
    movements, intersections = len(roads.served), len(roads.phase_count)
    return Calls(
        waited=np.zeros((copies, movements), np.int32),
        blocked=np.zeros((copies, movements), np.bool_),
        empty=np.zeros((copies, intersections), np.int32),
    )
