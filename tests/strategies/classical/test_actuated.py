import numpy as np

from tests.helpers.handmade_signals import EL, ET, NL, NT, SL, ST, WL, WR, WT, conditions, crossing, mixed, readings
from traffic_marl.kernels.tables import ALL_RED, YELLOW
from traffic_marl.strategies.classical.actuated import Actuated

NETWORK = crossing()  # phases 0 WT ET, 1 NT ST, 2 WL EL, 3 NL SL; lanes have the numbers of movements


def controller(**parameters):
    return Actuated(**parameters).start(conditions(NETWORK))


def ask(working, time, phase=0, age=10, **traffic):
    return int(working.decide(readings(NETWORK, time, phase=phase, age=age, **traffic))[0, 0])


def test_green_ends_when_the_zone_has_been_empty_for_the_gap():
    working = controller(gap_s=3)
    assert ask(working, 10, moving={(WT, 0): 1}, queue={NT: 1}) == 0  # occupied at 10
    assert ask(working, 11, queue={NT: 1}) == 0
    assert ask(working, 12, queue={NT: 1}) == 0
    assert ask(working, 13, queue={NT: 1}) == 1  # 13 - 10 = 3: gap-out


def test_a_vehicle_in_the_zone_restarts_the_gap():
    working = controller(gap_s=3)
    ask(working, 10, moving={(WT, 0): 1}, queue={NT: 1})
    assert ask(working, 12, moving={(ET, 0): 1}, queue={NT: 1}) == 0
    assert ask(working, 14, queue={NT: 1}) == 0
    assert ask(working, 15, queue={NT: 1}) == 1


def test_vehicles_beyond_the_zone_neither_extend_nor_call():
    working = controller(gap_s=1)
    ask(working, 10, moving={(WT, 0): 1})
    assert ask(working, 11, moving={(WT, 1): 5}, queue={NT: 1}) == 1
    working = controller(gap_s=1)
    ask(working, 10)
    assert ask(working, 20, moving={(NT, 1): 5}) == 0


def test_green_ends_at_its_longest_with_a_call_elsewhere():
    working = controller(gap_s=3, longest_green_s=30)
    flowing = {(WT, 0): 2}
    assert ask(working, 29, age=29, moving=flowing, queue={EL: 1}) == 0
    assert ask(working, 30, age=30, moving=flowing, queue={EL: 1}) == 2


def test_green_outlasts_its_longest_without_a_call_elsewhere():
    working = controller(longest_green_s=30)
    assert ask(working, 90, age=90, moving={(WT, 0): 2}) == 0


def test_phases_without_a_call_are_skipped():
    working = controller(gap_s=0)
    assert ask(working, 10, phase=0, queue={SL: 1}) == 3
    assert ask(working, 20, phase=3, queue={NT: 1, EL: 1}) == 1  # in order after 3: 0 has no call, 1 has
    assert ask(working, 30, phase=1, queue={WT: 1, WL: 1}) == 2


def test_it_rests_in_green_without_calls():
    working = controller(gap_s=0)
    assert ask(working, 500, phase=2, age=400) == 2


def test_a_resting_green_leaves_at_once_for_a_call():
    working = controller(gap_s=3)
    for time in range(10, 15):
        assert ask(working, time, phase=2) == 2
    assert ask(working, 15, phase=2, moving={(ST, 0): 1}) == 1


def test_permitted_turns_neither_call_nor_extend():
    working = controller(gap_s=1)
    assert ask(working, 10, phase=1, queue={WR: 5}) == 1
    assert ask(working, 12, phase=1, queue={WR: 5, NL: 1}) == 3


def test_the_coming_phase_is_kept_through_the_intergreen():
    working = controller(gap_s=0)
    for interval in (YELLOW, ALL_RED):
        one = readings(NETWORK, 10, queue={WT: 3, WL: 4}, phase=1, age=50, interval=interval)
        assert working.decide(one).tolist() == [[1]]


def test_the_gap_is_counted_from_the_start_of_green():
    working = controller(gap_s=2)
    working.decide(readings(NETWORK, 10, queue={WT: 1}, phase=1, interval=YELLOW))
    assert ask(working, 11, phase=1, age=1, queue={WT: 1}) == 1
    assert ask(working, 12, phase=1, age=2, queue={WT: 1}) == 0


def test_overlapping_phases_are_called_by_their_red_movements_only():
    # mixed(): J0 has phases (through, right), (through, left), (right, left); lane 1 is shared by through and right
    network = mixed()
    working = Actuated(gap_s=0, longest_green_s=20).start(conditions(network))
    through_only = readings(network, 10, queue={0: 3}, phase=0, age=30)
    assert working.decide(through_only)[0, 0] == 0  # phase 1 serves the same through movement, green already
    side = network.lane_names.index("side 0_0")
    with_left = readings(network, 11, queue={0: 3, side: 1}, phase=0, age=30)
    assert working.decide(with_left)[0, 0] == 1


def test_copies_do_not_mix():
    working = controller(gap_s=2)
    one = readings(NETWORK, 10, moving={(WT, 0): 1}, queue={NT: 1})
    both = type(one)(**{name: np.repeat(value, 2, 0) if name != "time" else 10 for name, value in vars(one).items()})
    working.decide(both)
    later = readings(NETWORK, 12, queue={NT: 1}, age=12)
    fields = {name: np.repeat(value, 2, 0) if name != "time" else 12 for name, value in vars(later).items()}
    fields["moving"][1, WT, 0] = 1
    assert working.decide(type(one)(**fields)).tolist() == [[1], [0]]
