from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.four_vehicles import AT_END, AT_HORIZON, records
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation.conservation import check_counters, check_records, on_network


def test_on_network_are_the_vehicles_that_entered_and_did_not_leave():
    assert on_network(AT_HORIZON).tolist() == [2]
    assert on_network(AT_END).tolist() == [1]


@pytest.mark.parametrize(
    ("scheduled", "entered", "left", "reason"),
    [
        (10, 5, NEVER, "before it was due"),
        (10, NEVER, 50, "without having entered"),
        (10, 20, 15, "before it entered"),
        (10, 100, NEVER, "entered in the future"),
        (10, 20, 100, "left in the future"),
    ],
)
def test_records_that_contradict_themselves_are_refused(scheduled, entered, left, reason):
    with pytest.raises(AssertionError, match=reason):
        check_records(records(100, [scheduled], [entered], [left]))


@pytest.mark.parametrize(
    ("completed", "under_way", "reason"),
    [(3, 1, "trips were completed"), (2, 2, "appeared on the network"), (2, 0, "vanished from it")],
)
def test_counters_of_the_engine_agree_with_the_records(completed, under_way, reason):
    check_counters(AT_END, np.array([2], np.int32), np.array([1], np.int32))
    with pytest.raises(AssertionError, match=reason):
        check_counters(AT_END, np.array([completed], np.int32), np.array([under_way], np.int32))


def test_a_vehicle_that_left_without_entering_does_not_add_up():
    ghost = replace(AT_END, entered=np.array([[NEVER, 15, 20, NEVER]], np.int32))
    with pytest.raises(AssertionError, match="do not add up"):
        check_counters(ghost, np.array([2], np.int32), np.array([1], np.int32))
