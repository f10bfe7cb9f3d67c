"""DetectorWatch: what a controller makes of its detectors, some of which may fail."""

from traffic_marl.arrays import Floats
from traffic_marl.detection.activity import Activity
from traffic_marl.detection.diagnosis import Diagnosis
from traffic_marl.detection.estimate import QueueEstimate
from traffic_marl.detection.lanes import lane_table
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings


class DetectorWatch:
    """Gives readings that can be relied on: blind lanes are marked, and hold the queue that is expected there.

    It follows one run, and is called with the readings of each decision. Where no detector can fail, or none is blind,
    the readings are passed on as they are.

    Args:
        network: the network.
        flow: [veh/s] (M,) expected demand of each movement.
        unnoticed: detectors may fail without notice, so that failing ones have to be found out.
    """

    def __init__(self, network: Network, flow: Floats, unnoticed: bool) -> None:
        self.unnoticed = unnoticed
        self.lanes = lane_table(network, flow)
        self._activity = Activity(self.lanes)
        self._diagnosis = Diagnosis(self.lanes)
        self._estimate = QueueEstimate(self.lanes)
        self._time = 0  # [s] of the last decision

    def __call__(self, readings: Readings) -> Readings:
        """The readings, with failing detectors marked in `blind` and replaced."""
        if not self.unnoticed and not readings.blind.any():
            return readings
        seconds = max(readings.time - self._time, 0)
        self._time = readings.time
        blind = readings.blind
        activity = self._activity.update(readings, blind, seconds)
        if self.unnoticed:
            blind = blind | self._diagnosis.update(readings, activity, seconds)
        return self._estimate.filled(readings, blind, activity, seconds) if blind.any() else readings
