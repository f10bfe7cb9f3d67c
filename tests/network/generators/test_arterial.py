import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.model import roads_of


def test_the_main_street_runs_east():
    network = arterial(3, block=[200, 150.5])
    assert network.intersections == ("intersection_1", "intersection_2", "intersection_3")
    assert network.positions.tolist() == [[0.0, 0.0], [200.0, 0.0], [350.5, 0.0]]
    assert "road_west_E" in network.entry_roads
    assert "road_3_E" in network.exit_roads
    assert len(network.entry_roads) == 8


def test_both_streets_have_their_own_lanes_and_limits():
    network = arterial(2, speed_limit=16.0, side_speed_limit=8.0)
    roads = {road.name: road for road in roads_of(network.graph)}
    assert [lane.limit for lane in roads["road_1_E"].lanes] == [16.0] * 4
    assert [lane.limit for lane in roads["road_north_1_S"].lanes] == [8.0] * 3


def test_stop_lines_leave_room_for_the_wider_street():
    network = arterial(1, rim=100, side_length=80)
    assert network.tables.length[network.lane_names.index("road_west_E_0")] == 100 - (4 * 4 + 3)
    assert network.tables.length[network.lane_names.index("road_south_1_N_0")] == 80 - (4 * 4 + 3)


@pytest.mark.parametrize("phases", ["two", "four", "eight"])
def test_one_lane_side_streets_work_with_every_plan(phases):
    network = arterial(
        2, side_lanes=[["left", "through", "right"]], lanes=[["left"], ["through", "right"]], phases=phases
    )
    assert network.tables.served.any(axis=1).all()


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"intersections": 0}, "intersections"),
        ({"block": [100]}, "block"),
        ({"block": [100, -1]}, "block[1]"),
        ({"block": "far"}, "block"),
        ({"rim": 0}, "rim"),
        ({"side_length": float("nan")}, "side_length"),
        ({"speed_limit": 0}, "speed_limit"),
        ({"side_speed_limit": -1}, "side_speed_limit"),
        ({"side_lanes": [["up"]]}, "side_lanes[0]"),
        ({"lanes": [["right"], ["left"]]}, "lanes[1]"),
        ({"lanes": [["left"], ["left"], ["through"]], "side_lanes": [["left", "through", "right"]]}, "lanes"),
    ],
)
def test_a_bad_argument_is_named(arguments, where):
    with pytest.raises(NetworkError) as caught:
        arterial(**{"intersections": 3, **arguments})
    assert caught.value.where == where
