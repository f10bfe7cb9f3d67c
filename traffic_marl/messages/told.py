"""Readings in which intersections know of their neighbours by messages, and their parts by lanes and signals."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools
from traffic_marl.simulation import Readings

OF_SIGNALS = ("phase", "age", "since_served", "interval", "may_switch")
OF_RUN = ("time", "span")
OF_LANES = tuple(each.name for each in fields(Readings) if each.name not in (*OF_SIGNALS, *OF_RUN))


@dataclass(frozen=True)
class ToldReadings(Readings):
    """Readings in which intersections know of their neighbours by messages alone.

    The lanes and signals of an intersection itself are those of the readings, as always.
    """

    told: Readings | None = None  # of every intersection, as it is known to its neighbours. None: as it is

    @property
    def neighbours(self) -> Readings:
        """The same lanes and signals, as they are known to the neighbours of their intersection."""
        return self if self.told is None else self.told


def merged(one: Readings, other: Readings, lanes: Bools, signals: Bools) -> Readings:
    """The first readings where it is true, and the others elsewhere. Time and span are those of the others.

    Args:
        one: readings.
        other: readings of the same copies.
        lanes: (B, K) or (K,) lanes that are taken from the first.
        signals: (B, N) or (N,) intersections whose signals are taken from the first.
    """
    chosen: dict[str, Any] = {name: getattr(other, name) for name in OF_RUN}
    for names, where in ((OF_LANES, lanes), (OF_SIGNALS, signals)):
        for name in names:
            mine, theirs = getattr(one, name), getattr(other, name)
            chosen[name] = np.where(where[..., None] if mine.ndim > 2 else where, mine, theirs)
    return Readings(**chosen)
