"""Disturbances of a copy beside failing detectors: lanes that are closed for a time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import StructuredArray
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.kernels.traffic import CLOSURE, PackedRoads


@dataclass(frozen=True)
class Closure:
    """A lane whose end nobody passes for a time, as if a broken-down vehicle stood at the stop line."""

    lane: int  # not one that ends at the rim, where nothing can be closed
    begin: int  # [s] first second
    end: int  # [s] first second after it


@dataclass(frozen=True)
class Disturbances:
    """What disturbs the traffic of one copy, whatever the strategy does."""

    closures: tuple[Closure, ...] = ()


def pack_closures(disturbances: Sequence[Disturbances], roads: PackedRoads, copies: int) -> StructuredArray:
    """CLOSURE (B, X) of all copies, one for each connection that leaves a closed lane.

    Args:
        disturbances: of each copy. None at all stand for none.
        roads: the roads.
        copies: B.

    Raises:
        UsageError: there are disturbances, and not of each copy.
    """
    if disturbances and len(disturbances) != copies:
        raise UsageError("disturbances", f"{len(disturbances)} for {copies} copies", "give them for each copy")
    rows = [[row for closure in each.closures for row in _rows(closure, roads)] for each in disturbances]
    table = np.zeros((copies, max(map(len, rows), default=0)), CLOSURE)
    table["begin"] = table["end"] = NEVER
    for b, own in enumerate(rows):
        table[b, : len(own)] = own
    return table


def _rows(closure: Closure, roads: PackedRoads) -> list[tuple[int, ...]]:
    """A row of CLOSURE for each connection that leaves the lane."""
    lane = roads.drivables[closure.lane]
    leaving = roads.drivables[roads.leaving[lane["first"] : lane["last"]]]
    return [(way["mask"], way["intersection"], way["word"], closure.begin, closure.end) for way in leaving]
