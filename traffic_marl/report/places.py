"""Measures of places over all draws of the traffic: one number for each intersection, approach or movement."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Floats
from traffic_marl.local_measures import Place, PlaceMeasures, level_of_service


@dataclass(frozen=True, eq=False)
class PlaceMeans:
    """Numbers of G places, means over the draws."""

    places: tuple[Place, ...]  # (G,)
    delay: Floats  # [s/veh] (G,) over all visits of all draws
    numbers: dict[str, Floats]  # (G,) all others by name, nan without a number in any draw

    def level(self, place: int) -> str:
        """Level of service of a place, empty if nobody came there."""
        return level_of_service(float(self.delay[place]))


def means_of(measured: PlaceMeasures) -> PlaceMeans:
    """The means over the draws. A mean delay is over the visits of all draws, so that each vehicle counts once."""
    visits = measured.arrived.sum(axis=0)
    total = measured.total_delay.sum(axis=0)
    delay = np.full(len(visits), np.nan)
    np.divide(total, visits, out=delay, where=visits > 0)
    return PlaceMeans(measured.places, delay, {name: _mean(values) for name, values in measured})


def _mean(values: NDArray[np.generic]) -> Floats:
    """(G,) Means over the first axis, without those that are no numbers."""
    numbers = values.astype(np.float64)
    known = np.isfinite(numbers)
    mean = np.full(numbers.shape[1], np.nan)
    np.divide(np.where(known, numbers, 0.0).sum(axis=0), known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean
