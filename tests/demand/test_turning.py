from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures, Profile
from traffic_marl.demand.turning import TurningDemand, rim_entries
from traffic_marl.demand.walks import Turning
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid

SHARED_LANES = (("left", "through"), ("through", "right"))
HOUR = Departures(3600)


@cache
def network():
    return grid(3, 3, lanes=SHARED_LANES)


@cache
def single():
    return grid(1, 1)


def demand(where=None, inflow=None, departures=HOUR, **settings):
    where = where or network()
    return TurningDemand(where, inflow or dict.fromkeys(rim_entries(where), 0.1), departures, **settings)


def paths_of(trips):
    """The drivables of each vehicle's path."""
    return [trips.path[start : start + np.argmax(trips.path[start:] == NONE)].tolist() for start in trips.path_start]


def roads_of(where, trips):
    return [[int(where.tables.lane_road[lane]) for lane in path[::2]] for path in paths_of(trips)]


def count_movements(where, trips):
    lanes = len(where.lane_names)
    connections = np.concatenate([np.array(path[1::2]) - lanes for path in paths_of(trips)])
    return np.bincount(where.tables.movement[connections], minlength=len(where.movement_roads))


def test_entries_at_the_rim_are_the_roads_that_come_in():
    assert sorted(rim_entries(single())) == ["road_east_1_W", "road_north_1_S", "road_south_1_N", "road_west_1_E"]


def test_same_seed_draws_the_same_trips():
    one, other = demand().draw(3), demand().draw(3)
    assert len(one) > 3000
    for field in ("scheduled", "type_row", "path", "path_start"):
        assert np.array_equal(getattr(one, field), getattr(other, field))
    assert one.names == other.names
    assert one.types == other.types


def test_draw_does_not_depend_on_draws_before_it():
    used = demand()
    for seed in range(3):
        used.draw(seed)
    assert np.array_equal(used.draw(7).path, demand().draw(7).path)


def test_other_seeds_draw_other_trips():
    one, other = demand().draw(3), demand().draw(4)
    assert not np.array_equal(one.scheduled[:100], other.scheduled[:100])


def test_every_path_is_connected_from_an_entry_to_the_rim():
    where = network()
    tables = where.tables
    lanes = len(where.lane_names)
    trips = demand().draw(0)
    entries = {where.roads.index(name) for name in rim_entries(where)}
    for path in {tuple(path) for path in paths_of(trips)}:
        assert tables.lane_road[path[0]] in entries
        assert tables.lane_intersection[path[-1]] == NONE
        for lane, drivable in zip(path[0:-1:2], path[1::2], strict=True):
            assert tables.start_lane[drivable - lanes] == lane
        for drivable, lane in zip(path[1::2], path[2::2], strict=True):
            assert tables.end_lane[drivable - lanes] == lane


def test_distinct_paths_are_stored_once():
    trips = demand().draw(0)
    paths = {start: tuple(path) for start, path in zip(trips.path_start, paths_of(trips), strict=True)}
    assert len(set(paths.values())) == len(paths)
    assert len(trips.path) == sum(len(path) + 1 for path in paths.values())


def test_vehicles_are_in_order_of_departure_with_names_of_their_own():
    trips = demand().draw(0)
    assert (np.diff(trips.scheduled) >= 0).all()
    assert len(set(trips.names)) == len(trips)


def test_nobody_turns_back():
    where = network()
    begin = {name: start for start, _, name in where.graph.edges(keys=True)}
    end = {name: stop for _, stop, name in where.graph.edges(keys=True)}
    for roads in roads_of(where, demand().draw(0)):
        for before, after in pairwise(roads):
            assert begin[where.roads[before]] != end[where.roads[after]]


def test_turning_ratios_are_honoured():
    where = single()
    drawn = demand(where, {"road_west_1_E": 2.0}, turning=Turning(0.2, 0.5, 0.3)).draw(1)
    share = count_movements(where, drawn) / len(drawn)
    found = {
        turn: share[place]
        for place, turn in enumerate(where.movement_turns)
        if where.movement_roads[place][0] == "road_west_1_E"
    }
    assert found == pytest.approx({"left": 0.2, "through": 0.5, "right": 0.3}, abs=0.025)


def test_shares_are_shared_by_the_turns_there_are():
    where = grid(1, 1, missing=[("intersection_1_1", "E")])
    built = demand(where, {"road_west_1_E": 1.0}, turning=Turning(0.1, 0.8, 0.3))
    flow = {turn: built.flow[place] for place, turn in enumerate(where.movement_turns) if built.flow[place]}
    assert flow == pytest.approx({"left": 0.25, "right": 0.75})


def test_vehicles_of_an_entry_may_turn_differently():
    where = single()
    inflow = {"road_west_1_E": 1.0, "road_east_1_W": 1.0}
    built = demand(where, inflow, turning=Turning(0, 1, 0), turning_of={"road_east_1_W": Turning(0, 0, 1)})
    flow = {pair: flow for pair, flow in zip(where.movement_roads, built.flow, strict=True) if flow}
    assert flow == {("road_west_1_E", "road_1_1_E"): 1.0, ("road_east_1_W", "road_1_1_N"): 1.0}


def test_flow_is_the_mean_of_many_draws():
    where = network()
    profile = Profile(((0.0, 0.5), (300.0, 2.0)))
    built = demand(where, departures=Departures(600, profile), turning=Turning(0.3, 0.4, 0.3), most_intersections=4)
    draws = 60
    counts = sum(count_movements(where, built.draw(seed)) for seed in range(draws))
    expected = built.flow * 600 * draws
    assert (expected > 500).all()
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected).max()
    assert counts.sum() == pytest.approx(expected.sum(), rel=0.01)


def test_flow_in_is_flow_out():
    where = network()
    built = demand(where, turning=Turning(1, 1, 1))
    leaves = [where.tables.lane_intersection[end] == NONE for end in where.tables.end_lane]
    last = sorted({int(where.tables.movement[place]) for place in np.flatnonzero(leaves)})
    assert built.flow[last].sum() == pytest.approx(0.1 * len(rim_entries(where)))


def test_endless_walks_take_the_shortest_way_out():
    where = network()
    circling = demand(where, {"road_1_1_E": 1.0}, turning=Turning(1, 0, 0), most_intersections=6)
    (walk,) = {tuple(where.roads[road] for road in roads) for roads in roads_of(where, circling.draw(0))}
    circle = ["road_1_1_E", "road_1_2_N", "road_2_2_W", "road_2_1_S"]
    assert list(walk) == [*circle, *circle[:3], "road_2_1_W"]
    assert circling.flow.sum() == pytest.approx(7.0)


def test_main_street_carries_its_through_traffic():
    where = arterial(3)
    built = demand(where, {"road_west_E": 0.5}, turning=Turning(0, 1, 0))
    assert sorted(built.flow[built.flow > 0].tolist()) == [0.5, 0.5, 0.5]


def test_no_inflow_gives_no_trips():
    trips = demand(single(), {"road_west_1_E": 0.0}).draw(0)
    assert len(trips) == len(trips.path) == len(trips.names) == 0


@pytest.mark.parametrize(
    ("inflow", "settings", "message"),
    [
        ({}, {}, "inflow: no road has an inflow; give the inflow of at least one road"),
        ({"road_x": 1.0}, {}, "inflow.road_x: is not a road of the network; name roads that lead to an intersection"),
        ({"road_1_1_E": 1.0}, {}, "inflow.road_1_1_E: is a road that leads to no intersection; name roads"),
        ({"road_west_1_E": -1.0}, {}, "inflow.road_west_1_E: -1.0 is not a flow; give a number of at least 0"),
        ({"road_west_1_E": float("nan")}, {}, "inflow.road_west_1_E: nan is not a flow"),
        ({"road_west_1_E": 1.0}, {"turning_of": {"road_x": Turning()}}, "turning_of.road_x: is not an entry"),
        ({"road_west_1_E": 1.0}, {"most_intersections": 0}, "most_intersections: 0 is too few; give at least 1"),
    ],
)
def test_mistakes_say_where_they_are(inflow, settings, message):
    with pytest.raises(DemandError) as error:
        TurningDemand(single(), inflow, HOUR, **settings)
    assert str(error.value).startswith(message)


def test_turns_without_a_share_are_refused_where_vehicles_come():
    where = grid(1, 1, missing=[("intersection_1_1", "E")])
    with pytest.raises(DemandError, match="none of the turns at the end of road 'road_west_1_E' has a share"):
        demand(where, {"road_west_1_E": 1.0}, turning=Turning(0, 1, 0))
    assert demand(where, {"road_north_1_S": 1.0}, turning=Turning(0, 1, 0)).flow.sum() == 1.0


@pytest.mark.parametrize("shares", [(0, 0, 0), (-0.1, 1, 0), (float("nan"), 1, 1)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(DemandError, match=r"^turning: .* are not shares"):
        Turning(*shares)


def test_a_share_of_a_turn_that_no_movement_makes_is_told():
    lost = demand(grid(1, 2, lanes=[["through"], ["right"]])).remarks
    assert [str(remark) for remark in lost] == [
        "demand.turning.left: no movement of the network makes this turn, so its share of 0.1 goes to the others"
    ]
    assert demand(grid(1, 2, lanes=[["through"], ["right"]]), turning=Turning(0.0, 1.0, 1.0)).remarks == ()
    assert demand(single()).remarks == ()
