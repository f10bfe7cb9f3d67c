"""Diagnosis: lanes whose detectors fail although nobody says so.

Signal controllers know the same two tests. A lane that reports nobody for long is taken for blind, and one that reports
the same standing vehicle through green after green is taken for stuck.
"""

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.detection.lanes import LaneTable
from traffic_marl.simulation import Readings

MISSING = 3.0  # [veh] expected while a lane reported nobody, from which on it is taken for blind
SILENT = 120  # [s] without a vehicle before that, because a red upstream holds all of them back
STOOD = 60.0  # [s] of green in which the same vehicle stood, from which on its detector is taken for stuck


class Diagnosis:
    """Remembers for each lane how many vehicles it should have reported, and how long one has stood at green.

    With independent arrivals, a lane that works is silent for so long once in 20 times at most. Its phase is then on
    recall until it reports the next vehicle.

    Source:
        NTCIP 1202 v03, 2019: detector diagnostics for no activity and for maximum presence, there with fixed times.

    Args:
        lanes: with the flow expected on each.
    """

    def __init__(self, lanes: LaneTable) -> None:
        self.lanes = lanes
        self.missing: Floats = np.zeros((1, len(lanes.flow)))  # [veh] (B, K) expected since somebody was reported
        self.silent: Ints = np.zeros((1, len(lanes.flow)), np.int32)  # [s] (B, K) since then
        self.stood: Floats = np.zeros((1, len(lanes.flow)))  # [s] (B, K) of green, by the vehicle that stands longest
        self.standing_since: Ints = np.full((1, len(lanes.flow)), -1, np.int32)  # [s] (B, K) when that one stopped

    def update(self, readings: Readings, activity: Floats, seconds: int) -> Bools:
        """(B, K) lanes whose detectors are taken to fail.

        Args:
            readings: of a decision.
            activity: (B, 1) share of the expected flow that comes at present.
            seconds: [s] time since the last decision.
        """
        silent = (readings.vehicles == 0) & (readings.discharged == 0)
        self.missing = np.where(silent, self.missing + self.lanes.flow * activity * seconds, 0.0)
        self.silent = np.where(silent, self.silent + seconds, 0).astype(np.int32)
        since = np.where(readings.longest_wait > 0, readings.time - readings.longest_wait, readings.time)
        same = (since == self.standing_since) & (readings.longest_wait > 0)
        self.stood = np.where(same, self.stood + self.lanes.green_time(readings, seconds), 0.0)
        self.standing_since = since.astype(np.int32)
        blind = (self.missing >= MISSING) & (self.silent >= SILENT)
        return np.asarray(self.lanes.waits & (blind | (self.stood >= STOOD)))
