"""StreetMap: the parts of a network that are drawn, in metres.

No drawing library is needed here. x grows to the east, y to the north.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.viewer.scene.lines import Paths, cross_section, hull, outline

Bounds = tuple[float, float, float, float]  # [m] west, south, east, north


@dataclass(frozen=True, eq=False)
class StreetMap:
    """Names and lines of a network, and their relations. Indices are those of the network's tables."""

    intersections: tuple[str, ...]  # (N,)
    roads: tuple[str, ...]  # (R,)
    phase_names: tuple[tuple[str, ...], ...]  # (N,) phases that can be requested
    row_movements: tuple[tuple[tuple[int, ...], ...], ...]  # (N,) green movements in each row of the phase table
    phase_row: Ints  # (N, P) row of each phase, NONE beyond the last
    movement_turns: tuple[str, ...]  # (M,) "left", "through" or "right"
    movement_intersection: Ints  # (M,) NONE at a junction without signals
    lane_lines: tuple[Floats, ...]  # [m] (K,) centre lines, (points, 2)
    lane_width: Floats  # [m] (K,)
    lane_limit: Floats  # [m/s] (K,)
    lane_road: Ints  # (K,)
    lane_intersection: Ints  # (K,) at the lane's end, NONE where the network ends
    connection_lines: tuple[Floats, ...]  # [m] (C,) paths, (points, 2)
    start_lane: Ints  # (C,)
    end_lane: Ints  # (C,)
    movement: Ints  # (C,)
    left_hand: bool = False  # whether traffic keeps to the left

    def equals(self, other: "StreetMap") -> bool:
        """Whether another map is the same in everything."""
        return all(_equal(getattr(self, field.name), getattr(other, field.name)) for field in fields(self))

    def has_lanes_of(self, other: "StreetMap") -> bool:
        """Whether another map has intersections, roads and lanes of the same names at the same places."""
        names = ("intersections", "roads", "lane_lines")
        return all(_equal(getattr(self, name), getattr(other, name)) for name in names)

    @property
    def lines(self) -> tuple[Floats, ...]:
        """[m] (D,) lines of all drivables, lanes first."""
        return (*self.lane_lines, *self.connection_lines)

    @cached_property
    def paths(self) -> Paths:
        """The same lines, on which places can be found."""
        return Paths(self.lines)

    @cached_property
    def limit(self) -> Floats:
        """[m/s] (D,) speed limit. A connection has that of the lane it starts from."""
        return np.concatenate([self.lane_limit, self.lane_limit[self.start_lane]])

    @cached_property
    def before(self) -> Ints:
        """(D,) lane that a connection starts from. NONE for lanes, because several connections may lead to one."""
        return np.concatenate([np.full(len(self.lane_lines), NONE, np.int32), self.start_lane])

    @cached_property
    def green_rows(self) -> Bools:
        """(T, M) whether a movement is green in each row of its intersection's phase table."""
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
        """[m] (K,) outline of each lane, (points, 2): along the left edge and back along the right one."""
        return tuple(outline(line, width) for line, width in zip(self.lane_lines, self.lane_width, strict=True))

    @cached_property
    def outlines(self) -> tuple[Floats, ...]:
        """[m] (N,) paved area of each intersection, (points, 2): the convex hull of the ends of its lanes."""
        corners: list[list[Floats]] = [[] for _ in self.intersections]
        at = self.movement_intersection[self.movement]
        lanes = np.concatenate([self.start_lane, self.end_lane])
        last = np.repeat([True, False], len(at))
        for lane, ends, n in zip(lanes.tolist(), last.tolist(), np.concatenate([at, at]).tolist(), strict=True):
            if n != NONE:
                corners[n].append(cross_section(self.lane_lines[lane], float(self.lane_width[lane]), at_end=ends))
        return tuple(hull(np.concatenate(group)) for group in corners)

    @cached_property
    def pavement(self) -> tuple[Floats, ...]:
        """[m] areas where lanes meet, (points, 2): those of the intersections, and connections at other junctions."""
        free = np.flatnonzero(self.movement_intersection[self.movement] == NONE)
        strips = (outline(self.connection_lines[c], float(self.lane_width[self.start_lane[c]])) for c in free.tolist())
        return (*self.outlines, *strips)

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
    def incoming_lanes(self) -> tuple[Ints, ...]:
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
        """Lanes that no connection leads to, ascending. Vehicles enter the network on them."""
        lanes: Ints = np.setdiff1d(np.arange(len(self.lane_lines), dtype=np.int32), self.end_lane)
        return lanes


def _equal(one: Any, other: Any) -> bool:
    """Whether two fields of maps are equal: arrays, names, or tuples of them."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(np.array_equal(one, other))


def street_map(network: Network) -> StreetMap:
    """The map of a network."""
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
        left_hand=network.left_hand,
    )
