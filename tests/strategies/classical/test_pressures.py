import pytest

from tests.helpers.handmade_signals import (
    E_OUT,
    EL,
    ET,
    N_OUT,
    NL,
    NT,
    S_OUT,
    SL,
    ST,
    W_OUT,
    WR,
    WT,
    arterial,
    conditions,
    crossing,
    mixed,
    readings,
)
from traffic_marl.strategies.classical.efficient_max_pressure import EfficientMaxPressure
from traffic_marl.strategies.classical.incidence import phase_scores
from traffic_marl.strategies.classical.max_pressure import MaxPressure

NETWORK = crossing()


def pressures(strategy, queue, network=NETWORK, flow=0.0):
    working = strategy.start(conditions(network, flow))
    return phase_scores(working.controller.weights, readings(network, queue=queue).queue, network)[0].tolist()


def asked(strategy, queue, network=NETWORK):
    return strategy.start(conditions(network)).decide(readings(network, queue=queue))[0].tolist()


def test_pressure_is_the_queue_less_all_lanes_of_the_exit_road():
    # phase 0: (5 - east 3) + (2 - west 0) = 4; phase 1: NT to the south 4 - 0, ST to the north 0 - 1: 3
    # phase 2: WL to the north 0 - 1, EL to the south 6 - 0: 5; phase 3: NL to the east 1 - 3, SL to the west 0: -2
    queue = {WT: 5, ET: 2, NT: 4, EL: 6, NL: 1, E_OUT[0]: 1, E_OUT[2]: 2, N_OUT[1]: 1}
    assert pressures(MaxPressure(), queue) == [[4.0, 3.0, 5.0, -2.0]]
    assert asked(MaxPressure(), queue) == [2]


def test_efficient_pressure_takes_means_over_lanes():
    # the same vehicles: phase 0: 5 - 3 / 3 + 2 = 6; phase 1: 4 - 1 / 3; phase 2: 6 - 1 / 3; phase 3: 1 - 3 / 3 = 0
    queue = {WT: 5, ET: 2, NT: 4, EL: 6, NL: 1, E_OUT[0]: 1, E_OUT[2]: 2, N_OUT[1]: 1}
    assert pressures(EfficientMaxPressure(), queue)[0] == pytest.approx([6.0, 11 / 3, 17 / 3, 0.0])
    assert asked(EfficientMaxPressure(), queue) == [0]


def test_efficient_pressure_averages_the_entering_lanes_too():
    # J0 of mixed(): through leaves from lanes 0 and 1: mean (4 + 1) / 2, less the mean of the two lanes of b: 3 / 2
    network = mixed()
    b = network.lane_names.index("b_0")
    assert pressures(EfficientMaxPressure(), {0: 4, 1: 1, b: 3}, network)[0][0] == pytest.approx(1.0)


def test_ties_go_to_the_first_phase():
    assert asked(MaxPressure(), {}) == [0]
    assert asked(MaxPressure(), {NT: 2, EL: 2}) == [1]
    assert asked(MaxPressure(), {SL: 3, EL: 3, W_OUT[0]: 1}) == [2]  # 3 and 3 - 1
    # thirds that differ by rounding alone are a tie
    assert asked(EfficientMaxPressure(), {NT: 1, EL: 1, S_OUT[0]: 1}) == [1]


def test_right_turns_do_not_count():
    assert pressures(MaxPressure(), {WR: 9}) == [[0.0, 0.0, 0.0, 0.0]]


def test_one_phase_is_all_there_is_to_ask_for():
    network = crossing([tuple(range(12))])
    for strategy in (MaxPressure(), MaxPressure(exit="mean"), EfficientMaxPressure()):
        assert asked(strategy, {WT: 9, E_OUT[0]: 30}, network) == [0]


def test_mean_exit_weighs_the_movements_joined_by_their_expected_shares():
    # J0 of mixed() leads to road b, from which 75 % go through (lanes 0 and 1) and 25 % turn right (lane 1)
    network = mixed()
    inner, outer = network.lane_names.index("b_0"), network.lane_names.index("b_1")
    flow = {3: 300, 4: 100}
    found = pressures(MaxPressure(exit="mean"), {0: 10, inner: 4, outer: 2}, network, flow)[0]
    # through: 10 - (0.75 * (4 + 2) + 0.25 * 2) = 5; left from the side road: 0 - 5
    assert found == pytest.approx([5.0, 0.0, -5.0])


def test_mean_exit_takes_equal_shares_where_no_flow_is_expected():
    network = mixed()
    inner, outer = network.lane_names.index("b_0"), network.lane_names.index("b_1")
    # 10 - ((4 + 2) + 2) / 2 = 6
    assert pressures(MaxPressure(exit="mean"), {0: 10, inner: 4, outer: 2}, network)[0][0] == pytest.approx(6.0)


def test_mean_exit_is_zero_at_the_rim():
    assert pressures(MaxPressure(exit="mean"), {WT: 5, E_OUT[0]: 3}) == [[5.0, 0.0, 0.0, 0.0]]


def test_mean_and_sum_agree_on_roads_of_one_lane():
    network = arterial(3)
    queue = {lane: lane % 5 for lane, road in enumerate(network.tables.lane_intersection) if road >= 0}
    assert pressures(MaxPressure(exit="mean"), queue, network) == pressures(MaxPressure(), queue, network)


def test_pressure_may_be_negative_and_is_still_compared():
    # every phase leads to full roads, phase 3 to the least: NL east 6, SL west 0; phase 0: east 6, west 0; phase 1 ...
    queue = {E_OUT[0]: 6, N_OUT[0]: 8, S_OUT[0]: 8, SL: 1, ST: 1}
    assert pressures(MaxPressure(), queue) == [[-6.0, -15.0, -16.0, -5.0]]
    assert asked(MaxPressure(), queue) == [3]


def test_phases_asked_for_leave_the_interval_to_the_scenario():
    assert MaxPressure().interval is None
    assert EfficientMaxPressure().interval is None
