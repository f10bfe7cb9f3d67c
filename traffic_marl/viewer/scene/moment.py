"""Moment: all that can be seen of one copy of the traffic at one second."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Readings, Records, Simulation


@dataclass(frozen=True, eq=False)
class Moment:
    """One copy of the traffic at `time`; its signals as they stood in the second just past.

    Vehicles are numbered as in the trips, drivables as in the network's tables. What is behind a vehicle's front
    lies on `came_from` where `distance` is less than its length.
    """

    time: int  # [s]
    vehicle: Ints  # (n,) ascending
    drivable: Ints  # (n,) on which the front is
    distance: Floats  # [m] (n,) of the front from the drivable's start
    speed: Floats  # [m/s] (n,)
    length: Floats  # [m] (n,)
    came_from: Ints  # (n,) drivable it was on before, NONE on its first lane
    delay: Floats  # [s] (n,) since the scheduled departure, less the free travel time of the way covered
    row: Ints  # (N,) row of the phase table shown
    phase: Ints  # (N,) phase shown; during an intergreen the one that comes next
    previous: Ints  # (N,) phase before the last change
    interval: Ints  # (N,) GREEN, YELLOW or ALL_RED
    age: Ints  # [s] (N,) how long the interval has lasted
    queue: Ints  # [veh] (K,) halted
    backlog: Ints  # [veh] (K,) due, but without room to enter
    under_way: int  # [veh]
    completed: int  # [veh]
    mean_delay: float  # [s/veh] as `mean_delay_so_far` defines it


def moment(simulation: Simulation, copy: int = 0) -> Moment:
    """What can be seen of a copy now."""
    return moment_from(simulation, simulation.readings(), copy)


def moment_from(simulation: Simulation, readings: Readings, copy: int = 0) -> Moment:
    """What can be seen of a copy now, with its readings of now."""
    return Moment(
        **vars(simulation.positions(copy)),
        queue=readings.queue[copy],
        backlog=readings.backlog[copy],
        under_way=int(simulation.under_way()[copy]),
        completed=int(simulation.completed()[copy]),
        mean_delay=mean_delay_so_far(simulation.records(), copy),
    )


def mean_delay_so_far(records: Records, copy: int) -> float:
    """[s/veh] travel time less free travel time, mean over all vehicles due so far; nan where none was.

    As the measure `mean_delay` of a run that ends now: from the scheduled departure, so waiting to enter counts; a
    trip not completed counts to now, and no less than 0.
    """
    due = records.scheduled[copy] < records.time
    due[records.count[copy] :] = False
    if not due.any():
        return float("nan")
    left, scheduled, free = (part[copy][due] for part in (records.left, records.scheduled, records.free))
    open_ended = np.maximum(records.time - scheduled - free, 0.0)
    return float(np.where(left == NEVER, open_ended, left - scheduled - free).mean())
