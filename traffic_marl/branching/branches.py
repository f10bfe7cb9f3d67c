"""Branch and Futures: ways to go on from a moment, and what comes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import Controller


@dataclass(frozen=True)
class Branch:
    """A way to go on: phases of one decision in place of the strategy's, and who decides from then on."""

    phases: Mapping[int, int] = field(default_factory=dict)  # by intersection. All others follow the strategy.
    follows: int = 0  # place of the strategy that decides, among those of the trunk


@dataclass(frozen=True, eq=False)
class Futures:
    """The delay of the whole network along each of W branches, from the moment of the decision on."""

    times: Ints  # [s] (T,) since the decision, the last one at the end
    delay: Floats  # [veh s] (W, T) that has come up since the decision, of all vehicles due

    @property
    def cost(self) -> Floats:
        """[veh s] (W,) delay from the decision to the end."""
        return self.delay[:, -1]


class Following:
    """Decides in each copy as one of several controllers does.

    Args:
        controllers: of all copies, by place.
        follows: (B,) place of the controller of each copy.
    """

    def __init__(self, controllers: Mapping[int, Controller], follows: Ints) -> None:
        self._controllers = controllers
        self._follows = follows

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N)."""
        asked = np.zeros_like(readings.phase)
        for place, controller in self._controllers.items():
            chosen = self._follows == place
            asked[chosen] = controller.decide(readings)[chosen]
        return asked


def first_phases(branches: Sequence[Branch], intersections: int) -> Ints:
    """(W, N) phases of the first decision of each branch, NONE where the strategy decides."""
    phases = np.full((len(branches), intersections), NONE, np.int32)
    for row, branch in zip(phases, branches, strict=True):
        for intersection, phase in branch.phases.items():
            row[intersection] = phase
    return phases


def repeated(readings: Readings, copies: int) -> Readings:
    """The readings of one copy as those of several that are all alike."""
    arrays = {each.name: getattr(readings, each.name) for each in fields(Readings)}
    wide: dict[str, Any] = {
        name: np.repeat(value, copies, axis=0) for name, value in arrays.items() if isinstance(value, np.ndarray)
    }
    return replace(readings, **wide)
