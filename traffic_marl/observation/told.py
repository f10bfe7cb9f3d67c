"""Observations that hold twice what is seen of an intersection: as it sees itself, and as its neighbours know it."""

from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Singles
from traffic_marl.observation.encoder import Encoder
from traffic_marl.simulation import Readings


class ToldEncoder:
    """Makes observations for policies in which intersections hear of their neighbours.

    Behind the observation of an intersection stands the one that its neighbours know of it by messages. Those may have
    been lost, and may be late or false.

    Args:
        own: makes the observation of an intersection.
        told: another encoder of the same kind, because an encoder may remember what it has seen.
    """

    def __init__(self, own: Encoder, told: Encoder) -> None:
        self._own, self._told = own, told
        self.layout = replace(own.layout, told=True)

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F)."""
        return np.concatenate((self._own(readings), self._told(readings.neighbours)), axis=-1)
