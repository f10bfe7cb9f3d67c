"""Averaging: the change of a district's weights in a round, cut and noised, and the mean of all districts' changes.

Source: FederatedAveraging of McMahan et al. 2017, arXiv 1602.05629, algorithm 1: the mean weight by the share of
samples. Here the districts send changes in place of weights, which is the same without a bound and without noise.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats

Weights = Mapping[str, Any]  # arrays by name


@dataclass(frozen=True, eq=False)
class Update:
    """What leaves a district after a round: the change of its weights, and the number of samples."""

    change: dict[str, Any]  # arrays by name
    agent_steps: int  # that the district has learnt from in the round
    number: int = 1  # of all updates that have left the district, this one and those of repeated rounds included

    @property
    def size(self) -> int:
        """[B] of the arrays."""
        return sum(array.nbytes for array in self.change.values())


def change_of(after: Weights, before: Weights) -> dict[str, Floats]:
    """The change of all weights.

    Raises:
        ValueError: the two are weights of different networks.
    """
    if shapes_of(after) != shapes_of(before):
        raise ValueError("weights of different networks")
    return {name: np.asarray(after[name], np.float64) - np.asarray(before[name], np.float64) for name in before}


def shapes_of(weights: Weights) -> dict[str, tuple[int, ...]]:
    """The shape of each array."""
    return {name: np.shape(array) for name, array in weights.items()}


def norm_of(change: Weights) -> float:
    """The Euclidean norm of all arrays together."""
    return math.sqrt(sum(float(np.sum(np.square(array, dtype=np.float64))) for array in change.values()))


def clipped(change: Weights, most: float) -> dict[str, Floats]:
    """The change, scaled to the norm `most` if it is longer. A change that is not finite becomes 0.

    So one number that has overflowed can neither pass the bound nor spoil the weights of all others.
    """
    norm = norm_of(change)
    if not math.isfinite(norm):
        return {name: np.zeros(np.shape(array)) for name, array in change.items()}
    factor = 1.0 if norm <= most else most / norm
    return {name: factor * np.asarray(array, np.float64) for name, array in change.items()}


def noised(change: Weights, deviation: float, generator: np.random.Generator) -> dict[str, Floats]:
    """The change with independent Gaussian noise on each number."""
    return {name: array + generator.normal(0.0, deviation, np.shape(array)) for name, array in change.items()}


def averaged(before: Weights, updates: Sequence[Update]) -> dict[str, Any]:
    """The common weights after a round: those before, plus the mean of all changes by their share of samples.

    Weights stay where no district has learnt from any sample, because all its runners were lost.

    Args:
        before: the common weights with which all districts began the round.
        updates: of all districts.

    Raises:
        ValueError: an update belongs to another network.
    """
    total = max(1, sum(update.agent_steps for update in updates))
    after = {name: np.array(array, np.float64) for name, array in before.items()}
    for update in updates:
        if shapes_of(update.change) != shapes_of(after):
            raise ValueError("weights of different networks")
        for name, array in update.change.items():
            after[name] += update.agent_steps / total * array
    return {name: array.astype(np.float32) for name, array in after.items()}
