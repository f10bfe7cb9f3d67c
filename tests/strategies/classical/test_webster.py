import numpy as np
import pytest

from tests.helpers.handmade_signals import (
    EL,
    ET,
    NL,
    NT,
    RIGHTS,
    SL,
    ST,
    TIMING,
    TWO_PHASES,
    WL,
    WR,
    WT,
    Movement,
    Road,
    conditions,
    crossing,
    make_network,
    mixed,
)
from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import Timing
from traffic_marl.strategies.classical.critical_flows import (
    CriticalFlows,
    critical_flows,
    critical_phases,
    movement_ratios,
)
from traffic_marl.strategies.classical.webster import Design, Webster, greens_within, webster_cycle

SATURATION = 1800.0 / 3600.0  # [veh/s]


def design(timing: Timing = TIMING, startup_lost: float = 2.0, shortest: int = 30, longest: int = 120) -> Design:
    return Design(SATURATION, startup_lost, shortest, longest, timing)


def plan_of(network, flows, timing=TIMING, **parameters):
    strategy = Webster(**{"saturation_flow_vph": 1800.0} | parameters)
    return strategy.start(conditions(network, flows, timing)).plan


def test_two_phase_example():
    # y = 450 / 1800 = 0.25 and 540 / 1800 = 0.30, Y = 0.55; L = 2 (5 + 2) = 14 s
    # C = (1.5 * 14 + 5) / (1 - 0.55) = 26 / 0.45 = 57.8 -> 58 s; C - L = 44 s
    # effective 44 * 0.25 / 0.55 = 20 and 44 * 0.30 / 0.55 = 24 s; shown with the start-up loss: 22 and 26 s
    plan = plan_of(crossing(TWO_PHASES), {WT: 450, ET: 300, NT: 540, ST: 100})
    assert plan.cycle.tolist() == [58]
    assert plan.begins.tolist() == [[0, 27]]
    assert plan.ends.tolist() == [[22, 27 + 26]]


def test_permitted_turns_do_not_count():
    flows = {WT: 450, ET: 300, NT: 540, ST: 100}
    with_rights = flows | dict.fromkeys(RIGHTS, 900)
    network = crossing(TWO_PHASES)
    assert plan_of(network, with_rights).ends.tolist() == plan_of(network, flows).ends.tolist()


def test_four_phases_each_with_its_fullest_lane():
    network = crossing()
    flows = {WT: 360, ET: 180, NT: 90, ST: 180, WL: 90, EL: 54, NL: 36, SL: 18, WR: 900}
    (critical,) = critical_flows(conditions(network, flows), SATURATION)
    assert critical.phases == (0, 1, 2, 3)
    assert critical.ratios == pytest.approx((0.2, 0.1, 0.05, 0.02))


def test_flow_is_spread_over_the_lanes_of_a_movement():
    # mixed(): through has lanes 0 and 1, the right turn shares lane 1: 200 + 100 vehicles an hour on it
    network = mixed()
    ratios = movement_ratios(conditions(network, {0: 400, 1: 100, 2: 360}), SATURATION)
    assert ratios[:3] == pytest.approx([300 / 1800, 300 / 1800, 360 / 1800])


def test_cycle_is_kept_between_shortest_and_longest():
    light, heavy = CriticalFlows((0, 1), (0.05, 0.05)), CriticalFlows((0, 1), (0.4, 0.45))
    # L = 14 s: 26 / 0.9 = 28.9 s is below 30 s; 26 / 0.15 = 173 s is above 120 s
    assert webster_cycle(light, design()) == 30
    assert webster_cycle(heavy, design()) == 120
    assert webster_cycle(light, design(shortest=10)) == 29


@pytest.mark.parametrize("ratios", [(0.5, 0.5), (0.9, 0.8)])
def test_overload_gets_the_longest_cycle(ratios):
    assert webster_cycle(CriticalFlows((0, 1), ratios), design(longest=90)) == 90


def test_min_greens_are_kept_even_if_the_cycle_grows():
    timing = TIMING._replace(min_green=20)
    critical = CriticalFlows((0, 1), (0.3, 0.01))
    # 26 / 0.69 = 37.7 s, but two min greens and intergreens take 2 (20 + 5) = 50 s
    assert webster_cycle(critical, design(timing)) == 50
    assert greens_within(50, critical, design(timing)) == [20, 20]
    assert greens_within(60, critical, design(timing)) == [30, 20]


def test_greens_are_no_longer_than_max_green():
    timing = TIMING._replace(max_green=25)
    assert greens_within(80, CriticalFlows((0, 1), (0.3, 0.1)), design(timing)) == [25, 25]


def test_greens_fill_the_cycle_in_proportion():
    greens = greens_within(100, CriticalFlows((0, 1, 2), (0.3, 0.2, 0.1)), design())
    # 100 - 3 * 7 = 79 s effective: 39.5, 26.3 and 13.2 s, shown 41.5, 28.3 and 15.2 s
    assert sum(greens) == 100 - 15
    assert np.abs(np.array(greens) - [41.5, 28.3, 15.2]).max() < 1.0


def test_without_flow_the_cycle_is_shared_equally():
    plan = plan_of(crossing(TWO_PHASES), {})
    assert plan.cycle.tolist() == [30]
    assert plan.ends.tolist() == [[10, 25]]


def test_overlapping_phases_give_the_critical_path_sum():
    # through and left of both directions, and the two phases that serve one approach each (a dual ring)
    served = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]], dtype=bool)  # WT, ET, WL, EL
    critical = critical_phases(served, np.array([0.30, 0.10, 0.20, 0.05]))
    # least sum: max(WT + EL, ET + WL) = max(0.35, 0.30)
    assert sum(critical.ratios) == pytest.approx(0.35)
    loads = np.zeros(4)
    loads[list(critical.phases)] = critical.ratios
    assert (served @ loads >= np.array([0.30, 0.10, 0.20, 0.05]) - 1e-9).all()


def test_phases_that_are_not_needed_are_left_out():
    eight = (
        (WT, ET, *RIGHTS),
        (NT, ST, *RIGHTS),
        (WL, EL, *RIGHTS),
        (NL, SL, *RIGHTS),
        (WT, WL, *RIGHTS),
        (ET, EL, *RIGHTS),
        (NT, NL, *RIGHTS),
        (ST, SL, *RIGHTS),
    )
    balanced = {WT: 360, ET: 360, NT: 360, ST: 360, WL: 90, EL: 90, NL: 90, SL: 90}
    plan = plan_of(crossing(eight), balanced)
    assert plan.order[0, : plan.used[0]].tolist() == [0, 1, 2, 3]


def test_a_movement_without_flow_still_gets_a_green():
    served = np.array([[1, 0, 0], [0, 1, 1]], dtype=bool)
    assert critical_phases(served, np.array([0.4, 0.0])).phases == (0, 1)


def test_one_phase_stays():
    plan = plan_of(crossing([tuple(range(12))]), {WT: 800})
    assert {int(plan.phases_at(time)[0]) for time in range(200)} == {0}


def test_each_intersection_has_its_own_cycle():
    plan = plan_of(mixed(), {0: 600, 2: 500, 3: 100, 5: 100})
    assert plan.cycle[0] > plan.cycle[1] >= 30


def test_a_protected_right_turn_counts():
    roads = {"a": Road(1, "J"), "b": Road(1, "J"), "c": Road(1, "rim"), "d": Road(1, "rim")}
    movements = [Movement("a", (0,), "c", "right"), Movement("b", (0,), "d", "through")]
    network = make_network(roads, movements, {"J": [(0,), (1,)]})
    (critical,) = critical_flows(conditions(network, {0: 180, 1: 360}), SATURATION)
    assert critical.ratios == pytest.approx((0.1, 0.2))


def test_shortest_cycle_may_not_exceed_the_longest():
    with pytest.raises(
        StrategyError, match=r"webster:shortest_cycle_s=90: 90 s is longer than the longest cycle of 60 s"
    ):
        Webster(shortest_cycle_s=90, longest_cycle_s=60)


def test_defaults_are_those_of_the_benchmark_car():
    strategy = Webster()
    assert strategy.saturation_flow_vph == pytest.approx(3600 / 2.45, abs=1.0)
    assert strategy.interval == 1
