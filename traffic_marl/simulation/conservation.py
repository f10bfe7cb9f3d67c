"""Checks that vehicles are conserved: none appears, vanishes, or does something out of order."""

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation.readings import Records


def check_records(records: Records) -> None:
    """Asserts that the events of every vehicle are in order.

    Raises:
        AssertionError: a vehicle entered before it was due, left before it entered, or did something in the future.
    """
    exists = vehicle_columns(records)
    entered = exists & (records.entered != NEVER)
    left = exists & (records.left != NEVER)
    assert not (left & ~entered).any(), "a vehicle left without having entered"
    assert (records.entered >= records.scheduled)[entered].all(), "a vehicle entered before it was due"
    assert (records.entered < records.time)[entered].all(), "a vehicle entered in the future"
    assert (records.left >= records.entered)[left].all(), "a vehicle left before it entered"
    assert (records.left < records.time)[left].all(), "a vehicle left in the future"


def check_counters(records: Records, completed: Ints, under_way: Ints) -> None:
    """Asserts that every vehicle has left, is under way or waits outside, by the engine's counters and by the records.

    Args:
        records: of every vehicle, due before the horizon or not.
        completed: [veh] (B,) trips that the engine has counted as completed.
        under_way: [veh] (B,) vehicles that the engine has on the network.

    Raises:
        AssertionError: a vehicle appeared or vanished.
    """
    outside = count_of(vehicle_columns(records) & (records.entered == NEVER))
    left = count_of(vehicle_columns(records) & (records.left != NEVER))
    assert np.array_equal(completed, left), "trips were completed that are not in the records, or the other way round"
    assert np.array_equal(under_way, on_network(records)), "a vehicle appeared on the network or vanished from it"
    assert np.array_equal(records.count, completed + under_way + outside), "vehicles do not add up to the demand"


def on_network(records: Records) -> Ints:
    """[veh] (B,) vehicles that have entered and not left, due before the horizon or not."""
    return count_of(vehicle_columns(records) & (records.entered != NEVER) & (records.left == NEVER))


def vehicle_columns(records: Records) -> Bools:
    """(B, V) whether the column is a vehicle, not padding."""
    columns = np.arange(records.scheduled.shape[1])
    return np.asarray(columns[None, :] < records.count[:, None])


def count_of(mask: Bools) -> Ints:
    """(B,) number of vehicles in a mask (B, V)."""
    count: Ints = mask.sum(axis=1, dtype=np.int32)
    return count
