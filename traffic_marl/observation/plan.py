"""The features of a plan: how close the delay planned with each phase next comes to the least one."""

import numpy as np

from traffic_marl.arrays import Floats, Singles
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.observation.features import EXCESSES
from traffic_marl.planning import Planner, PlanOptions
from traffic_marl.simulation import Readings

SCALES = np.array(list(EXCESSES.values()), np.float32)  # [veh s] (2,)


class Foresight:
    """Plans for all intersections as `rolling_horizon`, and shows the delays as features of phases.

    The phase of least planned delay has 1 in all features. A phase that does not come next, or does not exist, has 0.

    Args:
        network: where the readings come from.
        timing: the rules of its signals.
        interval: [s] until the next decision.
        flow: [veh/s] (M,) expected demand of each movement. By it vehicles from upstream are shared among the lanes of
            a road, and equally without it.
        hears: whether neighbours tell whom they let go. Else nobody comes from upstream.
    """

    def __init__(
        self, network: Network, timing: Timing, interval: int, flow: Floats | None = None, *, hears: bool = True
    ) -> None:
        shares = np.zeros(len(network.tables.movement_intersection)) if flow is None else flow
        self._planned = Planner(network, timing, interval, PlanOptions(), shares if hears else None)

    def __call__(self, readings: Readings) -> Singles:
        """Features (B, N, P, 2), in the order of `features.EXCESSES`."""
        delays = self._planned(readings)  # one of each intersection at least is finite
        excess = (delays - delays.min(axis=2, keepdims=True)).astype(np.float32)
        found: Singles = np.exp(-excess[..., None] / SCALES)
        return found
