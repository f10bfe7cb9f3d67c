"""Activity: how much of the expected traffic comes at present, from the lanes whose detectors work."""

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.detection.lanes import LaneTable
from traffic_marl.simulation import Readings

MOST = 3.0  # largest share, against chance at the start
MEMORY = 300.0  # [s] time after which a vehicle counts for 1 / e


class Activity:
    """Compares the vehicles that leave lanes with those expected, over the last minutes.

    Args:
        lanes: with the flow expected on each.
    """

    def __init__(self, lanes: LaneTable) -> None:
        self.lanes = lanes
        self.seen: Floats = np.zeros(1)  # [veh] (B,)
        self.expected: Floats = np.zeros(1)  # [veh] (B,)

    def update(self, readings: Readings, blind: Bools, seconds: int) -> Floats:
        """(B, 1) share of the expected flow that has come lately, 1 if no lane can tell.

        Args:
            readings: of a decision.
            blind: (B, K) lanes that are left aside.
            seconds: [s] time since the last decision.
        """
        counted = ~blind & (self.lanes.flow > 0.0)
        kept = np.exp(-seconds / MEMORY)
        self.seen = self.seen * kept + (readings.discharged * counted).sum(axis=1) * (seconds > 0)
        self.expected = self.expected * kept + (self.lanes.flow * counted).sum(axis=1) * seconds
        share = self.seen / np.where(self.expected > 0.0, self.expected, 1.0)
        return np.where(self.expected > 0.0, np.minimum(share, MOST), 1.0)[:, None]
