"""The readings and records of several copies as those of one batch."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Readings, Records, Visits

EVENTS = ("scheduled", "entered", "left", "arrived", "departed", "ended")
PADDING = dict.fromkeys(EVENTS, NEVER)  # of the columns without a vehicle or visit; 0 in the others
OF_PLACES = ("vehicle_bins", "length_bins")  # arrays that all copies have in common
SUMS = ("total_length", "full", "looks_by_size")  # arrays with a column for each place or size


def merged_readings(parts: Sequence[Readings]) -> Readings:
    """The readings of a batch, of those of its copies at the same time."""
    return Readings(**{each.name: _joined([getattr(part, each.name) for part in parts]) for each in fields(Readings)})


def merged_records(parts: Sequence[Records]) -> Records:
    """The records of a batch, of those of its copies at the same time."""
    most = max(part.scheduled.shape[1] for part in parts)
    columns: dict[str, Any] = {}
    for each in fields(Records):
        values = [getattr(part, each.name) for part in parts]
        columns[each.name] = _joined([_padded(value, most, PADDING.get(each.name, 0)) for value in values])
    return Records(**columns)


def merged_visits(parts: Sequence[Visits]) -> Visits:
    """The visits of a batch, of those of its copies at the same time."""
    most = max(part.vehicle.shape[1] for part in parts)
    columns: dict[str, Any] = {}
    for each in fields(Visits):
        values = [getattr(part, each.name) for part in parts]
        if each.name not in SUMS + OF_PLACES:
            values = [_padded(value, most, PADDING.get(each.name, 0)) for value in values]
        columns[each.name] = values[0] if each.name in OF_PLACES else _joined(values)
    return Visits(**columns)


def _joined(values: Sequence[Any]) -> Any:
    """The rows of all copies, or the number that all have in common."""
    return np.concatenate(values) if isinstance(values[0], np.ndarray) else values[0]


def _padded(value: Any, columns: int, filling: int) -> Any:
    """An array with one row for each vehicle, filled up to so many columns. Others stay as they are."""
    if not isinstance(value, np.ndarray) or value.ndim != 2:
        return value
    return np.pad(value, ((0, 0), (0, columns - value.shape[1])), constant_values=filling)
