"""Futures: the delay of the network if one intersection asked for another phase now, phase by phase."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.rollout import DecisionLoop
from traffic_marl.simulation import Simulation
from traffic_marl.viewer.live import LiveRun

AHEAD, STEP = 120, 2  # [s] length of a future, and between two points of its curve
LEAST_REQUEST = 10  # [s] for which a phase is asked for, or one decision interval if that is longer


@dataclass(frozen=True, eq=False)
class Futures:
    """The delay of the whole network after each phase of one intersection, less the delay as the run goes on."""

    begin: int  # [s] second of the run at which they part
    intersection: int
    asked: int  # phase that is asked for as the run goes on
    seconds: int  # [s] for which another phase is asked for
    times: Ints  # [s] (T,) since then, the first one 0
    difference: Floats  # [veh s] (P, T) of delay; below 0 the phase would be better


def futures(run: LiveRun, intersection: int) -> Futures:
    """The futures of a live run from the second that it has reached.

    In each, the intersection asks for one phase for some seconds. Then strategy and person go on as before. The run
    stays as it is, and all futures meet the vehicles that it will meet.
    """
    seconds = max(LEAST_REQUEST, run.interval)
    times = np.arange(0, AHEAD + 1, STEP, dtype=np.int32)
    phases = len(run.street_map.phase_names[intersection])
    parted = run.parted()
    alone = _delay(parted(None), times)
    curves = [_delay(parted(_request(intersection, phase, run.time + seconds)), times) for phase in range(phases)]
    asked = run.inspect(intersection)
    shown = asked.held if asked.held >= 0 else asked.asked
    return Futures(run.time, intersection, shown, seconds, times, np.array(curves) - alone)


def is_of(found: Futures, run: LiveRun, intersection: int) -> bool:
    """Whether futures are those of an intersection from the second that a run has reached."""
    return (found.begin, found.intersection) == (run.time, intersection)


def _request(intersection: int, phase: int, until: int) -> Callable[[int, Ints], Ints]:
    """Asks for a phase at an intersection before a second, whatever else is asked for."""

    def override(time: int, asked: Ints) -> Ints:
        if time >= until:
            return asked
        changed = asked.copy()
        changed[:, intersection] = phase
        return changed

    return override


def _delay(loop: DecisionLoop, times: Ints) -> Floats:
    """[veh s] (T,) delay that comes up from now on."""
    simulation = loop.simulation
    assert isinstance(simulation, Simulation), "a live run is moved by our own simulation"
    begin = simulation.time
    found = np.zeros(len(times))
    for place, time in enumerate(times.tolist()):
        loop.advance_to(begin + time)
        found[place] = simulation.total_delay()[0]
    delay: Floats = found - found[0]
    return delay
