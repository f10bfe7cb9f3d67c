"""StreetMap: what of a network is drawn, in metres, and where on it a vehicle at a distance along a drivable is.

No drawing library is needed here: x grows to the east, y to the north, traffic drives on the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network

LANE_WIDTH = 4.0  # [m] where the network does not say

Bounds = tuple[float, float, float, float]  # [m] west, south, east, north


@dataclass(frozen=True, eq=False)
class StreetMap:
    """Names, lines and belongings of a network, as far as they are drawn; counts as in the network's tables."""

    intersections: tuple[str, ...]  # (N,)
    roads: tuple[str, ...]  # (R,)
    phase_names: tuple[tuple[str, ...], ...]  # (N,) of the phases that may be asked for
    row_movements: tuple[tuple[tuple[int, ...], ...], ...]  # (N,) movements green in each row of the phase table
    phase_row: Ints  # (N, P) row of each phase, NONE beyond the last
    movement_turns: tuple[str, ...]  # (M,) "left", "through" or "right"
    movement_intersection: Ints  # (M,)
    lane_lines: tuple[Floats, ...]  # [m] (K,) centre lines, (points, 2)
    lane_width: Floats  # [m] (K,)
    lane_limit: Floats  # [m/s] (K,)
    lane_road: Ints  # (K,)
    lane_intersection: Ints  # (K,) at the lane's end, NONE at the rim
    connection_lines: tuple[Floats, ...]  # [m] (C,) paths, (points, 2)
    start_lane: Ints  # (C,)
    end_lane: Ints  # (C,)
    movement: Ints  # (C,)

    @property
    def lines(self) -> tuple[Floats, ...]:
        """[m] (D,) the lines of all drivables, lanes first."""
        return (*self.lane_lines, *self.connection_lines)

    @cached_property
    def paths(self) -> "Paths":
        """The same lines, to find places on."""
        return Paths(self.lines)

    @cached_property
    def limit(self) -> Floats:
        """[m/s] (D,) speed limit; on a connection that of the lane it starts from."""
        return np.concatenate([self.lane_limit, self.lane_limit[self.start_lane]])

    @cached_property
    def before(self) -> Ints:
        """(D,) lane that a connection starts from; NONE for lanes, which several connections may lead to."""
        return np.concatenate([np.full(len(self.lane_lines), NONE, np.int32), self.start_lane])

    @cached_property
    def green_rows(self) -> Bools:
        """(T, M) movements that are green in each row of the phase table of their own intersection."""
        table = np.zeros((max(len(rows) for rows in self.row_movements), len(self.movement_turns)), np.bool_)
        for rows in self.row_movements:
            for row, movements in enumerate(rows):
                table[row, list(movements)] = True
        return table

    @cached_property
    def bounds(self) -> Bounds:
        """The rectangle around all lanes, edges included."""
        reach = float(self.lane_width.max()) / 2.0
        points = self.paths.points
        west, south = points.min(axis=0) - reach
        east, north = points.max(axis=0) + reach
        return float(west), float(south), float(east), float(north)

    @cached_property
    def lane_outlines(self) -> tuple[Floats, ...]:
        """[m] (K,) edges of each lane, (points, 2): along the left edge and back along the right one."""
        return tuple(outline(line, width) for line, width in zip(self.lane_lines, self.lane_width, strict=True))

    @cached_property
    def outlines(self) -> tuple[Floats, ...]:
        """[m] (N,) paved area of each intersection, (points, 2): the hull of the ends of its lanes."""
        corners: list[list[Floats]] = [[] for _ in self.intersections]
        at = self.movement_intersection[self.movement]
        lanes = np.concatenate([self.start_lane, self.end_lane])
        last = np.repeat([True, False], len(at))
        for lane, ends, n in zip(lanes.tolist(), last.tolist(), np.concatenate([at, at]).tolist(), strict=True):
            corners[n].append(cross_section(self.lane_lines[lane], float(self.lane_width[lane]), at_end=ends))
        return tuple(hull(np.concatenate(group)) for group in corners)

    @cached_property
    def positions(self) -> Floats:
        """[m] (N, 2) middle of each intersection."""
        return np.array([points.mean(axis=0) for points in self.outlines])

    @cached_property
    def reaches(self) -> Floats:
        """[m] (N,) from the middle of each intersection to its farthest corner."""
        middles = self.positions
        return np.array(
            [np.hypot(*(points - middle).T).max() for points, middle in zip(self.outlines, middles, strict=True)]
        )

    @cached_property
    def approaches(self) -> tuple[Ints, ...]:
        """(N,) lanes that end at each intersection, ascending."""
        return tuple(np.flatnonzero(self.lane_intersection == n).astype(np.int32) for n in range(len(self.positions)))

    @cached_property
    def lane_movements(self) -> tuple[tuple[int, ...], ...]:
        """(K,) movements that leave from each lane, from the left to the right."""
        order = {"left": 0, "through": 1, "right": 2}
        found: list[set[int]] = [set() for _ in self.lane_lines]
        for lane, m in zip(self.start_lane.tolist(), self.movement.tolist(), strict=True):
            found[lane].add(m)
        return tuple(tuple(sorted(group, key=lambda m: (order[self.movement_turns[m]], m))) for group in found)

    @cached_property
    def entry_lanes(self) -> Ints:
        """Lanes that no connection leads to, ascending: on these vehicles enter."""
        lanes: Ints = np.setdiff1d(np.arange(len(self.lane_lines), dtype=np.int32), self.end_lane)
        return lanes


def street_map(network: Network) -> StreetMap:
    """What of a network is drawn."""
    tables = network.tables
    lanes = len(network.lane_names)
    widths = {key: [lane.width for lane in road.lanes] for *_, key, road in network.graph.edges(keys=True, data="road")}
    return StreetMap(
        intersections=network.intersections,
        roads=network.roads,
        phase_names=network.phase_names,
        row_movements=network.row_movements,
        phase_row=tables.phase_row,
        movement_turns=network.movement_turns,
        movement_intersection=tables.movement_intersection,
        lane_lines=network.lane_lines,
        lane_width=np.array([width for road in network.roads for width in widths[road]]),
        lane_limit=tables.limit[:lanes],
        lane_road=tables.lane_road,
        lane_intersection=tables.lane_intersection,
        connection_lines=network.connection_lines,
        start_lane=tables.start_lane,
        end_lane=tables.end_lane,
        movement=tables.movement,
    )


class Paths:
    """Polylines on which places are found by number of the line and distance along it, many at once."""

    def __init__(self, lines: Sequence[Floats]) -> None:
        counts = np.array([len(line) for line in lines])
        self.points: Floats = np.concatenate(lines)  # [m] (points of all lines, 2)
        self.first: Ints = (np.cumsum(counts) - counts).astype(np.int32)  # (D,) place of each line's first point
        steps = np.diff(self.points, axis=0)
        step = np.hypot(steps[:, 0], steps[:, 1])
        step[self.first[1:] - 1] = 0.0  # from one line to the next
        walked = np.concatenate([[0.0], np.cumsum(step)])
        owner = np.repeat(np.arange(len(lines)), counts)
        self.along: Floats = walked - walked[self.first][owner]  # [m] (points,) of each from its line's start
        self.length: Floats = self.along[self.first + counts - 1]  # [m] (D,)
        self._stride = float(self.length.max()) + 1.0  # [m] more than any distance within a line
        self._key = self.along + owner * self._stride  # ascending over all lines
        self._last: Ints = (self.first + counts - 2).astype(
            np.int32
        )  # (D,) place where each line's last segment begins

    def places(self, line: Ints, distance: Floats) -> Floats:
        """[m] (n, 2) points at these distances along these lines.

        Before a line's start and beyond its end they lie on its first and last segment, extended.
        """
        within = np.clip(distance, 0.0, self.length[line])
        segment = np.searchsorted(self._key, within + line * self._stride, side="right") - 1
        segment = np.clip(segment, self.first[line], self._last[line])
        start, end = self.points[segment], self.points[segment + 1]
        span = self.along[segment + 1] - self.along[segment]
        share = (distance - self.along[segment]) / np.where(span > 0.0, span, 1.0)
        places: Floats = start + share[:, None] * (end - start)
        return places


def sideways(line: Floats) -> Floats:
    """(points, 2) at each point of a polyline the vector to the left whose product with a width shifts the line by it.

    At a bend it goes along the bisector and is as much longer as the shifted lines need to stay parallel.
    """
    steps = np.diff(line, axis=0)
    steps /= np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None]
    normals = np.column_stack([-steps[:, 1], steps[:, 0]])
    both = np.concatenate([normals[:1], normals[:-1] + normals[1:], normals[-1:]])
    both /= np.maximum(np.hypot(both[:, 0], both[:, 1]), 1e-9)[:, None]
    along = (both * np.concatenate([normals, normals[-1:]])).sum(axis=1)
    result: Floats = both / np.maximum(along, 0.3)[:, None]  # a hairpin does not make a spike
    return result


def shifted(line: Floats, distance: float) -> Floats:
    """[m] (points, 2) the polyline moved to its left (to its right where `distance` is below 0)."""
    result: Floats = line + distance * sideways(line)
    return result


def outline(line: Floats, width: float) -> Floats:
    """[m] (2 points, 2) along the left edge of a strip around a polyline and back along its right one."""
    return np.concatenate([shifted(line, width / 2.0), shifted(line, -width / 2.0)[::-1]])


def cross_section(line: Floats, width: float, *, at_end: bool) -> Floats:
    """[m] (2, 2) left and right edge of a strip around a polyline, at its end or at its start."""
    place = -1 if at_end else 0
    across = sideways(line)[place] * width / 2.0
    return np.array([line[place] + across, line[place] - across])


def hull(points: Floats) -> Floats:
    """The smallest convex polygon around points (points, 2), counterclockwise.

    Source: the monotone chain of Andrew 1979, Information Processing Letters 9 (5), doi 10.1016/0020-0190(79)90072-3.
    """
    ordered = np.unique(points.round(3), axis=0).tolist()
    if len(ordered) < 3:
        return np.array(ordered)
    halves = [_half(ordered), _half(ordered[::-1])]
    return np.array(halves[0][:-1] + halves[1][:-1])


def _half(points: list[list[float]]) -> list[list[float]]:
    """The hull's lower chain of points sorted from left to right."""
    chain: list[list[float]] = []
    for x, y in points:
        while len(chain) > 1:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0.0:
                break
            chain.pop()
        chain.append([x, y])
    return chain
