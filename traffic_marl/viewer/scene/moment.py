"""Moment: one copy of the traffic at one second, as it is drawn and recorded."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Positions, Records, Simulator


@dataclass(frozen=True, eq=False)
class Moment:
    """One copy of the traffic at one second."""

    positions: Positions  # vehicles, and signals as they stood in the second just past
    queue: Ints  # [veh] (K,) halted
    backlog: Ints  # [veh] (K,) due, but without room to enter
    under_way: int  # [veh]
    completed: int  # [veh]
    mean_delay: float  # [s/veh] as `mean_delay_so_far` defines it

    @property
    def time(self) -> int:
        """[s] since the start of the run."""
        return self.positions.time


def moment(simulation: Simulator, copy: int = 0) -> Moment:
    """The present moment of a copy."""
    readings = simulation.readings()
    return Moment(
        positions=simulation.positions(copy),
        queue=readings.queue[copy],
        backlog=readings.backlog[copy],
        under_way=int(simulation.under_way()[copy]),
        completed=int(simulation.completed()[copy]),
        mean_delay=mean_delay_so_far(simulation.records(gridlock=False), copy),
    )


def mean_delay_so_far(records: Records, copy: int) -> float:
    """[s/veh] travel time less free travel time, mean over all vehicles due so far. nan if none was due.

    Equal to the measure `mean_delay` of a run that ends now. It counts from the scheduled departure, so waiting to
    enter is delay. A trip not yet completed counts up to now, and at least 0.
    """
    due = records.scheduled[copy] < records.time
    due[records.count[copy] :] = False
    if not due.any():
        return float("nan")
    left, scheduled, free = (part[copy][due] for part in (records.left, records.scheduled, records.free))
    open_ended = np.maximum(records.time - scheduled - free, 0.0)
    return float(np.where(left == NEVER, open_ended, left - scheduled - free).mean())
