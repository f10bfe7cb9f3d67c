import numpy as np
import pytest

from tests.helpers.handmade_signals import (
    EAST,
    NORTH,
    SOUTH,
    TIMING,
    WEST,
    Movement,
    Road,
    arterial,
    conditions,
    make_network,
    mixed,
)
from traffic_marl.errors import StrategyError
from traffic_marl.network.generators.arterial import arterial as generated
from traffic_marl.network.opening import opened
from traffic_marl.strategies.classical.corridors import chains, continuations, links_by_importance
from traffic_marl.strategies.classical.green_wave import GreenWave


def flows(intersections, east, west, side=200):
    return {
        4 * j + way: flow
        for j in range(intersections)
        for way, flow in ((EAST, east), (WEST, west), (SOUTH, side), (NORTH, side))
    }


def plan_of(network, flow, timing=TIMING, **parameters):
    return GreenWave(**parameters).start(conditions(network, flow, timing)).plan


def test_eastbound_wave_travels_at_the_limit():
    # 300 m from stop line to stop line at 15 m/s: each green starts 20 s after the one before, modulo 60 s
    plan = plan_of(arterial(5), flows(5, east=500, west=300), cycle_s=60)
    assert plan.cycle.tolist() == [60] * 5
    assert plan.offset.tolist() == [0, 20, 40, 0, 20]


def test_westbound_wave_where_the_flow_is_westbound():
    plan = plan_of(arterial(4), flows(4, east=300, west=500), cycle_s=60)
    assert (np.diff(plan.offset) % 60).tolist() == [40, 40, 40]  # 20 s earlier at each intersection further east


def test_progression_speed_may_be_given():
    # 300 m at 30 km/h = 8.333 m/s: 36 s
    plan = plan_of(arterial(3), flows(3, east=500, west=300), cycle_s=70, speed_kmh=30.0)
    assert plan.offset.tolist() == [0, 36, 2]


def test_offsets_carry_a_platoon_through_greens_of_different_splits():
    network = arterial(3)
    flow = flows(3, east=500, west=100)
    flow[4 + SOUTH] = 700  # the middle intersection gives more green to the side road
    plan = plan_of(network, flow, cycle_s=80)
    for j in range(3):
        arrives = plan.offset[0] + 20 * j
        assert plan.phases_at(int(arrives))[j] == 0
        assert plan.phases_at(int(arrives) - 6)[j] == 1  # the main green has just begun


def test_common_cycle_is_the_largest_that_webster_asks_for():
    # sides 200, main 500 and once 700 veh/h at 1800: y = 0.389 + 0.111 = 0.5, L = 14 s, C = 26 / 0.5 = 52 s
    flow = flows(3, east=500, west=100)
    flow[4 + EAST] = 700
    plan = plan_of(arterial(3), flow, saturation_flow_vph=1800.0)
    assert plan.cycle.tolist() == [52] * 3


def test_coordinated_phase_is_the_one_of_the_through_movement():
    # the main road has the second phase: offsets differ by 20 s between starts of *that* green
    network = arterial(2)
    tables = network.tables
    tables.served[4:] = ~tables.served[4:]  # swap the phases of the second intersection
    plan = plan_of(network, flows(2, east=500, west=100, side=500), cycle_s=60)
    begin = plan.begins[1, 1]
    assert begin > 0
    assert (plan.offset[1] + begin - plan.offset[0]) % 60 == 20


def test_busier_corridor_is_served_first_and_the_others_tie_the_rest():
    # two arterials of two intersections joined by southbound side roads: rows 0 east, 1 west, one column ties them
    network = grid_of_two_rows()
    flow = {0: 500, 1: 500, 2: 600, 3: 600, 4: 100, 5: 100, 6: 90, 7: 90}
    links = links_by_importance(conditions(network, flow), None)
    assert [(link.upstream, link.downstream) for link in links] == [(3, 2), (0, 1), (0, 2), (1, 3)]
    plan = plan_of(network, flow, cycle_s=60)
    assert (plan.offset[2] - plan.offset[3]) % 60 == 20
    assert (plan.offset[1] - plan.offset[0]) % 60 == 20
    south_start = plan.begins[:, 1] + plan.offset
    assert (south_start[2] - south_start[0]) % 60 == 20


def test_a_wave_passes_junctions_without_signals():
    plain = generated(3)
    network = opened(plain, ["intersection_2"])
    links = links_by_importance(given_flows(network), None)
    assert [(link.upstream, link.downstream) for link in links] == [(0, 1), (1, 0)]
    whole = [link.travel_time for link in links_by_importance(given_flows(plain), None)]
    assert links[0].travel_time == pytest.approx(sum(whole[:2]))


def test_a_wave_passes_the_beginning_of_turn_pockets():
    plain, network = generated(3), generated(3, left_pocket=60)
    before, after = (links_by_importance(given_flows(each), None) for each in (plain, network))
    assert [(each.upstream, each.downstream) for each in after] == [(each.upstream, each.downstream) for each in before]
    assert [each.travel_time for each in after] == pytest.approx([each.travel_time for each in before], abs=0.1)


def given_flows(network):
    """Conditions in which traffic to the east is heavier than the others."""
    east = [after.endswith("_E") or "_E_part" in after for _, after in network.movement_roads]
    return conditions(network, {movement: 500 if is_east else 300 for movement, is_east in enumerate(east)})


def grid_of_two_rows():
    """Intersections 0, 1 (upper row, eastbound) and 2, 3 (lower row, westbound); southbound columns 0-2 and 1-3."""
    roads = {
        "upper in": Road(1, "0"),
        "upper": Road(1, "1"),
        "upper out": Road(1, "rim"),
        "lower in": Road(1, "3"),
        "lower": Road(1, "2"),
        "lower out": Road(1, "rim"),
        "left in": Road(1, "0"),
        "left": Road(1, "2"),
        "left out": Road(1, "rim"),
        "right in": Road(1, "1"),
        "right": Road(1, "3"),
        "right out": Road(1, "rim"),
    }
    movements = [
        Movement("upper in", (0,), "upper", "through"),
        Movement("upper", (0,), "upper out", "through"),
        Movement("lower in", (0,), "lower", "through"),
        Movement("lower", (0,), "lower out", "through"),
        Movement("left in", (0,), "left", "through"),
        Movement("left", (0,), "left out", "through"),
        Movement("right in", (0,), "right", "through"),
        Movement("right", (0,), "right out", "through"),
    ]
    phases = {"0": [(0,), (4,)], "1": [(1,), (6,)], "2": [(3,), (5,)], "3": [(2,), (7,)]}
    return make_network(roads, movements, phases)


def test_chains_follow_through_movements_and_hold_every_road_once():
    network = arterial(3)
    found = chains(continuations(conditions(network, flows(3, 500, 300))))
    named = [[network.roads[road] for road in chain] for chain in found]
    assert ["east 0", "east 1", "east 2", "east 3"] in named
    assert ["west 3", "west 2", "west 1", "west 0"] in named
    assert sorted(road for chain in found for road in chain) == list(range(len(network.roads)))


def test_a_ring_road_is_cut_once():
    roads = {"ab": Road(1, "B"), "ba": Road(1, "A"), "in": Road(1, "A"), "out": Road(1, "rim")}
    movements = [
        Movement("ab", (0,), "ba", "through"),
        Movement("ba", (0,), "ab", "through"),
        Movement("in", (0,), "out", "left"),
    ]
    network = make_network(roads, movements, {"A": [(1,), (2,)], "B": [(0,)]})
    plan = plan_of(network, {0: 300, 1: 300, 2: 100}, cycle_s=60)
    assert len(plan.offset) == 2


def test_turning_feeds_and_single_phases_do_no_harm():
    plan = plan_of(mixed(), {0: 300, 1: 50, 2: 100, 3: 350, 4: 50, 5: 100, 6: 400, 7: 50, 8: 100}, cycle_s=60)
    assert (plan.offset[1] - plan.offset[0]) % 60 == (20 + _start(plan, 0) - _start(plan, 1)) % 60


def _start(plan, intersection):
    return int(plan.begins[intersection, 0])


def test_a_cycle_that_does_not_fit_is_refused():
    with pytest.raises(StrategyError, match=r"green_wave:cycle_s=15: .* give 20 to"):
        plan_of(arterial(2), flows(2, 500, 300), cycle_s=15)  # two min greens and intergreens take 20 s
    with pytest.raises(StrategyError, match=r"green_wave:cycle_s=90: .* give 20 to 50"):
        plan_of(arterial(2), flows(2, 500, 300), TIMING._replace(max_green=20), cycle_s=90)


def test_max_green_bounds_the_common_cycle():
    plan = plan_of(arterial(2), flows(2, 700, 600), TIMING._replace(max_green=20))
    assert plan.cycle.tolist() == [50, 50]
