"""Disturbances of a copy beside failing detectors: closed lanes, and controllers that have fallen back to a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints, StructuredArray
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.kernels.traffic import CLOSURE, PackedRoads, Traffic


@dataclass(frozen=True)
class Closure:
    """A lane whose end nobody passes for a time, as if a broken-down vehicle stood at the stop line."""

    lane: int  # not one that ends at the rim, where nothing can be closed
    begin: int  # [s] first second
    end: int  # [s] first second after it


@dataclass(frozen=True)
class Fallback:
    """An intersection whose controller has failed: its signals run a plan by the clock, whatever is asked for."""

    intersection: int
    phases: tuple[int, ...]  # asked for in each second of the cycle


@dataclass(frozen=True)
class Disturbances:
    """What disturbs the traffic of one copy, whatever the strategy does."""

    closures: tuple[Closure, ...] = ()
    fallback: tuple[Fallback, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything disturbs the traffic."""
        return bool(self.closures or self.fallback)


def disturbed(traffic: Traffic, disturbances: Sequence[Disturbances], roads: PackedRoads) -> Traffic:
    """The traffic with what disturbs it.

    Args:
        traffic: B copies at time 0.
        disturbances: of each copy. None at all stand for none.
        roads: the roads.

    Raises:
        UsageError: there are disturbances, and not of each copy.
    """
    copies = len(traffic.signals)
    if disturbances and len(disturbances) != copies:
        raise UsageError("disturbances", f"{len(disturbances)} for {copies} copies", "give them for each copy")
    if not any(each.any for each in disturbances):
        return traffic
    return traffic._replace(closures=pack_closures(disturbances, roads), fallback=pack_plans(disturbances, roads))


def pack_closures(disturbances: Sequence[Disturbances], roads: PackedRoads) -> StructuredArray:
    """CLOSURE (B, X) of all copies, one for each connection that leaves a closed lane."""
    rows = [[row for closure in each.closures for row in _rows(closure, roads)] for each in disturbances]
    table = np.zeros((len(rows), max(map(len, rows))), CLOSURE)
    table["begin"] = table["end"] = NEVER
    for b, own in enumerate(rows):
        table[b, : len(own)] = own
    return table


def pack_plans(disturbances: Sequence[Disturbances], roads: PackedRoads) -> Ints:
    """(B, N, 1 + T) cycle [s] of each plan and the phase asked for in each of its seconds, padded with 0.

    The cycle is 0 where a controller works. If all of them work, the table is (B, 0, 0).
    """
    cycles = [len(plan.phases) for each in disturbances for plan in each.fallback]
    if not cycles:
        return np.zeros((len(disturbances), 0, 0), np.int32)
    table = np.zeros((len(disturbances), len(roads.phase_count), 1 + max(cycles)), np.int32)
    for b, each in enumerate(disturbances):
        for plan in each.fallback:
            cycle = len(plan.phases)
            table[b, plan.intersection, : 1 + cycle] = (cycle, *plan.phases)
    return table


def _rows(closure: Closure, roads: PackedRoads) -> list[tuple[int, ...]]:
    """A row of CLOSURE for each connection that leaves the lane."""
    lane = roads.drivables[closure.lane]
    leaving = roads.drivables[roads.leaving[lane["first"] : lane["last"]]]
    return [(way["mask"], way["intersection"], way["word"], closure.begin, closure.end) for way in leaving]
