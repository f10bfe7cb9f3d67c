"""Polylines and strips around them, in metres: places at a distance along a line, edges, and convex hulls."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.arrays import Floats, Ints


class Paths:
    """Polylines. Finds many points at once, by the number of a line and the distance along it."""

    def __init__(self, lines: Sequence[Floats]) -> None:
        counts = np.array([len(line) for line in lines])
        self.points: Floats = np.concatenate(lines)  # [m] (points of all lines, 2)
        self.first: Ints = (np.cumsum(counts) - counts).astype(np.int32)  # (D,) index of each line's first point
        steps = np.diff(self.points, axis=0)
        step = np.hypot(steps[:, 0], steps[:, 1])
        step[self.first[1:] - 1] = 0.0  # from one line to the next
        walked = np.concatenate([[0.0], np.cumsum(step)])
        owner = np.repeat(np.arange(len(lines)), counts)
        self.along: Floats = walked - walked[self.first][owner]  # [m] (points,) distance from the line's start
        self.length: Floats = self.along[self.first + counts - 1]  # [m] (D,)
        self._stride = float(self.length.max()) + 1.0  # [m] longer than any line
        self._key = self.along + owner * self._stride  # ascending over all lines
        self._last: Ints = (self.first + counts - 2).astype(np.int32)  # (D,) first point of each line's last segment

    def places(self, line: Ints, distance: Floats) -> Floats:
        """[m] (n, 2) points at these distances along these lines.

        Points before a line's start or beyond its end lie on its first or last segment, extended.
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
    """(points, 2) a vector to the left at each point of a polyline. Adding `width` times the vectors shifts the line.

    At a bend the vector lies on the bisector. It is longer than 1 there, so that the shifted segments stay parallel.
    """
    steps = np.diff(line, axis=0)
    steps /= np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None]
    normals = np.column_stack([-steps[:, 1], steps[:, 0]])
    both = np.concatenate([normals[:1], normals[:-1] + normals[1:], normals[-1:]])
    both /= np.maximum(np.hypot(both[:, 0], both[:, 1]), 1e-9)[:, None]
    along = (both * np.concatenate([normals, normals[-1:]])).sum(axis=1)
    result: Floats = both / np.maximum(along, 0.3)[:, None]  # keeps a hairpin from making a spike
    return result


def shifted(line: Floats, distance: float) -> Floats:
    """[m] (points, 2) the polyline moved to its left (to its right if `distance` is below 0)."""
    result: Floats = line + distance * sideways(line)
    return result


def outline(line: Floats, width: float) -> Floats:
    """[m] (2 points, 2) along the left edge of a strip around a polyline and back along its right one."""
    return np.concatenate([shifted(line, width / 2.0), shifted(line, -width / 2.0)[::-1]])


def cross_section(line: Floats, width: float, *, at_end: bool) -> Floats:
    """[m] (2, 2) left and right corner of a strip around a polyline, at its end or at its start."""
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
