"""Counts: the readings of each movement, as the detectors of an intersection would give them."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import FULL, NONE
from traffic_marl.network.network import Network
from traffic_marl.observation.features import NEAR_BANDS, TURN_RANKS
from traffic_marl.observation.slots import observed_roads
from traffic_marl.simulation import Readings

BROKEN = ("delay", "blind", "next_arrival", "exit_fullness")  # numbers that are not whole

Values = Any  # an array of whole numbers, or of floats where the reading is one


class MovementCounts:
    """Adds up readings over the lanes of each movement.

    The movements of an intersection are numbered from 0, in the order of the network. M is that of the largest one.

    Args:
        network: where the readings come from.
    """

    slots: Ints  # (N, P, S) movement in each slot of each phase, -1 where there is none
    largest: int  # M

    def __init__(self, network: Network) -> None:
        self._roads = roads = observed_roads(network)
        self._lanes = [roads.lane[first:last] for first, last in pairwise(roads.lane_start)]
        self._exits = [roads.exit[first:last] for first, last in pairwise(roads.exit_start)]
        self._senders = [roads.sender[first:last] for first, last in pairwise(roads.sender_start)]
        self._members = [np.flatnonzero(roads.intersection == n) for n in range(len(roads.phase_count))]
        self.largest = max(1, *(len(members) for members in self._members))
        number = np.zeros(len(roads.intersection), np.int32)
        for members in self._members:
            number[members] = np.arange(len(members))
        self.slots = np.where(roads.movement == NONE, NONE, number[roads.movement]).astype(np.int32)

    def __call__(self, readings: Readings) -> dict[str, Values]:
        """(B, N, M) of each reading, and (B, N, M, 5) of `moving`, by the names of features."""
        lanes = {
            name: _summed(getattr(readings, name), self._lanes) for name in ("queue", "moving", "backlog", "delay")
        }
        exits = {f"exit_{name}": _summed(getattr(readings, name), self._exits) for name in ("queue", "vehicles")}
        lanes["longest_wait"] = _each(readings.longest_wait, self._lanes, lambda values: values.max(axis=1, initial=0))
        lanes["next_arrival"] = _each(readings.next_arrival, self._lanes, lambda values: values.min(axis=1))
        exits["exit_fullness"] = _each(
            readings.vehicles[:, self._roads.exit] / self._roads.exit_places,
            [np.arange(first, last) for first, last in pairwise(self._roads.exit_start)],
            lambda values: values.max(axis=1, initial=0.0),
        )
        lanes["blind"] = _each(readings.blind.astype(float), self._lanes, lambda values: values.mean(axis=1))
        upstream = self._upstream(lanes["queue"] + lanes["moving"][..., :NEAR_BANDS].sum(-1), self._green(readings))
        return {name: self._placed(values) for name, values in (lanes | exits | upstream).items()}

    def inputs(self, readings: Readings) -> dict[str, Values]:
        """The counts and the state of each signal, by the names and types that an exported controller takes.

        The first two axes are copies and intersections.
        """
        exists = np.arange(self.slots.shape[1]) < self._roads.phase_count[:, None]
        signal = {name: getattr(readings, name) for name in ("phase", "interval", "age")}
        span = np.full(readings.phase.shape, readings.span)
        each = self(readings) | self._flow(readings) | signal
        each |= {"span": span, "since_served": readings.since_served * exists}
        return {name: values.astype(np.float64 if name in BROKEN else np.int64) for name, values in each.items()}

    def _flow(self, readings: Readings) -> dict[str, Values]:
        """Vehicles that left each movement's lanes, and the lanes of its exit road that are full and that are not."""
        full = readings.vehicles[:, self._roads.exit] >= FULL * self._roads.exit_places
        places = [np.arange(first, last) for first, last in pairwise(self._roads.exit_start)]
        counts = {
            "left": _summed(readings.discharged, self._lanes),
            "full_exits": _summed(full.astype(np.int32), places),
            "open_exits": _summed((~full).astype(np.int32), places),
        }
        return {name: self._placed(values) for name, values in counts.items()}

    def _green(self, readings: Readings) -> Bools:
        """(B, M of all intersections) movements that the phase shown, or about to be, serves."""
        served = self._roads.served
        return np.asarray(served[np.arange(len(served)), readings.phase[:, self._roads.intersection]])

    def _upstream(self, near: Ints, green: Bools) -> dict[str, Values]:
        """The vehicles near the stop line upstream that have green and red, and the turns that have green."""
        rank = self._roads.rank
        turns = {
            f"{turn}_sends": _each(green & (rank == place), self._senders, lambda values: values.any(axis=1))
            for turn, place in TURN_RANKS.items()
        }
        sent = {"sent": _summed(near * green, self._senders), "held": _summed(near * ~green, self._senders)}
        return sent | {name: values.astype(np.int32) for name, values in turns.items()}

    def _placed(self, values: Values) -> Values:
        """The values of all movements (B, ...) by intersection (B, N, M, ...), 0 where one has fewer movements."""
        out = np.zeros((len(values), len(self._members), self.largest, *values.shape[2:]), values.dtype)
        for n, members in enumerate(self._members):
            out[:, n, : len(members)] = values[:, members]
        return out


def _summed(values: Values, places: list[Ints]) -> Values:
    """Sums over some columns for each movement."""
    return _each(values, places, lambda chosen: chosen.sum(axis=1, dtype=values.dtype))


def _each(values: Values, places: list[Ints], measure: Callable[[Values], Values]) -> Values:
    """A measure of some columns for each movement."""
    return np.stack([measure(values[:, chosen]) for chosen in places], axis=1)
