"""Reward: how well the traffic of each intersection did since the last decision, made from readings alone.

All rewards are per intersection and decision, negative where less is better, and divided by a stated scale so that
values of whole episodes stay within some tens. Reading one twice gives the same number.
"""

from collections.abc import Callable

import numpy as np

from traffic_marl.arrays import Floats, Ints, Singles
from traffic_marl.checks import check_name
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings

VEHICLES = 100.0  # [veh] at an intersection that count as 1 in `delay`, `queue` and `pressure`
WAIT = 1000.0  # [s] of longest waits, summed over lanes, that count as 1
DISCHARGED = 10.0  # [veh] that count as 1

REWARDS: dict[str, str] = {
    "delay": "minus vehicles delayed on the entering lanes (sum of 1 - v / free speed, mean over the seconds since the "
    "last decision) and in their backlog, / 100",
    "queue": "minus halted vehicles on the entering lanes and in their backlog, / 100",
    "pressure": "minus the absolute sum over movements of their queue less the mean queue of the lanes they lead to, "
    "/ 100 (Wei et al. 2019, doi 10.1145/3292500.3330949, with queues for densities)",
    "wait": "minus the longest present standstill [s], summed over the entering lanes, / 1000",
    "throughput": "vehicles that left the entering lanes since the last decision, / 10",
}


class Reward:
    """Makes rewards of readings.

    Args:
        network: where the readings come from.
        name: one of REWARDS.
        neighbour_weight: adds this share of the mean reward of the neighbours (the intersections one road upstream);
            the spatial discount of Chu et al. 2019 (doi 10.1109/TITS.2019.2901791). 0: each on its own.
        shared: everybody gets the mean over all intersections instead.

    Raises:
        UsageError: there is no reward of this name, or the weight is negative.
    """

    def __init__(
        self, network: Network, name: str = "delay", *, neighbour_weight: float = 0.0, shared: bool = False
    ) -> None:
        check_name("reward", name, REWARDS)
        if not isinstance(neighbour_weight, int | float) or not 0.0 <= neighbour_weight < np.inf:
            raise UsageError("neighbour weight", f"{neighbour_weight!r} is not a weight", "give a number, at least 0")
        if shared and neighbour_weight > 0.0:
            raise UsageError("neighbour weight", "a shared reward holds all neighbours already", "leave one out")
        self.name = name
        self.neighbour_weight = neighbour_weight
        self.shared = shared
        self._network = network
        self._local: Callable[[Readings], Floats] = getattr(self, f"_{name}")
        self._order, self._starts = by_intersection(network.tables.lane_intersection, len(network.intersections))
        self._movements, self._movement_starts = by_intersection(
            network.tables.movement_intersection, len(network.intersections)
        )
        self._neighbours = neighbour_shares(network) if neighbour_weight > 0.0 else None

    def __call__(self, readings: Readings) -> Singles:
        """Rewards (B, N) of the decision before the readings."""
        reward = self._local(readings)
        if self.shared:
            reward = np.broadcast_to(reward.mean(axis=1, keepdims=True), reward.shape)
        elif self._neighbours is not None:
            reward = reward + self.neighbour_weight * (reward @ self._neighbours.T)
        return reward.astype(np.float32)

    def _delay(self, readings: Readings) -> Floats:
        return self._entering(readings.delay / max(readings.span, 1) + readings.backlog) / -VEHICLES

    def _queue(self, readings: Readings) -> Floats:
        return self._entering(readings.queue + readings.backlog) / -VEHICLES

    def _wait(self, readings: Readings) -> Floats:
        return self._entering(readings.longest_wait) / -WAIT

    def _throughput(self, readings: Readings) -> Floats:
        return self._entering(readings.discharged) / DISCHARGED

    def _pressure(self, readings: Readings) -> Floats:
        tables = self._network.tables
        before = _sums(readings.queue[:, tables.movement_lane], tables.movement_lane_start)
        beyond = _sums(readings.queue[:, tables.movement_exit], tables.movement_exit_start)
        pressure = before - beyond / np.maximum(np.diff(tables.movement_exit_start), 1)
        return np.abs(_sums(pressure[:, self._movements], self._movement_starts)) / -VEHICLES

    def _entering(self, values: Floats | Ints) -> Floats:
        """(B, N): sum of values (B, K) over the lanes that enter each intersection."""
        return _sums(values[:, self._order], self._starts)


def by_intersection(at: Ints, count: int) -> tuple[Ints, Ints]:
    """Places in `at` by the intersection that stands there, without NONE, and where those of each begin (N + 1,)."""
    order = np.argsort(at, kind="stable")
    order = order[at[order] != NONE].astype(np.int32)
    return order, np.searchsorted(at[order], np.arange(count + 1)).astype(np.int32)


def neighbour_shares(network: Network) -> Floats:
    """(N, N): one over the number of neighbours where the column is one of the row's."""
    tables = network.tables
    count = len(network.intersections)
    shares = np.zeros((count, count))
    for n in range(count):
        around = tables.neighbour[tables.neighbour_start[n] : tables.neighbour_start[n + 1]]
        if len(around):
            shares[n, around] = 1.0 / len(around)
    return shares


def _sums(values: Floats | Ints, starts: Ints) -> Floats:
    """(B, groups): sums of values (B, items) over slices of the items."""
    total = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    return np.asarray(total[:, starts[1:]] - total[:, starts[:-1]])
