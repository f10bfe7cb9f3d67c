"""Planner: plans for all intersections of a network."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.planning.kernel import write_delays
from traffic_marl.planning.tables import PlanOptions, View, planned_roads, rules_of, scratch_for
from traffic_marl.simulation import Readings

TOLD = "told_"  # before the names of readings that are known from the neighbours
FINE = {"moving": "moving_fine"}  # what plans by finer bands look at instead
SEEN = tuple(name for name in View._fields if not name.startswith(TOLD))
HEARD = tuple(name.removeprefix(TOLD) for name in View._fields if name.startswith(TOLD))


def _looking(names: tuple[str, ...]) -> dict[bool, Callable[[Readings], Any]]:
    """What takes these readings, by whether bands are the finer ones."""
    return {False: attrgetter(*names), True: attrgetter(*(FINE.get(name, name) for name in names))}


_seen, _heard = _looking(SEEN), _looking(HEARD)


class Planner:
    """Foresees the delay of the vehicles in sight of each intersection, for each phase that could come next.

    Args:
        network: whose intersections plan.
        timing: the rules of its signals.
        interval: [s] between decisions.
        options: of planning.
        flow: [veh/s] (M,) expected demand of each movement, by which vehicles from upstream are shared among lanes.
            None if intersections do not tell each other whom they let go.
    """

    def __init__(
        self, network: Network, timing: Timing, interval: int, options: PlanOptions, flow: Floats | None = None
    ) -> None:
        self._roads = planned_roads(network, flow, fine=options.fine)
        self._rules = rules_of(options, timing, interval)
        self._scratch = scratch_for(self._roads, self._rules)
        self._fine = options.fine

    def __call__(self, readings: Readings) -> Floats:
        """[veh s] (B, N, P) weighted delay up to the horizon with each phase next, infinite where it does not come."""
        out = np.empty((*readings.phase.shape, self._roads.open.shape[1]))
        view = View._make((*_seen[self._fine](readings), *_heard[self._fine](readings.neighbours)))
        write_delays(self._roads, view, self._rules, self._scratch, out)
        return out
