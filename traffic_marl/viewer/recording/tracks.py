"""Rows of vehicles, ordered second by second or vehicle by vehicle, and integers made small for a file.

A recording is read second by second. It is kept vehicle by vehicle, where one row says little that the row before does
not: written as steps, most of it is zeros, which a compressor takes to almost nothing.
"""

from typing import Any, NamedTuple

import numpy as np

from traffic_marl.arrays import Bytes, Floats, Ints


class Rows(NamedTuple):
    """One row for each vehicle and second (n,)."""

    vehicle: Ints  # index in the trips
    drivable: Ints  # where its front is
    came_from: Ints  # drivable it was on before, or NONE
    distance: Ints  # [cm] of the front from the drivable's start
    speed: Ints  # [cm/s]
    delay: Ints  # [0.1 s]


class Tracks(NamedTuple):
    """The same rows vehicle by vehicle: those of one are without a gap in time."""

    vehicle: Ints  # (vehicles,) ascending
    first: Ints  # [s] (vehicles,) of its first row
    seconds: Ints  # [s] (vehicles,) how many rows it has
    drivable: Ints  # (n,)
    came_from: Ints  # (n,)
    distance: Ints  # [cm] (n,)
    speed: Ints  # [cm/s] (n,)
    delay: Ints  # [0.1 s] (n,)


def tracks(start: Ints, rows: Rows) -> Tracks:
    """Rows ordered by second, rearranged by vehicle.

    Args:
        start: (seconds + 1,) slice of the rows of each second.
        rows: (n,) of all seconds, in each by ascending vehicle.
    """
    time = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    order = np.argsort(rows.vehicle, kind="stable")
    vehicle, place, count = np.unique(rows.vehicle[order], return_index=True, return_counts=True)
    time = time[order]
    assert (time[place + count - 1] - time[place] == count - 1).all(), "a vehicle was away for a while"
    columns = (column[order] for column in rows[1:])
    return Tracks(vehicle.astype(np.int32), time[place], count.astype(np.int32), *columns)


def rows_of(parts: Tracks, seconds: int) -> tuple[Ints, Rows]:
    """What `tracks` was made from: the slice of each second (seconds + 1,), and the rows."""
    vehicle = np.repeat(parts.vehicle, parts.seconds)
    within = np.arange(len(vehicle)) - np.repeat(np.cumsum(parts.seconds) - parts.seconds, parts.seconds)
    time = np.repeat(parts.first, parts.seconds) + within
    order = np.argsort(time, kind="stable")
    start = np.zeros(seconds + 1, np.int32)
    np.cumsum(np.bincount(time, minlength=seconds), out=start[1:])
    columns = (column[order] for column in parts[3:])
    return start, Rows(vehicle[order], *columns)


def steps(column: Ints) -> Ints:
    """What each row adds to the one before; the first to 0."""
    return np.diff(column, axis=0, prepend=np.int32(0))


def sums(column: Ints) -> Ints:
    """What `steps` was made from."""
    return np.cumsum(column, axis=0, dtype=np.int32)


def in_steps(parts: Tracks) -> Tracks:
    """All columns as steps, those of the distance less the mean speed: so most of them are zero."""
    columns = Tracks(*(steps(column) for column in parts))
    return columns._replace(distance=columns.distance - _mean_speed(parts.speed))


def tracks_of(columns: Tracks) -> Tracks:
    """What `in_steps` was made from."""
    distance = columns.distance + _mean_speed(sums(columns.speed))
    return Tracks(*(sums(column) for column in columns._replace(distance=distance)))


def packed(values: Ints | Floats) -> bytes:
    """Numbers as bytes: first the lowest byte of all of them, then the next, and so on.

    The sign of an integer goes to its lowest bit, so that small negative ones have high bytes of zero as well.
    """
    if values.dtype == np.float64:
        return _planes(values.astype("<f8"))
    whole: Ints = values.astype(np.int32, casting="safe", copy=False)
    return _planes(((whole << 1) ^ (whole >> 31)).astype("<i4"))


def unpacked_ints(content: bytes, shape: tuple[int, ...]) -> Ints:
    """The integers that `packed` was given.

    Raises:
        ValueError: the content has another size.
    """
    folded = _from_planes(content, "<u4").reshape(shape)
    values: Ints = (folded >> 1).astype(np.int32) ^ -(folded & 1).astype(np.int32)
    return values


def unpacked_floats(content: bytes, shape: tuple[int, ...]) -> Floats:
    """The floats that `packed` was given.

    Raises:
        ValueError: the content has another size.
    """
    values: Floats = _from_planes(content, "<f8").reshape(shape).astype(np.float64)
    return values


def _mean_speed(speed: Ints) -> Ints:
    """[cm/s] between each row and the one before: with it the step of the distance is foretold to the centimetre."""
    before = np.concatenate([np.zeros(1, np.int32), speed[:-1]])
    middle: Ints = (speed + before[: len(speed)]) >> 1
    return middle


def _planes(values: Any) -> bytes:
    single: Bytes = np.ascontiguousarray(values).reshape(-1, 1).view(np.uint8)
    return single.T.tobytes()


def _from_planes(content: bytes, kind: str) -> Any:
    single = np.frombuffer(content, np.uint8).reshape(np.dtype(kind).itemsize, -1)
    return np.ascontiguousarray(single.T).view(kind)
