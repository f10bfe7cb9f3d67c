import numpy as np
import pytest

from tests.helpers.handmade_signals import FOUR_PHASES, TIMING, TWO_PHASES, conditions, crossing, mixed, readings
from traffic_marl.errors import StrategyError
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.timing_plan import PlanController, make_plan


def requests(controller, network, times):
    return [int(controller.decide(readings(network, time))[0, 0]) for time in times]


def test_fixed_time_asks_for_the_next_phase_at_the_end_of_each_green():
    # green 30 s, then 5 s of intergreen: requests change at 30, 30 + 35 = 65, 100, 135 and the cycle is 140 s
    network = crossing(FOUR_PHASES)
    controller = FixedTime(green_s=30).start(conditions(network))
    times = [0, 29, 30, 64, 65, 99, 100, 134, 135, 139, 140, 169, 170]
    assert requests(controller, network, times) == [0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 0, 0, 1]


def test_fixed_time_cycles_through_as_many_phases_as_each_intersection_has():
    network = mixed()  # three, two and one phases
    controller = FixedTime(green_s=10).start(conditions(network))
    asked = [controller.decide(readings(network, time))[0].tolist() for time in (0, 10, 25, 40, 55)]
    assert asked == [[0, 0, 0], [1, 1, 0], [2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_fixed_time_is_kept_to_the_second():
    assert FixedTime().interval == 1


def test_fixed_time_refuses_greens_that_the_signals_do_not_show():
    with pytest.raises(StrategyError, match=r"fixed_time:green_s=4: .* min green of the signals; give at least 5"):
        FixedTime(green_s=4).start(conditions(crossing()))
    with pytest.raises(StrategyError, match=r"max green of the signals; give at most 20"):
        FixedTime(green_s=30).start(conditions(crossing(), timing=TIMING._replace(max_green=20)))


def test_offset_moves_the_plan_and_order_may_leave_phases_out():
    # phases 0 and 2 alternate: greens 10 and 20 s, intergreen 5 s, cycle 40 s, starting at 7 s
    plan = make_plan([(0, 2)], [(10, 20)], 5, np.array([7], dtype=np.int32))
    assert plan.cycle.tolist() == [40]
    asked = [int(plan.phases_at(time)[0]) for time in (0, 1, 2, 6, 7, 16, 17, 41, 42, 47, 57)]
    # at 0 s the position is 33: phase 2, green from 15 to 35, ends at 2 s
    assert asked == [2, 2, 0, 0, 0, 0, 2, 2, 0, 0, 2]


def test_plan_is_the_same_in_every_copy():
    network = crossing(TWO_PHASES)
    one = readings(network, 40)
    batch = type(one)(**{**vars(one), "phase": np.zeros((3, 1), dtype=np.int32)})
    asked = PlanController(make_plan([(0, 1)], [(30, 30)], 5)).decide(batch)
    assert asked.tolist() == [[1], [1], [1]]
