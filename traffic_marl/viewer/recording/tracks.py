"""Rows of vehicles, ordered by second or by vehicle, and integers packed for a file.

A recording is read second by second. It is stored vehicle by vehicle, where each row differs little from the row
before. Written as steps, most values are zero, so a compressor needs almost no space for them.
"""

from typing import Any, NamedTuple

import numpy as np

from traffic_marl.arrays import Bytes, Floats, Ints


class Rows(NamedTuple):
    """One row for each vehicle and second (n,)."""

    vehicle: Ints  # index into the trips
    drivable: Ints  # on which its front is
    came_from: Ints  # drivable it was on before, or NONE
    distance: Ints  # [cm] of the front from the drivable's start
    speed: Ints  # [cm/s]
    delay: Ints  # [0.1 s]


class Tracks(NamedTuple):
    """The same rows, vehicle by vehicle. The rows of one vehicle have no gap in time."""

    vehicle: Ints  # (vehicles,) ascending
    first: Ints  # [s] (vehicles,) time of its first row
    seconds: Ints  # [s] (vehicles,) number of its rows
    drivable: Ints  # (n,)
    came_from: Ints  # (n,)
    distance: Ints  # [cm] (n,)
    speed: Ints  # [cm/s] (n,)
    delay: Ints  # [0.1 s] (n,)


def tracks(start: Ints, rows: Rows) -> Tracks:
    """Rows ordered by second, sorted by vehicle.

    Args:
        start: (seconds + 1,) slice of the rows of each second.
        rows: (n,) of all seconds, within each by ascending vehicle.
    """
    time = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    order = np.argsort(rows.vehicle, kind="stable")
    vehicle, place, count = np.unique(rows.vehicle[order], return_index=True, return_counts=True)
    time = time[order]
    assert (time[place + count - 1] - time[place] == count - 1).all(), "a vehicle has a gap in time"
    columns = (column[order] for column in rows[1:])
    return Tracks(vehicle.astype(np.int32), time[place], count.astype(np.int32), *columns)


def rows_of(parts: Tracks, seconds: int) -> tuple[Ints, Rows]:
    """Inverse of `tracks`: the slice of each second (seconds + 1,), and the rows."""
    begin = np.cumsum(parts.seconds, dtype=np.int32) - parts.seconds  # first row of each vehicle
    time = np.repeat(parts.first - begin, parts.seconds)
    time += np.arange(len(time), dtype=np.int32)
    order = np.argsort(time, kind="stable")
    start = np.zeros(seconds + 1, np.int32)
    np.cumsum(np.bincount(time, minlength=seconds), out=start[1:])
    del time  # of the largest recordings, each column takes 100 MB
    columns = (column[order] for column in (np.repeat(parts.vehicle, parts.seconds), *parts[3:]))
    return start, Rows(*columns)


def steps(column: Ints) -> Ints:
    """The difference of each row to the row before. The first row is compared with 0."""
    return np.diff(column, axis=0, prepend=np.int32(0))


def sums(column: Ints) -> Ints:
    """Inverse of `steps`."""
    return np.cumsum(column, axis=0, dtype=np.int32)


def in_steps(parts: Tracks) -> Tracks:
    """All columns as steps. The mean speed is subtracted from steps of the distance, so that most become zero."""
    columns = Tracks(*(steps(column) for column in parts))
    return columns._replace(distance=columns.distance - _mean_speed(parts.speed))


def tracks_of(columns: Tracks) -> Tracks:
    """Inverse of `in_steps`. The steps are replaced in place, because the largest recordings have 100 MB a column."""
    np.cumsum(columns.speed, dtype=np.int32, out=columns.speed)
    np.add(columns.distance, _mean_speed(columns.speed), out=columns.distance)
    for name, column in columns._asdict().items():
        if name != "speed":
            np.cumsum(column, dtype=np.int32, out=column)
    return columns


def packed(values: Ints | Floats) -> bytes:
    """Numbers as bytes: the lowest bytes of all numbers, then their next bytes, and so on.

    The sign of an integer is stored in its lowest bit, so that small negative numbers have high bytes of zero too.
    """
    if values.dtype == np.float64:
        return _planes(values.astype("<f8"))
    whole: Ints = values.astype(np.int32, casting="safe", copy=False)
    return _planes(((whole << 1) ^ (whole >> 31)).astype("<i4"))


def unpacked_ints(content: bytes, shape: tuple[int, ...]) -> Ints:
    """Inverse of `packed` for integers.

    Raises:
        ValueError: the content has another size.
    """
    folded = _from_planes(content, "<u4").reshape(shape)
    values: Ints = (folded >> 1).astype(np.int32) ^ -(folded & 1).astype(np.int32)
    return values


def unpacked_floats(content: bytes, shape: tuple[int, ...]) -> Floats:
    """Inverse of `packed` for floats.

    Raises:
        ValueError: the content has another size.
    """
    values: Floats = _from_planes(content, "<f8").reshape(shape).astype(np.float64)
    return values


def _mean_speed(speed: Ints) -> Ints:
    """[cm/s] mean speed between each row and the row before. It predicts the step of the distance to the centimetre."""
    before = np.concatenate([np.zeros(1, np.int32), speed[:-1]])
    middle: Ints = (speed + before[: len(speed)]) >> 1
    return middle


def _planes(values: Any) -> bytes:
    single: Bytes = np.ascontiguousarray(values).reshape(-1, 1).view(np.uint8)
    return single.T.tobytes()


def _from_planes(content: bytes, kind: str) -> Any:
    single = np.frombuffer(content, np.uint8).reshape(np.dtype(kind).itemsize, -1)
    return np.ascontiguousarray(single.T).view(kind)
