import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.lanes import blocked_lanes, check_lanes, described, lacking_turns, signalled_lanes
from traffic_marl.network.phases import select_phases

ONE = [["left", "through", "right"]]
SHARED = [["left"], ["through", "right"]]


def blocked(network):
    return [network.lane_names[each.lane] for each in blocked_lanes(network)]


def test_a_lane_of_a_left_and_a_through_movement_blocks_itself_with_four_phases():
    network = arterial(1, side_lanes=ONE)
    assert set(blocked(network)) == {"road_south_1_N_0", "road_north_1_S_0"}
    first = next(each for each in blocked_lanes(network) if network.lane_names[each.lane] == "road_south_1_N_0")
    assert described(network, first) == (
        'lane road_south_1_N_0 at intersection_1, which goes left to road_1_W in "NS left", through to road_1_N in '
        '"NS through", right to road_1_E in all phases'
    )


@pytest.mark.parametrize("phases", ["two", "eight"])
def test_a_phase_that_serves_all_turns_of_a_lane_keeps_it_moving(phases):
    check_lanes(grid(2, 2, lanes=ONE, phases=phases, missing=[("intersection_1_1", "N")]))


@pytest.mark.parametrize("phases", ["two", "four", "eight"])
def test_a_right_turn_blocks_no_lane(phases):
    network = grid(2, 1, lanes=SHARED, phases=phases)
    check_lanes(network)
    assert signalled_lanes(network) == 16


def test_a_missing_leg_can_leave_a_shared_lane_sound():
    network = grid(1, 1, lanes=ONE, missing=[("intersection_1_1", "N")])
    assert blocked(network) == []


def test_a_movement_that_no_phase_serves_makes_no_blocked_lane():
    network = grid(1, 1, lanes=ONE)
    assert blocked(select_phases(network, [1, 2])) != []
    through_only = [row for row, name in enumerate(["", "EW through", "EW left", "NS through"]) if "through" in name]
    assert blocked(select_phases(network, through_only)) == []


def test_the_error_names_lane_intersection_phases_and_a_remedy():
    with pytest.raises(NetworkError) as caught:
        check_lanes(arterial(2, side_lanes=ONE))
    assert caught.value.where == "phases"
    assert all(name in caught.value.what for name in ("_0 at intersection_1", '"NS through"', '"NS left"'))
    assert 'phases "two"' in caught.value.remedy


def test_turns_that_no_lane_allows_are_found_by_approach():
    network = arterial(1, lanes=[["through"], ["right"]], side_lanes=[["left"], ["right"]])
    assert set(lacking_turns(network)) == {
        ("road_west_E", "left"),
        ("road_east_W", "left"),
        ("road_south_1_N", "through"),
        ("road_north_1_S", "through"),
    }


def test_a_leg_that_is_left_out_makes_no_lacking_turn():
    assert lacking_turns(grid(2, 2, missing=[("intersection_1_1", "N")])) == []
    assert lacking_turns(grid(2, 2, lanes=ONE, phases="two")) == []
