"""Planner: plans for all intersections of a network."""

from operator import attrgetter

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.planning.kernel import write_delays
from traffic_marl.planning.tables import PlanOptions, View, planned_roads, rules_of, scratch_for
from traffic_marl.simulation import Readings

_seen = attrgetter(*View._fields)


class Planner:
    """Foresees the delay of the vehicles in sight of each intersection, for each phase that could come next.

    Args:
        network: whose intersections plan.
        timing: the rules of its signals.
        interval: [s] between decisions.
        options: of planning.
    """

    def __init__(self, network: Network, timing: Timing, interval: int, options: PlanOptions) -> None:
        self._roads = planned_roads(network)
        self._rules = rules_of(options, timing, interval)
        self._scratch = scratch_for(self._roads, self._rules)

    def __call__(self, readings: Readings) -> Floats:
        """[veh s] (B, N, P) weighted delay up to the horizon with each phase next, infinite where it does not come."""
        out = np.empty((*readings.phase.shape, self._roads.open.shape[1]))
        write_delays(self._roads, View._make(_seen(readings)), self._rules, self._scratch, out)
        return out
