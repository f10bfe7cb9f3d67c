"""Space and time along the main corridors of a recording: courses of vehicles, and times of red."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.viewer.recording.recording import CENTIMETRES, Recording
from traffic_marl.viewer.scene.corridor import Corridor, StopLine, corridors

LONGEST = 900  # [s] of a diagram
CLOSE = 3.0  # [m] by which a drawn course may miss the true one
MOST = 2  # corridors


@dataclass(frozen=True, eq=False)
class Course:
    """A vehicle along a corridor, without the points that a straight line shows as well."""

    time: Floats  # [s] (n,)
    distance: Floats  # [m] (n,) from the corridor's start


def main_corridors(recording: Recording) -> tuple[Corridor, ...]:
    """The corridors with most traffic, of those that lead through more than one intersection if there are any."""
    found = corridors(recording.street_map)
    longer = [corridor for corridor in found if len(corridor.stop_lines) > 1]
    seconds = np.bincount(recording.rows.drivable, minlength=len(recording.street_map.paths.length))
    busiest = sorted(longer or found, key=lambda corridor: -int(seconds[corridor.drivables].sum()))
    return tuple(busiest[:MOST])


def busiest_seconds(recording: Recording) -> tuple[int, int]:
    """[s] the span of at most LONGEST seconds in which most vehicles are on the road."""
    length = min(LONGEST, recording.last)
    total = np.cumsum(np.append(0, recording.states.under_way))
    begin = int(np.argmax(total[length:] - total[:-length])) if length else 0
    begin = min(begin, recording.last - length)
    return begin, begin + length


def courses(recording: Recording, corridor: Corridor, seconds: tuple[int, int]) -> Iterator[Course]:
    """The vehicles along a corridor within these seconds. One that leaves it and comes back has two courses."""
    first, last = seconds
    start = recording.start
    rows = slice(int(start[first]), int(start[last + 1]))
    time = np.repeat(np.arange(first, last + 1), np.diff(start[first : last + 2]))
    at = corridor.offset[recording.rows.drivable[rows]] + recording.rows.distance[rows] / CENTIMETRES
    vehicle = recording.rows.vehicle[rows]
    along = np.flatnonzero(~np.isnan(at))
    order = along[np.lexsort((time[along], vehicle[along]))]
    breaks = (np.diff(vehicle[order]) != 0) | (np.diff(time[order]) != 1)
    for part in np.split(order, np.flatnonzero(breaks) + 1):
        if len(part) > 1:
            yield _thinned(time[part].astype(np.float64), at[part])


def reds(recording: Recording, stop: StopLine, seconds: tuple[int, int]) -> list[tuple[int, int]]:
    """[s] begin and end of each time within these seconds in which the stop line shows no green."""
    first, last = seconds
    states, n = recording.states, stop.intersection
    green = recording.street_map.green_rows[states.row[first : last + 1, n], stop.movement]
    return _stretches(~green, first)


def _stretches(held: Bools, first: int) -> list[tuple[int, int]]:
    """First second and the one after the last of each stretch in which something holds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8))) + first
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _thinned(time: Floats, distance: Floats) -> Course:
    """The course without points that lie within CLOSE of the line between those that stay (Douglas and Peucker 1973,
    doi 10.3138/FM57-6770-U75U-7727).
    """
    kept: set[int] = {0, len(time) - 1}
    open_parts: list[tuple[int, int]] = [(0, len(time) - 1)]
    while open_parts:
        low, high = open_parts.pop()
        if high - low < 2:
            continue
        line = np.interp(time[low : high + 1], time[[low, high]], distance[[low, high]])
        misses = np.abs(distance[low : high + 1] - line)
        worst = low + int(misses.argmax())
        if misses[worst - low] > CLOSE:
            kept.add(worst)
            open_parts += [(low, worst), (worst, high)]
    places: Ints = np.array(sorted(kept), np.int32)
    return Course(time[places], distance[places])
