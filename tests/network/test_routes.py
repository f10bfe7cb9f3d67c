import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.routes import shortest_path, successors


def test_successors_are_joined_by_a_movement():
    following = successors(grid(1, 1))
    assert following["road_west_1_E"] == ("road_1_1_N", "road_1_1_E", "road_1_1_S")
    assert following["road_1_1_E"] == ()


def test_the_shortest_path_is_the_straight_one():
    network = grid(2, 3)
    assert shortest_path(network, "road_west_1_E", "road_1_3_E") == (
        "road_west_1_E",
        "road_1_1_E",
        "road_1_2_E",
        "road_1_3_E",
    )


def test_a_road_leads_to_itself():
    assert shortest_path(grid(1, 1), "road_west_1_E", "road_west_1_E") == ("road_west_1_E",)


def test_there_is_no_way_back_from_the_rim():
    assert shortest_path(grid(1, 1), "road_1_1_E", "road_west_1_E") is None


def test_only_movements_join_roads():
    no_left = grid(2, 2, lanes=[["through"], ["right"]])
    path = shortest_path(no_left, "road_west_1_E", "road_1_1_N")
    assert path is None
    around = shortest_path(no_left, "road_south_1_N", "road_1_2_S")
    assert around == ("road_south_1_N", "road_1_1_E", "road_1_2_S")


def test_length_decides_and_not_the_number_of_roads():
    network = grid(2, 2, block=200, missing=[("intersection_1_1", "E")])
    path = shortest_path(network, "road_west_1_E", "road_1_2_E")
    assert path == ("road_west_1_E", "road_1_1_N", "road_2_1_E", "road_2_2_S", "road_1_2_E")
    graph = arterial(2, block=[900]).road_graph
    assert graph.edges["road_west_E", "road_1_E"]["length"] == 900 - 2 * 19
    assert graph.edges["road_west_E", "road_1_N"]["length"] == 300 - 19


def test_an_unknown_road_is_named():
    network = grid(1, 1)
    with pytest.raises(NetworkError, match="road_x"):
        shortest_path(network, "road_x", "road_west_1_E")
    with pytest.raises(NetworkError, match="road_y"):
        shortest_path(network, "road_west_1_E", "road_y")
