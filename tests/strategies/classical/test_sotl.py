from tests.helpers.handmade_signals import EL, NL, NR, NT, SL, ST, WL, WT, conditions, crossing, mixed, readings
from traffic_marl.kernels.tables import YELLOW
from traffic_marl.strategies.classical.sotl import Sotl

NETWORK = crossing()


def controller(**parameters):
    return Sotl(**{"threshold_veh_s": 20.0, "shortest_green_s": 5, "platoon_veh": 2} | parameters).start(
        conditions(NETWORK)
    )


def ask(working, time, phase=0, age=30, **traffic):
    return int(working.decide(readings(NETWORK, time, phase=phase, age=age, **traffic))[0, 0])


def test_red_vehicles_add_up_until_the_threshold():
    working = controller()  # 4 halted vehicles: 4 vehicle seconds each second, 20 after 5 s
    asked = [ask(working, time, queue={NT: 3, ST: 1}) for time in range(7)]
    assert asked == [0, 0, 0, 0, 0, 1, 1]


def test_sums_count_the_seconds_between_decisions():
    working = controller()
    assert ask(working, 4, queue={NT: 4}) == 0  # 16
    assert ask(working, 6, queue={NT: 4}) == 1  # 24


def test_approaching_vehicles_count_within_reach():
    near = controller(reach_m=120)
    far = controller(reach_m=60)
    traffic = {"moving": {(NT, 1): 5}}
    assert [ask(near, time, **traffic) for time in (3, 4)] == [0, 1]
    assert [ask(far, time, **traffic) for time in (3, 40)] == [0, 0]


def test_the_shortest_green_holds():
    working = controller(shortest_green_s=12)
    assert ask(working, 11, age=11, queue={NT: 9}) == 0
    assert ask(working, 12, age=12, queue={NT: 9}) == 1


def test_a_small_platoon_is_let_through_and_a_large_one_is_not():
    for platoon, asked in ((0, 1), (1, 0), (2, 0), (3, 1)):
        working = controller(platoon_veh=2)
        assert ask(working, 10, queue={NT: 9}, moving={(WT, 0): platoon}) == asked


def test_up_to_four_vehicles_are_a_small_platoon_unless_said_otherwise():
    assert Sotl().platoon_veh == 4


def test_a_platoon_far_from_the_green_is_not_waited_for():
    working = controller()
    assert ask(working, 10, queue={NT: 9}, moving={(WT, 1): 2}) == 1


def test_the_largest_sum_wins_and_the_first_of_equals():
    assert ask(controller(), 10, queue={NT: 3, WL: 2, EL: 2, SL: 1}) == 2  # 30, 40, 10
    assert ask(controller(), 10, queue={NT: 3, SL: 2, NL: 1}) == 1  # 30 and 30


def test_green_clears_the_sum():
    working = controller()
    ask(working, 10, queue={NT: 9})  # 90 at phase 1
    ask(working, 11, phase=1, queue={NT: 9, WT: 1})  # phase 1 is green: its sum is zero, phase 0 has 1
    assert working.controller.waited[0, [NT, WT]].tolist() == [0.0, 1.0]
    assert ask(working, 12, phase=0, queue={NT: 9}) == 0  # 9 is below 20


def test_the_intergreen_is_not_interrupted():
    working = controller()
    one = readings(NETWORK, 10, queue={NT: 9}, phase=2, age=30, interval=YELLOW)
    assert working.decide(one).tolist() == [[2]]


def test_permitted_turns_do_not_count():
    assert ask(controller(), 100, queue={NR: 9}) == 0


def test_nothing_happens_on_an_empty_network_even_without_threshold():
    assert ask(controller(threshold_veh_s=0.0), 100) == 0


def test_movements_already_green_do_not_call_for_a_phase_that_shares_them():
    network = mixed()  # J0: phase 1 shares the through movement (lane 0 and 1) with phase 0
    working = Sotl(threshold_veh_s=1.0, shortest_green_s=0).start(conditions(network))
    assert working.decide(readings(network, 10, queue={0: 9}, age=30))[0, 0] == 0
