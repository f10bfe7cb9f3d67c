"""A batch of copies, each moved in a process of its own."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.checks import LONGEST_RUN, whole_number
from traffic_marl.simulation import Positions, Readings, Records, Visits
from traffic_marl.simulation.arguments import check_phases
from traffic_marl.simulators.merging import merged_readings, merged_records, merged_visits
from traffic_marl.simulators.messages import (
    Advance,
    Request,
    Start,
    State,
    TakePositions,
    TakeRecords,
    TakeSignals,
    TakeVisits,
)
from traffic_marl.simulators.process import CopyProcess


class SeparateSimulation:
    """B copies of the traffic on one network, each moved by another simulator in a process of its own.

    The processes end with this object.

    Args:
        starts: what to build, one for each copy, at least one.
        busy: most processes that work at the same time.
    """

    def __init__(self, starts: Sequence[Start], busy: int) -> None:
        self.network, self.timing = starts[0].network, starts[0].timing
        self.copies = len(starts)
        self._busy = busy
        self._processes = [CopyProcess(f"{start.simulator}, seed {start.seed}") for start in starts]
        self._states: list[State] = self._ask_all(lambda copy: starts[copy])

    @property
    def time(self) -> int:
        """[s] seconds moved so far."""
        return self._states[0].time

    def advance(self, phases: Ints, seconds: int, *, continues: bool = False) -> None:
        """Asks for phases and moves all copies on, as `Simulator.advance` tells."""
        check_phases(phases, (self.copies, len(self.network.intersections)), self.network.tables.phase_count)
        seconds = whole_number("seconds", seconds, 0, LONGEST_RUN)
        self._states = self._ask_all(lambda copy: Advance(phases[copy : copy + 1], seconds, continues))

    def readings(self) -> Readings:
        """Readings of all detectors and signals at this moment, as if no detector failed: the truth."""
        return merged_readings([state.readings for state in self._states])

    def detected(self) -> Readings:
        """Readings as the detectors report them, failing or not: all that a controller may know."""
        return merged_readings([state.detected for state in self._states])

    def records(self, *, gridlock: bool = True) -> Records:
        """Records of every vehicle up to now. Without `gridlock`, `locked` is false for every vehicle."""
        return merged_records(self._ask_all(lambda _: TakeRecords(gridlock)))

    def positions(self, copy: int) -> Positions:
        """Positions of the vehicles of a copy now, and its signals in the second just past."""
        self._processes[copy].ask(TakePositions())
        found: Positions = self._processes[copy].take()
        return found

    def signal_log(self) -> Ints:
        """Row of the phase table shown in each second so far (B, time, N), as far as it was asked to keep them."""
        log: Ints = np.concatenate(self._ask_all(lambda _: TakeSignals()))
        return log

    def visits(self) -> Visits:
        """Visits to intersections and queues up to now."""
        return merged_visits(self._ask_all(lambda _: TakeVisits()))

    def under_way(self) -> Ints:
        """[veh] (B,) on the network now."""
        return np.array([state.under_way for state in self._states], np.int32)

    def completed(self) -> Ints:
        """[veh] (B,) that have completed their trips."""
        return np.array([state.completed for state in self._states], np.int32)

    def is_clear(self) -> Bools:
        """(B,) every vehicle has completed its trip."""
        return np.array([state.is_clear for state in self._states])

    def close(self) -> None:
        """Ends the processes. Only what was read before stays known."""
        for process in self._processes:
            process.close()

    def _ask_all(self, request: Callable[[int], Request]) -> list[Any]:
        """The replies of all copies, of which at most so many work at once."""
        return list(self._replies(request))

    def _replies(self, request: Callable[[int], Request]) -> Iterator[Any]:
        working: deque[CopyProcess] = deque()
        for copy, process in enumerate(self._processes):
            if len(working) == self._busy:
                yield working.popleft().take()
            process.ask(request(copy))
            working.append(process)
        while working:
            yield working.popleft().take()
