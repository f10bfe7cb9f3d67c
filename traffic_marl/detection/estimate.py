"""Estimate: the queue that is expected on a blind lane, by its flow and its greens."""

from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.detection.lanes import LaneTable
from traffic_marl.kernels.tables import NO_ARRIVAL
from traffic_marl.simulation import Readings

DISCHARGE = 0.35  # [veh/s] of a queue at green, start-up included
MARGIN = 1.2  # on the expected flow, because more may come than expected and nobody would see it
LEAST_FLOW = 1.0 / 60.0  # [veh/s] assumed on every lane, so that each is served


class QueueEstimate:
    """Lets vehicles arrive on blind lanes at the expected flow, and leave at green.

    Args:
        lanes: with the flow expected on each.
    """

    def __init__(self, lanes: LaneTable) -> None:
        self.lanes = lanes
        self.queue: Floats = np.zeros((1, len(lanes.flow)))  # [veh] (B, K)

    def filled(self, readings: Readings, blind: Bools, activity: Floats, seconds: int) -> Readings:
        """The readings with the expected queue on blind lanes in place of what their detectors report.

        The queue stands at the stop line. Its first vehicle has waited since the lane's last green. Lanes that need no
        phase are empty.

        Args:
            readings: of a decision.
            blind: (B, K) lanes whose detectors fail.
            activity: (B, 1) share of the expected flow that comes at present.
            seconds: [s] time since the last decision.
        """
        lanes = self.lanes
        arriving = np.maximum(lanes.flow * activity * MARGIN, LEAST_FLOW) * seconds
        leaving = DISCHARGE * lanes.green_time(readings, seconds)
        self.queue = np.clip(self.queue + arriving - leaving, 0.0, lanes.room) * (blind & lanes.waits)
        queue = self.queue.astype(np.int32)
        wait = np.where(queue > 0, lanes.unserved(readings), 0)
        return replace(
            readings,
            blind=blind,
            vehicles=np.where(blind, queue, readings.vehicles),
            queue=np.where(blind, queue, readings.queue),
            moving=np.where(blind[:, :, None], 0, readings.moving),
            moving_fine=np.where(blind[:, :, None], 0, readings.moving_fine),
            mean_speed=np.where(blind, np.where(queue > 0, 0.0, lanes.limit), readings.mean_speed),
            next_arrival=np.where(blind, NO_ARRIVAL, readings.next_arrival),
            delay=np.where(blind, queue * float(readings.span), readings.delay),
            discharged=np.where(blind, 0, readings.discharged),
            longest_wait=np.where(blind, wait, readings.longest_wait).astype(np.int32),
            backlog=np.where(blind, 0, readings.backlog),
        )
