"""Capacity of movements: what their lanes would discharge in the greens of a run, if a queue never ended."""

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.network.network import Network


def capacities(network: Network, flow: Floats, share: Floats, lane: Ints, movement: Ints) -> Floats:
    """[veh/h] (M,) capacity of each movement at a signal.

    A lane is taken by one movement after the other. Each vehicle of a movement takes 1 / (saturation flow times share
    of green) of an hour, so the movements of a lane share its capacity in the ratio of their numbers. On a lane without
    a vehicle they share it equally.

    Args:
        network: with signals.
        flow: [veh/h] (M,) saturation flow of a lane of each movement.
        share: (M,) share of effective green.
        lane: (visits,) of the vehicles that arrived.
        movement: (visits,) of the vehicles that arrived.
    """
    tables = network.tables
    movements = len(flow)
    owner = np.repeat(np.arange(movements, dtype=np.int32), np.diff(tables.movement_lane_start[: movements + 1]))
    lanes = tables.movement_lane[: len(owner)]
    alone = flow * share
    number = _numbers(owner, lanes, len(network.lane_names), lane, movement)
    on_lane = np.bincount(lanes, number, len(network.lane_names))[lanes]
    sharing = np.bincount(lanes, minlength=len(network.lane_names))[lanes]
    with np.errstate(divide="ignore", invalid="ignore"):
        taken = np.bincount(lanes, np.where(number > 0, number / alone[owner], 0.0), len(network.lane_names))[lanes]
        part = np.where(on_lane > 0, np.where(number > 0, number / taken, 0.0), alone[owner] / sharing)
    return np.asarray(np.bincount(owner, part, movements), np.float64)


def _numbers(owner: Ints, lanes: Ints, all_lanes: int, lane: Ints, movement: Ints) -> Ints:
    """Visits on each lane of each movement."""
    keys = owner.astype(np.int64) * all_lanes + lanes
    order = np.argsort(keys)
    found = order[np.searchsorted(keys[order], movement.astype(np.int64) * all_lanes + lane)]
    return np.bincount(found, minlength=len(keys)).astype(np.int32)
