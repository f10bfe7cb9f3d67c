"""Geometry of lanes and connections: polylines trimmed, shifted and measured as in CityFlow.

Lengths are summed in driving order from square roots of sums of squares. Other ways to compute them (hypot, compensated
sums) give another last digit, and traffic jams amplify the difference.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.network.model import SHORTEST, Connection, Line, Node, Point, Road

SHORTEST_ARM = 5.0  # [m] of the curve of a connection, at intersections at least that wide
CURVE_SEGMENTS = 10


def running_lengths(lines: Sequence[Floats]) -> Floats:
    """[m] (lines, most points) Distance of each point of each polyline (points, 2) from its start, along it.

    Rows of lines with fewer points are filled up with the line's length, so the last column holds all lengths.
    """
    counts = np.array([len(line) for line in lines])
    steps = np.diff(np.concatenate(lines), axis=0)
    lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
    padded = np.zeros((len(lines), int(counts.max())))
    row = np.repeat(np.arange(len(lines)), counts)
    column = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    within = column[1:] > 0
    padded[row[1:][within], column[1:][within]] = lengths[within]
    running: Floats = np.cumsum(padded, axis=1)
    return running


def trimmed(road: Road, start: Node, end: Node) -> Line:
    """The road's polyline without the parts that lie within its end nodes, [m]."""
    points = list(road.points)
    if not start.virtual:
        points[0] = _towards(points[0], points[1], start.width)
    if not end.virtual:
        points[-1] = _towards(points[-1], points[-2], end.width)
    return tuple(points)


def lane_lines(road: Road, start: Node, end: Node) -> list[Floats]:
    """Centre lines of the road's lanes, [m] (points, 2) each: the trimmed polyline shifted to the right.

    At a bend the shift goes along the bisector and has the same length as elsewhere. A lane that has a line of its own
    keeps it.
    """
    if all(lane.line for lane in road.lanes):
        return [np.array(lane.line, dtype=np.float64) for lane in road.lanes]
    points = trimmed(road, start, end)
    sideways = [_right_of(points, place) for place in range(len(points))]
    lines = []
    inner = 0.0
    for lane in road.lanes:
        offset = (inner + (inner + lane.width)) / 2.0
        line = [(x + dx * offset, y + dy * offset) for (x, y), (dx, dy) in zip(points, sideways, strict=True)]
        lines.append(np.array(lane.line or line, dtype=np.float64))
        inner += lane.width
    return lines


def connection_line(connection: Connection, entering: Floats, leaving: Floats, width: float) -> Floats:
    """Path of a connection, [m] (points, 2): the one given, else a cubic curve between the lanes it joins.

    Args:
        connection: the path's ends, and its points if they are known.
        entering: centre line of the lane it leaves from (points, 2).
        leaving: centre line of the lane it leads to (points, 2).
        width: [m] of the intersection.
    """
    if connection.line:
        return np.array(connection.line, dtype=np.float64)
    start, end = entering[-1], leaving[0]
    chord = math.sqrt(float(((end - start) ** 2).sum()))
    arm = chord / 2
    if arm < SHORTEST_ARM <= width:
        arm = SHORTEST_ARM
    first = start + arm * _direction(entering[-2], entering[-1])
    second = end - arm * _direction(leaving[0], leaving[1])
    return cubic(start, first, second, end)


def connection_lengths(lines: Sequence[Floats]) -> Floats:
    """[m] (lines,) Lengths of connections with these lines. One whose ends coincide counts as SHORTEST."""
    return np.maximum(running_lengths(lines)[:, -1], SHORTEST)


def cubic(start: Floats, first: Floats, second: Floats, end: Floats) -> Floats:
    """Points of a cubic Bezier curve at equal steps of its parameter, (CURVE_SEGMENTS + 1, 2)."""
    t = np.arange(CURVE_SEGMENTS + 1)[:, None] / CURVE_SEGMENTS
    s = 1.0 - t
    curve: Floats = s**3 * start + 3 * s * s * t * first + 3 * s * t * t * second + t**3 * end
    return curve


def _direction(start: Floats, end: Floats) -> Floats:
    return np.array(_unit((float(end[0] - start[0]), float(end[1] - start[1]))))


def _towards(point: Point, other: Point, distance: float) -> Point:
    dx, dy = _unit((other[0] - point[0], other[1] - point[1]))
    return point[0] + dx * distance, point[1] + dy * distance


def _right_of(points: Line, place: int) -> Point:
    """Unit vector to the right of a polyline's direction at one of its points."""
    steps = [_unit((after[0] - before[0], after[1] - before[1])) for before, after in pairwise(points)]
    around = steps[max(place - 1, 0) : place + 1]
    dx, dy = around[0] if len(around) == 1 else _unit((around[1][0] + around[0][0], around[1][1] + around[0][1]))
    return dy, -dx


def _unit(vector: Point) -> Point:
    length = math.sqrt(vector[0] * vector[0] + vector[1] * vector[1])
    return vector[0] / length, vector[1] / length
