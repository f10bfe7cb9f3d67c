"""The rewards that have a name: each is a function of a network that gives a function of readings."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings

VEHICLES = 100.0  # [veh] at an intersection that count as 1 in `delay`, `queue` and `pressure`
WAIT = 1000.0  # [s] of longest waits, summed over lanes, that count as 1
DISCHARGED = 10.0  # [veh] that count as 1

Reward = Callable[[Readings], Floats]  # (B, N) of the decision before the readings
MakeReward = Callable[[Network], Reward]


def delay(network: Network) -> Reward:
    """Minus the vehicles delayed: sum of 1 - v / free speed, mean over the seconds since the last decision."""
    entering = entering_sums(network)
    return lambda readings: entering(readings.delay / max(readings.span, 1) + readings.backlog) / -VEHICLES


def queue(network: Network) -> Reward:
    """Minus the halted vehicles."""
    entering = entering_sums(network)
    return lambda readings: entering(readings.queue + readings.backlog) / -VEHICLES


def wait(network: Network) -> Reward:
    """Minus the longest standstill of each lane."""
    entering = entering_sums(network)
    return lambda readings: entering(readings.longest_wait) / -WAIT


def throughput(network: Network) -> Reward:
    """The vehicles that left the entering lanes."""
    entering = entering_sums(network)
    return lambda readings: entering(readings.discharged) / DISCHARGED


def pressure(network: Network) -> Reward:
    """Minus the absolute sum of the pressures of all movements.

    Source: Wei et al. 2019, doi 10.1145/3292500.3330949, with queues in place of densities.
    """
    tables = network.tables
    movements, starts = by_intersection(tables.movement_intersection, len(network.intersections))

    def reward(readings: Readings) -> Floats:
        before = sums(readings.queue[:, tables.movement_lane], tables.movement_lane_start)
        beyond = sums(readings.queue[:, tables.movement_exit], tables.movement_exit_start)
        pressures = before - beyond / np.maximum(np.diff(tables.movement_exit_start), 1)
        return np.abs(sums(pressures[:, movements], starts)) / -VEHICLES

    return reward


class NamedReward(NamedTuple):
    """A reward under a name."""

    make: MakeReward
    meaning: str


REWARDS: dict[str, NamedReward] = {
    "delay": NamedReward(
        delay,
        "minus vehicles delayed on the entering lanes (sum of 1 - v / free speed, mean over the seconds since the last "
        "decision) and in their backlog, / 100",
    ),
    "queue": NamedReward(queue, "minus halted vehicles on the entering lanes and in their backlog, / 100"),
    "pressure": NamedReward(
        pressure,
        "minus the absolute sum over movements of their queue less the mean queue of the lanes they lead to, / 100 "
        "(Wei et al. 2019, doi 10.1145/3292500.3330949, with queues for densities)",
    ),
    "wait": NamedReward(wait, "minus the longest present standstill [s], summed over the entering lanes, / 1000"),
    "throughput": NamedReward(throughput, "vehicles that left the entering lanes since the last decision, / 10"),
}


def entering_sums(network: Network) -> Callable[[Floats | Ints], Floats]:
    """A function that sums values (B, K) over the lanes that enter each intersection: (B, N)."""
    lanes, starts = by_intersection(network.tables.lane_intersection, len(network.intersections))
    return lambda values: sums(values[:, lanes], starts)


def by_intersection(at: Ints, count: int) -> tuple[Ints, Ints]:
    """Indices of `at` sorted by the intersection in it, NONE left out, and the start of each slice (N + 1,)."""
    order = np.argsort(at, kind="stable")
    order = order[at[order] != NONE].astype(np.int32)
    return order, np.searchsorted(at[order], np.arange(count + 1)).astype(np.int32)


def sums(values: Floats | Ints, starts: Ints) -> Floats:
    """(B, groups): sums of values (B, items) over slices of the items."""
    total = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    return np.asarray(total[:, starts[1:]] - total[:, starts[:-1]])
