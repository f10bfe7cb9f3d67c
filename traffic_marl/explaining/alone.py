"""A strategy whose every intersection sees nothing of the others: their readings are held at typical values."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.explaining.means import isolated, own_lanes
from traffic_marl.simulation import Readings
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.strategy import Conditions, Controller


@dataclass(frozen=True, eq=False)
class Alone:
    """A strategy whose every intersection sees its own readings, and typical ones of all others."""

    strategy: NamedStrategy
    interval: int  # [s] between decisions
    typical: dict[str, Any]  # readings of one copy

    def start(self, conditions: Conditions) -> "AloneController":
        """A controller that decides for each intersection apart."""
        intersections = len(conditions.network.intersections)
        seeds = tuple(np.repeat(conditions.seeds, intersections).tolist())
        controller = self.strategy.start(replace(conditions, seeds=seeds))
        return AloneController(controller, self.typical, own_lanes(conditions.network))


class AloneController:
    """Asks a controller of B N copies, of which copy b N + n decides for intersection n of copy b.

    Args:
        controller: of B N copies.
        typical: readings of one copy.
        own: (N, K) lanes of each intersection.
    """

    def __init__(self, controller: Controller, typical: dict[str, Any], own: Bools) -> None:
        self._controller = controller
        self._typical = typical
        self._own = own

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N)."""
        asked = self._controller.decide(isolated(readings, self._typical, self._own))
        copies, intersections = readings.phase.shape
        chosen: Ints = diagonal_of(asked.reshape(copies, intersections, intersections))
        return chosen


def diagonal_of(values: Any) -> Any:
    """The entries (B, N, ...) of an array (B, N, N, ...) whose second and third index are the same."""
    each = np.arange(values.shape[1])
    return values[:, each, each]
