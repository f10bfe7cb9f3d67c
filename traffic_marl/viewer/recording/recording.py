"""Recording: one run, second by second."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.simulation import Closure, Positions, closed_lanes
from traffic_marl.viewer.recording.tracks import Rows
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap

CENTIMETRES = 100.0  # in a metre
TENTHS = 10.0  # in a second


@dataclass(frozen=True)
class Origin:
    """The run that a recording shows, with everything needed to repeat it."""

    scenario: str
    scenario_hash: str
    strategy: str
    interval: int  # [s] between decisions
    seed: int
    version: str  # version of the package that made the run


class States(NamedTuple):
    """Signals, lanes and counts, with one row for each second. Names are those of Moment and Positions."""

    row: Ints  # (seconds, N)
    phase: Ints  # (seconds, N)
    previous: Ints  # (seconds, N)
    interval: Ints  # (seconds, N)
    age: Ints  # [s] (seconds, N)
    queue: Ints  # [veh] (seconds, K)
    backlog: Ints  # [veh] (seconds, K)
    under_way: Ints  # [veh] (seconds,)
    completed: Ints  # [veh] (seconds,)


@dataclass(frozen=True, eq=False)
class Recording:
    """All seconds of one run from 0 on. A recording is a source of moments for a window.

    Distances are kept in centimetres, speeds in centimetres a second and delays in tenths of a second. They are rounded
    down, so that a vehicle slower than 0.1 m/s stays slower.
    """

    origin: Origin
    street_map: StreetMap
    start: Ints  # (seconds + 1,) slice of `rows` for each second
    rows: Rows  # (n,) ordered by second, then by vehicle
    length: Ints  # [cm] (V,) of each vehicle, 0 if it never entered
    states: States
    mean_delay: Floats  # [s/veh] (seconds,) so far
    closures: tuple[Closure, ...] = ()  # of lanes

    @property
    def label(self) -> str:
        """The strategy, as the user wrote it."""
        return self.origin.strategy

    @property
    def last(self) -> int:
        """[s] the last second."""
        return len(self.start) - 2

    @cached_property
    def delays(self) -> list[float]:
        """[s/veh] mean delay so far at each second."""
        delays: list[float] = self.mean_delay.tolist()
        return delays

    def moment_at(self, second: int) -> Moment:
        """The moment at a second from 0 to `last`."""
        assert 0 <= second <= self.last, f"second {second} is not in the recording"
        here = Rows(*(column[self.start[second] : self.start[second + 1]] for column in self.rows))
        states = self.states
        positions = Positions(
            time=second,
            vehicle=here.vehicle,
            drivable=here.drivable,
            distance=here.distance / CENTIMETRES,
            speed=here.speed / CENTIMETRES,
            length=self.length[here.vehicle] / CENTIMETRES,
            came_from=here.came_from,
            delay=here.delay / TENTHS,
            row=states.row[second],
            phase=states.phase[second],
            previous=states.previous[second],
            interval=states.interval[second],
            age=states.age[second],
            closed=closed_lanes(self.closures, second - 1),
        )
        return Moment(
            positions=positions,
            queue=states.queue[second],
            backlog=states.backlog[second],
            under_way=int(states.under_way[second]),
            completed=int(states.completed[second]),
            mean_delay=float(self.mean_delay[second]),
        )


class Tape:
    """Collects the moments of a run, second by second from 0 on, in a compact form."""

    def __init__(self) -> None:
        self._rows: list[Rows] = []
        self._lengths: list[Ints] = []  # [cm] (n,) one for each row
        self._states: list[tuple[Ints | int, ...]] = []
        self._mean_delay: list[float] = []
        self._closed: list[set[int]] = []  # lanes, one set for each second
        self.size = 0  # [B] of the numbers that a file would hold

    @property
    def seconds(self) -> int:
        """Number of moments collected."""
        return len(self._rows)

    def add(self, moment: Moment) -> None:
        """Adds the moment of the next second."""
        assert moment.time == self.seconds, f"the moment of second {moment.time} follows on {self.seconds - 1}"
        positions = moment.positions
        self._rows.append(
            Rows(
                vehicle=positions.vehicle.astype(np.int32),
                drivable=positions.drivable.astype(np.int32),
                came_from=positions.came_from.astype(np.int32),
                distance=_whole(positions.distance, CENTIMETRES),
                speed=_whole(positions.speed, CENTIMETRES),
                delay=_whole(positions.delay, TENTHS),
            )
        )
        self._lengths.append(_whole(positions.length, CENTIMETRES))
        self._states.append(_states(moment))
        self._mean_delay.append(moment.mean_delay)
        self._closed.append(set(positions.closed.tolist()))
        states = self._states[-1]
        self.size += sum(column.nbytes for column in self._rows[-1][1:]) + sum(np.size(state) * 4 for state in states)

    def recording(self, origin: Origin, street_map: StreetMap, last: int) -> Recording:
        """The recording of all seconds up to `last`."""
        seconds = last + 1
        assert 1 <= seconds <= len(self._rows), f"second {last} was not added"
        rows = Rows(*(_joined(column) for column in zip(*self._rows[:seconds], strict=True)))
        length = np.zeros(int(rows.vehicle.max(initial=-1)) + 1, np.int32)
        length[rows.vehicle] = _joined(self._lengths[:seconds])
        return Recording(
            origin=origin,
            street_map=street_map,
            start=np.cumsum([0, *(len(each.vehicle) for each in self._rows[:seconds])], dtype=np.int32),
            rows=rows,
            length=length,
            states=States(*(np.array(column, np.int32) for column in zip(*self._states[:seconds], strict=True))),
            mean_delay=np.array(self._mean_delay[:seconds], np.float64),
            closures=tuple(_closures(self._closed[:seconds])),
        )


def _closures(closed: Sequence[set[int]]) -> Iterator[Closure]:
    """The closures behind the lanes that were closed, as each moment tells of the second before it."""
    for lane in sorted(set().union(*closed)):
        is_closed = np.array([0, *(lane in lanes for lanes in closed[1:]), 0], np.int8)
        changes = np.flatnonzero(np.diff(is_closed)).tolist()
        yield from (Closure(lane, begin, end) for begin, end in zip(changes[::2], changes[1::2], strict=True))


def _states(moment: Moment) -> tuple[Ints | int, ...]:
    """The columns of States at one second."""
    signals = moment.positions
    counts = (moment.queue, moment.backlog, moment.under_way, moment.completed)
    return (signals.row, signals.phase, signals.previous, signals.interval, signals.age, *counts)


def _whole(values: Floats, parts: float) -> Ints:
    """Values as whole numbers of a part of their unit, rounded down."""
    return np.floor(values * parts).astype(np.int32)


def _joined(columns: Iterable[Ints]) -> Ints:
    return np.concatenate(list(columns))
