"""Simulation owns the state of B copies of the traffic on one network. All others see Readings and Records."""

import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.checks import LONGEST_RUN, at_least_one, boolean, whole_number
from traffic_marl.demand.trips import Trips
from traffic_marl.kernels.advance import advance
from traffic_marl.kernels.tables import Timing
from traffic_marl.kernels.traffic import Traffic
from traffic_marl.network.network import Network
from traffic_marl.simulation.arguments import check_phases
from traffic_marl.simulation.detectors import Faults
from traffic_marl.simulation.disturbances import Disturbances
from traffic_marl.simulation.held import HeldTraffic
from traffic_marl.simulation.machine import usable_cpus

SMALL_WORK = 20_000  # vehicle updates in one advance; below this a second thread costs more time than it saves
PIECE_OF_WORK = 60_000  # vehicle updates in a piece: each thread takes several, and a faster one takes more


@dataclass(frozen=True)
class Snapshot:
    """The whole state of a simulation at one moment."""

    traffic: Traffic

    def of(self, copies: Ints) -> "Snapshot":
        """The state in which copy b is as `copies[b]` was, for a simulation whose copies have the trips of those.

        Args:
            copies: (B,) places of copies of the simulation. One may occur several times.
        """
        return Snapshot(Traffic(**{name: part[copies] for name, part in self.traffic._asdict().items()}))


class Simulation(HeldTraffic):
    """B copies of the traffic on one network, one for each of the trip tables given.

    Copies are independent: copy b moves as it would alone, on any number of threads.

    Args:
        network: on which the traffic moves.
        trips: one table for each copy. The same object may be given several times.
        timing: limits that the signals keep.
        threads: most threads to step copies on. None takes the CPUs this process may use.
        audit: check each second that vehicles keep their order and count overlaps (slower).
        log_until: [s] keep the rows of the phase tables shown in the seconds before this one. 0 keeps none.
        places_until: [s] note visits to intersections, and the queues in the seconds before this one. 0 notes none.
        faults: ways in which detectors fail. None stands for detectors that see all.
        seeds: (B,) of the copies, from which it is drawn which detectors fail. Only faults need them.
        disturbances: (B,) what else disturbs each copy, such as closed lanes. Empty for nothing.

    Raises:
        UsageError: an argument has a wrong type, there are no trips, or there are faults and not a seed for each copy,
            or disturbances and not those of each copy.
    """

    def __init__(
        self,
        network: Network,
        trips: Sequence[Trips],
        timing: Timing,
        *,
        threads: int | None = None,
        audit: bool = False,
        log_until: int = 0,
        places_until: int = 0,
        faults: Faults | None = None,
        seeds: Sequence[int] = (),
        disturbances: Sequence[Disturbances] = (),
    ) -> None:
        super().__init__(
            network,
            trips,
            timing,
            log_until=log_until,
            places_until=places_until,
            faults=faults,
            seeds=seeds,
            disturbances=disturbances,
        )
        self.threads = min(self.copies, usable_cpus() if threads is None else at_least_one("threads", threads))
        self._audit = boolean("audit", audit)
        self._pool: ThreadPoolExecutor | None = None
        self._pool_owner = 0
        self.advance(np.zeros((self.copies, len(network.intersections)), np.int32), 0)

    def advance(self, phases: Ints, seconds: int, *, continues: bool = False) -> None:
        """Asks for phases and moves all copies on. The request stands until the next one.

        `advance(p, a)` and then `advance(p, b, continues=True)` give the same traffic and the same readings as
        `advance(p, a + b)`, to the last bit.

        Args:
            phases: (B, N) each within 0 .. phase_count - 1 of its intersection.
            seconds: [s] how far to move, at least 0.
            continues: the decision interval of the call before goes on: `delay`, `discharged` and `span` of the
                readings add up over both. Otherwise a new interval begins, and these three with it at 0.

        Raises:
            UsageError: the phases or the seconds are no whole numbers, or an intersection lacks a phase.
        """
        wanted = self._traffic.signals["wanted"]
        check_phases(phases, wanted.shape, self._roads.phase_count)
        seconds = whole_number("seconds", seconds, 0, LONGEST_RUN)
        wanted[:] = phases
        work = int(self._traffic.tallies["under_way"].sum()) * seconds
        threads = self.threads if work >= SMALL_WORK else 1
        pieces = 1 if threads == 1 else min(self.copies, max(threads, work // PIECE_OF_WORK))
        todo = deque(pairwise(self.copies * k // pieces for k in range(pieces + 1)))
        waiting = [self._threads().submit(self._advance_pieces, todo, seconds, continues) for _ in range(threads - 1)]
        self._advance_pieces(todo, seconds, continues)
        for part in waiting:
            part.result()
        assert not self._traffic.tallies["overflow"].any(), "the slots for vehicles did not suffice"

    def _advance_pieces(self, todo: deque[tuple[int, int]], seconds: int, continues: bool) -> None:
        """Takes one piece of work after the other and moves its copies on, until no piece is left."""
        while True:
            try:
                first, last = todo.popleft()  # one step: no thread can come between
            except IndexError:
                return
            self._advance_piece(first, last, seconds, continues)

    def _advance_piece(self, first: int, last: int, seconds: int, continues: bool) -> None:
        """Moves the copies first .. last - 1 on."""
        advance(
            self._roads,
            self._vehicles,
            self._detectors,
            self._places,
            self._traffic,
            self.timing,
            first,
            last,
            seconds,
            continues,
            self._audit,
        )

    def _threads(self) -> ThreadPoolExecutor:
        """The threads that step copies beside the caller's own; a forked process starts its own."""
        if self._pool is None or self._pool_owner != os.getpid():
            self._pool = ThreadPoolExecutor(self.threads - 1, thread_name_prefix="traffic")
            self._pool_owner = os.getpid()
        return self._pool

    def snapshot(self) -> Snapshot:
        """The whole state, for `restore`. A run can branch from it."""
        return Snapshot(Traffic(**{name: part.copy() for name, part in self._parts().items()}))

    def restore(self, snapshot: Snapshot) -> None:
        """Sets the simulation to a state that it had before. The snapshot stays as it is."""
        for name, part in self._parts().items():
            assert part.shape == getattr(snapshot.traffic, name).shape, "a snapshot of another simulation"
            part[...] = getattr(snapshot.traffic, name)

    def _parts(self) -> dict[str, Any]:
        """The arrays of the state by name."""
        return self._traffic._asdict()
