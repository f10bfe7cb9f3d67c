"""Corridors: roads that follow each other straight through intersections, and the traffic along them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.scene.street_map import StreetMap


@dataclass(frozen=True)
class StopLine:
    """The place where a corridor meets an intersection."""

    distance: float  # [m] from the corridor's start
    movement: int  # straight on
    intersection: int


@dataclass(frozen=True, eq=False)
class Corridor:
    """A way straight through one or more intersections."""

    label: str
    offset: Floats  # [m] (D,) from the corridor's start to the start of each drivable. nan beside the corridor
    length: float  # [m]
    stop_lines: tuple[StopLine, ...]
    drivables: Ints  # of the corridor, ascending

    def meets(self, intersection: int) -> bool:
        """Whether it leads through an intersection."""
        return any(stop.intersection == intersection for stop in self.stop_lines)


class Trace(NamedTuple):
    """One second of traffic, as far as a diagram of any corridor needs it."""

    time: int  # [s]
    vehicle: Ints  # (n,) ascending
    drivable: Ints  # (n,)
    distance: Floats  # [m] (n,)
    lights: Ints  # (M,)


class Strokes(NamedTuple):
    """Lines from one second to the next, one for each vehicle that is on the corridor in both."""

    start: Floats  # [m] (n,) from the corridor's start
    end: Floats  # [m] (n,)


def corridors(streets: StreetMap) -> tuple[Corridor, ...]:
    """All corridors. Those through most intersections come first."""
    onward = _straight_on(streets)
    followers = {road for road, _ in onward.values()}
    chains = [_chain(onward, road) for road in range(len(streets.roads)) if road in onward and road not in followers]
    chains.sort(key=len, reverse=True)
    found = (_corridor(streets, onward, chain) for chain in chains)
    return tuple(corridor for corridor in found if corridor.stop_lines)


def strokes(corridor: Corridor, earlier: Trace, later: Trace) -> Strokes:
    """The motion of vehicles along a corridor from one second to the next."""
    place = np.minimum(np.searchsorted(earlier.vehicle, later.vehicle), max(len(earlier.vehicle) - 1, 0))
    if not len(earlier.vehicle) or not len(later.vehicle):
        return Strokes(np.zeros(0), np.zeros(0))
    start = corridor.offset[earlier.drivable[place]] + earlier.distance[place]
    end = corridor.offset[later.drivable] + later.distance
    both = (earlier.vehicle[place] == later.vehicle) & ~np.isnan(start) & ~np.isnan(end)
    return Strokes(start[both], end[both])


def _straight_on(streets: StreetMap) -> dict[int, tuple[int, int]]:
    """The road straight ahead of each road, and the movement that leads there."""
    found: dict[int, tuple[int, int]] = {}
    for start, end, m in zip(streets.start_lane, streets.end_lane, streets.movement, strict=True):
        if streets.movement_turns[m] == "through":
            found.setdefault(int(streets.lane_road[start]), (int(streets.lane_road[end]), int(m)))
    return found


def _chain(onward: dict[int, tuple[int, int]], road: int) -> list[int]:
    """A road and all roads straight ahead of it."""
    chain = [road]
    while chain[-1] in onward and onward[chain[-1]][0] not in chain:
        chain.append(onward[chain[-1]][0])
    return chain


def _corridor(streets: StreetMap, onward: dict[int, tuple[int, int]], chain: list[int]) -> Corridor:
    """The corridor along these roads. It takes the lanes of each road that lead straight on."""
    length = streets.paths.length
    offset = np.full(len(length), np.nan)
    stop_lines = []
    at = 0.0
    for road in chain[:-1]:
        movement = onward[road][1]
        links = np.flatnonzero(streets.movement == movement)
        lanes = np.unique(streets.start_lane[links])
        offset[lanes] = at
        at += float(length[lanes].mean())
        if streets.movement_intersection[movement] != NONE:
            stop_lines.append(StopLine(at, movement, int(streets.movement_intersection[movement])))
        offset[links + len(streets.lane_lines)] = at
        at += float(length[links + len(streets.lane_lines)].mean())
    last = np.flatnonzero(streets.lane_road == chain[-1])
    offset[last] = at
    at += float(length[last].mean())
    label = f"{streets.roads[chain[0]]} to {streets.roads[chain[-1]]}"
    return Corridor(label, offset, at, tuple(stop_lines), np.flatnonzero(~np.isnan(offset)).astype(np.int32))
