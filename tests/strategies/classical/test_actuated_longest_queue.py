from dataclasses import replace

import numpy as np

from tests.helpers.handmade_signals import EL, ET, NL, NT, SL, ST, WL, WR, WT, conditions, crossing, mixed, readings
from traffic_marl import load_scenario, run
from traffic_marl.kernels.tables import ALL_RED, YELLOW
from traffic_marl.scenario import Signals
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.classical.actuated import Actuated
from traffic_marl.strategies.classical.actuated_longest_queue import ActuatedLongestQueue

NETWORK = crossing()  # phases 0 WT ET, 1 NT ST, 2 WL EL, 3 NL SL; lanes have the numbers of movements


def controller(**parameters):
    return ActuatedLongestQueue(**parameters).start(conditions(NETWORK))


def ask(working, time, phase=0, age=10, since=(0, 0, 0, 0), stood=None, **traffic):
    """The phase asked for, after the seconds since each phase was green, and of standstill by lane."""
    one = readings(NETWORK, time, phase=phase, age=age, **traffic)
    waits = np.zeros_like(one.queue)
    for lane, seconds in (stood or {}).items():
        waits[0, lane] = seconds
    served = np.asarray([[since]], dtype=np.int32)
    return int(working.decide(replace(one, since_served=served, longest_wait=waits))[0, 0])


def test_the_phase_with_most_vehicles_follows_and_not_the_next_in_order():
    queue = {NT: 1, EL: 2, WL: 1, SL: 2}  # phase 1 has one vehicle, phase 2 three, phase 3 two
    assert ask(controller(gap_s=0), 10, queue=queue) == 2
    assert Actuated(gap_s=0).start(conditions(NETWORK)).decide(readings(NETWORK, 10, age=10, queue=queue))[0, 0] == 1


def test_halted_vehicles_count_anywhere_and_moving_ones_within_the_zone():
    assert ask(controller(gap_s=0), 10, queue={NT: 2}, moving={(SL, 0): 3}) == 3
    assert ask(controller(gap_s=0), 10, queue={NT: 2}, moving={(SL, 0): 1, (NL, 1): 9}) == 1


def test_a_queue_that_has_no_call_does_not_count():
    # WR is green in every phase: its queue neither calls nor counts for phase 2
    assert ask(controller(gap_s=0), 10, queue={WR: 9, WL: 1, ST: 2}) == 1


def test_of_equal_phases_the_one_served_longest_ago_follows():
    queue = {NT: 2, WL: 2, SL: 2}
    assert ask(controller(gap_s=0), 200, since=(0, 30, 90, 60), queue=queue) == 2
    assert ask(controller(gap_s=0), 200, since=(0, 30, 60, 90), queue=queue) == 3


def test_the_phase_served_longest_ago_has_to_be_among_the_fullest():
    assert ask(controller(gap_s=0), 200, since=(0, 30, 90, 60), queue={NT: 3, WL: 2, SL: 3}) == 3


def test_a_vehicle_that_has_stood_for_the_longest_wait_comes_first():
    queue = {NT: 9, WL: 1}
    assert ask(controller(gap_s=0, longest_wait_s=60), 100, queue=queue, stood={WL: 59}) == 1
    assert ask(controller(gap_s=0, longest_wait_s=60), 100, queue=queue, stood={WL: 60}) == 2


def test_of_several_overdue_phases_the_fullest_comes_first():
    queue, stood = {NT: 9, WL: 1, SL: 2}, {WL: 90, SL: 70}
    assert ask(controller(gap_s=0, longest_wait_s=60), 100, queue=queue, stood=stood) == 3


def test_an_overdue_vehicle_does_not_end_an_occupied_green_before_its_longest():
    working = controller(longest_green_s=30, longest_wait_s=60)
    flowing = {(ET, 0): 2}
    assert ask(working, 100, age=29, moving=flowing, queue={WL: 1}, stood={WL: 90}) == 0
    assert ask(working, 101, age=30, moving=flowing, queue={WL: 1}, stood={WL: 90}) == 2


def test_a_vehicle_that_stands_at_green_in_every_phase_is_never_overdue():
    queue, stood = {WR: 1, WL: 1, ST: 2}, {WR: 500}
    assert ask(controller(gap_s=0, longest_wait_s=60), 600, queue=queue, stood=stood) == 1


def test_an_occupied_green_stays_whatever_waits_elsewhere():
    assert ask(controller(gap_s=1), 10, queue={WT: 1, NT: 20}) == 0


def test_green_ends_by_gap_out_and_max_out():
    working = controller(gap_s=2, longest_green_s=30)
    assert ask(working, 10, moving={(ET, 0): 1}, queue={NT: 1}) == 0
    assert ask(working, 11, queue={NT: 1}) == 0
    assert ask(working, 12, queue={NT: 1}) == 1
    assert ask(working, 40, age=30, moving={(ET, 0): 1}, queue={NT: 1, WL: 2}) == 2


def test_it_rests_in_green_without_calls_and_keeps_the_coming_phase():
    assert ask(controller(gap_s=0), 500, phase=2, age=400) == 2
    for interval in (YELLOW, ALL_RED):
        one = readings(NETWORK, 10, queue={WT: 3, WL: 4}, phase=1, age=50, interval=interval)
        assert controller(gap_s=0).decide(one).tolist() == [[1]]


def test_a_lane_counts_once_for_a_phase():
    # mixed(): J0 has phases (through, right), (through, left), (right, left); lane 1 is shared by through and right
    network = mixed()
    shared, side = network.lane_names.index("a_1"), network.lane_names.index("side 0_0")
    working = ActuatedLongestQueue(longest_green_s=20).start(conditions(network))
    one = readings(network, 10, queue={shared: 3, side: 2}, phase=[2, 0, 0], age=30)
    assert working.decide(one)[0, 0] == 1  # 3 vehicles for phase 0, 5 for phase 1


def test_waits_are_bounded_where_the_signals_bound_none():
    rush_hour = load_scenario("grid_4x4_rush_hour")
    without = rush_hour.model_copy(update={"signals": Signals(max_red_s=None)})
    waits = {}
    for longest in (120, 3600):
        measures = run(without, parse(f"{QUEUE}:longest_wait_s={longest}"), validation_seeds(2)).measures
        waits[longest] = measures.longest_wait.max()
    assert waits[120] < 200 < 400 < waits[3600]


def test_delay_is_less_than_under_actuated_control_on_the_rush_hour():
    rush_hour, seeds = load_scenario("grid_4x4_rush_hour"), validation_seeds(2)
    delay = {name: run(rush_hour, parse(name), seeds).measures.mean_delay.mean() for name in ("actuated", QUEUE)}
    assert delay[QUEUE] < 0.92 * delay["actuated"]


QUEUE = ActuatedLongestQueue.name
