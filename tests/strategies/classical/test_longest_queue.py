import pytest

from tests.helpers.handmade_signals import (
    EL,
    ET,
    NL,
    NT,
    SL,
    ST,
    WL,
    WR,
    WT,
    Movement,
    Road,
    conditions,
    crossing,
    make_network,
    mixed,
    readings,
)
from traffic_marl.errors import StrategyError
from traffic_marl.strategies.classical.longest_queue import LongestQueue

NETWORK = crossing()


def asked(strategy, network=NETWORK, **traffic):
    return int(strategy.start(conditions(network)).decide(readings(network, **traffic))[0, 0])


def test_the_phase_with_most_halted_vehicles_is_asked_for():
    assert asked(LongestQueue(), queue={WT: 3, ET: 2, NT: 4, WL: 1, EL: 5, SL: 5}) == 2  # 5, 4, 6, 5


def test_the_first_of_equal_phases_wins():
    assert asked(LongestQueue()) == 0
    assert asked(LongestQueue(), queue={ST: 2, NL: 1, SL: 1}, phase=3) == 1


def test_right_turns_and_moving_vehicles_do_not_count():
    assert asked(LongestQueue(), queue={WR: 9, SL: 1}, moving={(NT, 0): 9}) == 3


def test_backlog_does_not_count():
    one = readings(NETWORK, queue={SL: 1})
    backlog = one.backlog.copy()
    backlog[0, WT] = 50
    with_backlog = type(one)(**{**vars(one), "backlog": backlog})
    assert LongestQueue().start(conditions(NETWORK)).decide(with_backlog).tolist() == [[3]]


@pytest.mark.parametrize(("reach", "phase"), [(0, 3), (60, 0), (120, 1), (200, 2), (300, 3)])
def test_reach_counts_vehicles_up_to_the_edge_of_a_band(reach, phase):
    # queue 1 at SL; moving by band 0: 2 WT; 1: 3 NT; 2: 4 WL; 3: 8 SL; 4: 50 ET beyond 300 m
    moving = {(WT, 0): 2, (NT, 1): 3, (WL, 2): 4, (SL, 3): 8, (ET, 4): 50}
    assert asked(LongestQueue(reach_m=reach), queue={SL: 1}, moving=moving) == phase


def test_hold_favours_the_phase_shown():
    queue = {NT: 3, EL: 5}
    assert asked(LongestQueue(hold=1.5), queue=queue, phase=1) == 2  # 3 + 1.5 < 5
    assert asked(LongestQueue(hold=2.5), queue=queue, phase=1) == 1  # 3 + 2.5 > 5
    assert asked(LongestQueue(hold=2.5), queue=queue, phase=3) == 2


def test_a_lane_counts_once_for_a_phase():
    network = crossing([(WT, ET), (NT, ST)])
    assert asked(LongestQueue(), network, queue={WT: 3, NT: 2, ST: 2}) == 1
    shared = _shared_lane()
    # lane 0 carries through and left of phase 0: 3 vehicles, not 6; phase 1 has 4
    assert asked(LongestQueue(), shared, queue={0: 3, 1: 4}) == 1


def _shared_lane():
    roads = {"a": Road(1, "J"), "b": Road(1, "J"), "c": Road(1, "rim"), "d": Road(1, "rim")}
    movements = [
        Movement("a", (0,), "c", "through"),
        Movement("a", (0,), "d", "left"),
        Movement("b", (0,), "d", "through"),
    ]
    return make_network(roads, movements, {"J": [(0, 1), (2,)]})


def test_one_phase_is_all_there_is_to_ask_for():
    network = mixed()
    side = network.lane_names.index("side 2_0")
    assert LongestQueue().start(conditions(network)).decide(readings(network, queue={side: 9})).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("reach", [-60, 1, 100, 301])
def test_reach_must_be_the_edge_of_a_band(reach):
    with pytest.raises(StrategyError, match=rf"longest_queue:reach_m={reach}: .* give one of 0, 60, 120, 200, 300 m"):
        LongestQueue(reach_m=reach)
