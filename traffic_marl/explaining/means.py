"""Means of readings over a run, and readings of which all but an intersection's own are held at these means."""

from dataclasses import replace
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import GREEN
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings

COUNTS = (
    "vehicles",
    "queue",
    "moving",
    "moving_fine",
    "discharged",
    "longest_wait",
    "backlog",
)  # of lanes, whole numbers
AMOUNTS = ("mean_speed", "delay", "next_arrival")  # of lanes
AGES = ("age", "since_served")  # [s] of signals, whole numbers
LANES, SIGNALS = (*COUNTS, *AMOUNTS), ("phase", *AGES, "interval", "may_switch")


class ReadingMeans:
    """Adds up the readings of decisions.

    Args:
        network: the network of the readings.
    """

    def __init__(self, network: Network) -> None:
        self._sums: dict[str, Floats] = {}
        self._phases = np.zeros((len(network.intersections), network.tables.served.shape[1]), np.int64)
        self._count = 0

    def add(self, readings: Readings) -> None:
        """Adds the readings of all copies at a decision."""
        for name in (*LANES, *AGES):
            self._sums[name] = self._sums.get(name, 0.0) + getattr(readings, name).sum(axis=0, dtype=np.float64)
        np.add.at(self._phases, (np.arange(len(self._phases)), readings.phase), 1)
        self._count += len(readings.phase)

    def typical(self) -> dict[str, Any]:
        """Readings of one copy by name: the means, rounded where they are whole numbers, and the most frequent phases.

        Signals are green, as they are most of the time, and would change if they were asked to.
        """
        means: dict[str, Any] = {name: total / self._count for name, total in self._sums.items()}
        rounded = {name: np.rint(means[name]).astype(np.int32) for name in (*COUNTS, *AGES)}
        phase: Ints = self._phases.argmax(axis=1).astype(np.int32)
        signals = {"phase": phase, "interval": np.full_like(phase, GREEN), "may_switch": np.ones(len(phase), np.bool_)}
        return {**means, **rounded, **signals}


def own_lanes(network: Network) -> Bools:
    """(N, K) lanes that end at each intersection."""
    own: Bools = network.tables.lane_intersection == np.arange(len(network.intersections))[:, None]
    return own


def isolated(readings: Readings, typical: dict[str, Any], own: Bools) -> Readings:
    """The readings of B N copies. Copy b N + n has those of intersection n as they are in b, and typical others.

    Args:
        readings: of B copies.
        typical: readings of one copy, by name.
        own: (N, K) lanes of each intersection. Of signals, each intersection sees its own.
    """
    copies, intersections = len(readings.phase), len(own)
    values: dict[str, Any] = {"blind": np.repeat(readings.blind, intersections, axis=0)}
    masks = {**dict.fromkeys(LANES, own), **dict.fromkeys(SIGNALS, np.eye(intersections, dtype=np.bool_))}
    for name, mask in masks.items():
        truth = np.repeat(getattr(readings, name), intersections, axis=0)
        shown = np.tile(mask, (copies, 1)).reshape(truth.shape[:2] + (1,) * (truth.ndim - 2))
        values[name] = np.where(shown, truth, typical[name]).astype(truth.dtype)
    return replace(readings, **values)
