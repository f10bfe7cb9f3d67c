"""Conflict points, at which connections of one intersection cross or merge, with the distance along each.

Two connections have at most one conflict point. It is the first one found when the segments of the first connection
are taken in order, and for each of them those of the second. For a pair of parallel segments, the second one's length
is not added to the distance along its connection. CityFlow does the same, and trips have to agree with CityFlow's.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.network.geometry import running_lengths

NIL = 1e-8  # [m2] products closer to zero count as zero
REACH = 1e-3  # [m] at least the distance at which two segments count as meeting under NIL


class Crossings(NamedTuple):
    """The conflict points of one intersection, by pairs (first < second) in ascending order."""

    first: Ints  # (pairs,) index of a connection
    second: Ints  # (pairs,)
    first_distance: Floats  # [m] (pairs,) of the point from the start of the first
    second_distance: Floats  # [m] (pairs,) of the point from the start of the second


class _Segments(NamedTuple):
    """All segments of all lines, one line after the other."""

    line: Ints  # (segments,)
    start_of_line: Ints  # (lines + 1,) slice of the segments of each line
    start: Floats  # [m] (segments, 2)
    end: Floats  # [m] (segments, 2)
    length: Floats  # [m] (segments,)
    before: Floats  # [m] (segments,) from the start of the line


def crossings(lines: Sequence[Floats]) -> Crossings:
    """The conflict points of these lines, [m] (points, 2) each."""
    segments = _segments(lines)
    one, other = _near(segments)
    point, meets = _meeting(segments, one, other)
    one, other, point = one[meets], other[meets], point[meets]
    pairs = segments.line[one].astype(np.int64) * len(lines) + segments.line[other]
    _, earliest = np.unique(pairs, return_index=True)
    one, other, point = one[earliest], other[earliest], point[earliest]
    return Crossings(
        first=segments.line[one],
        second=segments.line[other],
        first_distance=segments.before[one] + _norm(point - segments.start[one]),
        second_distance=_walked(segments, one, other) + _norm(point - segments.start[other]),
    )


def _segments(lines: Sequence[Floats]) -> _Segments:
    counts = np.array([len(line) - 1 for line in lines])
    start = np.concatenate([line[:-1] for line in lines])
    end = np.concatenate([line[1:] for line in lines])
    running = running_lengths(lines)
    return _Segments(
        line=np.repeat(np.arange(len(lines), dtype=np.int32), counts),
        start_of_line=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        start=start,
        end=end,
        length=_norm(end - start),
        before=running[np.arange(running.shape[1]) < counts[:, None]],
    )


def _near(segments: _Segments) -> tuple[Ints, Ints]:
    """Pairs of segments of two lines, the earlier line first, whose bounding boxes touch; in ascending order."""
    low = (np.minimum(segments.start, segments.end) - REACH).T.copy()
    high = (np.maximum(segments.start, segments.end) + REACH).T.copy()
    near = segments.line[:, None] < segments.line[None, :]
    for axis in (0, 1):
        near &= low[axis, :, None] <= high[axis, None, :]
        near &= low[axis, None, :] <= high[axis, :, None]
    one, other = np.divmod(np.flatnonzero(near), len(segments.line))
    return one.astype(np.int32), other.astype(np.int32)


def _meeting(segments: _Segments, one: Ints, other: Ints) -> tuple[Floats, Bools]:
    """[m] (pairs, 2) points at which the straight lines of two segments meet, and whether they lie on both segments."""
    along = segments.end[one] - segments.start[one]
    across = segments.end[other] - segments.start[other]
    product = _cross(along, across)
    skew = ~_is_nil(product)
    share = _cross(segments.start[other] - segments.start[one], across) / np.where(skew, product, 1.0)
    point = segments.start[one] + along * share[:, None]
    meets = skew & _lies_on(point, segments, one) & _lies_on(point, segments, other)
    return point, meets


def _lies_on(point: Floats, segments: _Segments, which: Ints) -> Bools:
    """Whether each point lies on its segment, ends included."""
    start, end = segments.start[which], segments.end[which]
    beside = _cross(end - start, point - start)
    back, ahead = point - start, point - end
    between: Bools = back[:, 0] * ahead[:, 0] + back[:, 1] * ahead[:, 1] < NIL
    return _is_nil(beside) & between


def _walked(segments: _Segments, one: Ints, other: Ints) -> Floats:
    """[m] Length of the segments before `other` on its line, without those parallel to `one`."""
    first = segments.start_of_line[segments.line[other]]
    longest = int((other - first).max(initial=0))
    place = first[:, None] + np.arange(longest)
    behind = place < other[:, None]
    place = np.where(behind, place, 0)
    along = segments.end[one] - segments.start[one]
    across = segments.end[place] - segments.start[place]
    product = along[:, None, 0] * across[..., 1] - along[:, None, 1] * across[..., 0]
    lengths = np.where(behind & ~_is_nil(product), segments.length[place], 0.0)
    walked: Floats = np.cumsum(np.concatenate((np.zeros((len(one), 1)), lengths), axis=1), axis=1)[:, -1]
    return walked


def _cross(u: Floats, v: Floats) -> Floats:
    product: Floats = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return product


def _is_nil(value: Floats) -> Bools:
    nil: Bools = (value + NIL > 0) & (value < NIL)
    return nil


def _norm(vector: Floats) -> Floats:
    length: Floats = np.sqrt(vector[:, 0] * vector[:, 0] + vector[:, 1] * vector[:, 1])
    return length
