"""Planner: plans for all intersections of a network."""

from operator import attrgetter

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.planning.kernel import write_delays
from traffic_marl.planning.tables import PlanOptions, View, planned_roads, rules_of, scratch_for
from traffic_marl.simulation import Readings

TOLD = "told_"  # before the names of readings that are known from the neighbours
_seen = attrgetter(*(name for name in View._fields if not name.startswith(TOLD)))
_told = attrgetter(*(name.removeprefix(TOLD) for name in View._fields if name.startswith(TOLD)))


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
        self._roads = planned_roads(network, flow)
        self._rules = rules_of(options, timing, interval)
        self._scratch = scratch_for(self._roads, self._rules)

    def __call__(self, readings: Readings) -> Floats:
        """[veh s] (B, N, P) weighted delay up to the horizon with each phase next, infinite where it does not come."""
        out = np.empty((*readings.phase.shape, self._roads.open.shape[1]))
        write_delays(
            self._roads, View._make((*_seen(readings), *_told(readings.neighbours))), self._rules, self._scratch, out
        )
        return out
