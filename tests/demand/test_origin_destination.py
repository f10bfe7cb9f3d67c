import numpy as np
import pytest

from traffic_marl.demand.departures import Departures, Profile
from traffic_marl.demand.origin_destination import OriginDestinationDemand, Pair
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.grid import grid

NETWORK = grid(2, 2)
HOUR = Departures(3600)


def flows(*pairs, departures=HOUR):
    built = OriginDestinationDemand(NETWORK, [Pair(*pair) for pair in pairs], departures)
    return {roads: flow for roads, flow in zip(NETWORK.movement_roads, built.flow.tolist(), strict=True) if flow}


def test_flow_is_the_sum_over_routes():
    assert flows(("west_1", "east_1", 0.25), ("road_west_1_E", "north_1", 0.5)) == {
        ("road_west_1_E", "road_1_1_E"): 0.25,
        ("road_1_1_E", "road_1_2_E"): 0.25,
        ("road_west_1_E", "road_1_1_N"): 0.5,
        ("road_1_1_N", "road_2_1_N"): 0.5,
    }


def test_flow_is_averaged_over_the_profile():
    ramp = Departures(100, Profile(((0.0, 0.0), (100.0, 1.0))))
    assert set(flows(("west_1", "east_1", 0.5), departures=ramp).values()) == {0.25}


def test_inner_node_is_left_and_reached_by_the_shorter_road():
    assert list(flows(("intersection_1_1", "east_1", 1.0))) == [("road_1_1_E", "road_1_2_E")]
    assert list(flows(("west_1", "intersection_1_2", 1.0))) == [("road_west_1_E", "road_1_1_E")]


def test_draws_follow_the_seed_and_the_routes():
    built = OriginDestinationDemand(NETWORK, [Pair("west_1", "east_1", 0.1), Pair("south_1", "north_1", 0.3)], HOUR)
    trips = built.draw(5)
    assert np.array_equal(trips.scheduled, built.draw(5).scheduled)
    assert not np.array_equal(trips.scheduled[:50], built.draw(6).scheduled[:50])
    first = [NETWORK.roads[NETWORK.tables.lane_road[trips.path[start]]] for start in trips.path_start]
    assert first.count("road_west_1_E") == pytest.approx(360, abs=80)
    assert first.count("road_south_1_N") == pytest.approx(1080, abs=140)
    assert (trips.path == NONE).sum() == 2


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("nowhere", "east_1", 1.0), "pairs[0].origin: 'nowhere' is neither a road nor a node of the network"),
        (("west_1", "nowhere", 1.0), "pairs[0].destination: 'nowhere' is neither a road nor a node of the network"),
        (("west_1", "west_1", 1.0), "pairs[0]: 'west_1' is both origin and destination; give two places"),
        (("road_1_2_E", "west_1", 1.0), "pairs[0]: no route leads from 'road_1_2_E' to 'west_1'"),
        (("west_1", "east_1", -1.0), "pairs[0].flow: -1.0 is not a flow; give a number of at least 0"),
        (("west_1", "east_1", float("inf")), "pairs[0].flow: inf is not a flow"),
    ],
)
def test_mistakes_say_where_they_are(pair, message):
    with pytest.raises(DemandError) as error:
        flows(pair)
    assert str(error.value).startswith(message)


def test_no_pair_is_refused():
    with pytest.raises(DemandError, match="pairs: the list is empty"):
        flows()
