import numpy as np
import pytest

from tests.helpers.handmade_roads import street
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import VehicleType
from traffic_marl.errors import DemandError

STRAIGHT = [(0, 0), (1, 1), (2, 2)]
FREE = street(STRAIGHT, STRAIGHT)  # three first lanes to choose from
BOUND = street([(1, 1)], STRAIGHT)
ROADS = ("in", "mid", "out")
BUS = VehicleType("bus", length=12.0)


def test_trips_of_one_second_keep_the_order_given():
    plan = [PlannedTrip("a", 5, ROADS), PlannedTrip("b", 2, ROADS, BUS), PlannedTrip("c", 5, ROADS[:2])]
    trips = TripDemand(BOUND, plan, 10).draw(0)
    assert trips.names == ("b", "a", "c")
    assert trips.scheduled.tolist() == [2, 5, 5]
    assert [trips.types[row].name for row in trips.type_row] == ["bus", "car", "car"]
    assert len(set(trips.path_start.tolist())) == 2


def test_types_given_stand_in_the_table_in_their_order_though_no_trip_has_them():
    car, van = VehicleType(), VehicleType("van", length=6.0)
    trips = TripDemand(BOUND, [PlannedTrip("a", 5, ROADS, BUS)], 10, types=(car, BUS, van, BUS)).draw(0)
    assert trips.types == (car, BUS, van)
    assert trips.type_row.tolist() == [1]


def test_flow_counts_the_trips():
    plan = [PlannedTrip("a", 5, ROADS), PlannedTrip("b", 2, ROADS[:2])]
    assert TripDemand(BOUND, plan, 10).flow.tolist() == [0.2, 0.1]


def test_trips_without_choice_are_the_same_for_every_seed():
    demand = TripDemand(BOUND, [PlannedTrip(str(number), number, ROADS) for number in range(50)], 50)
    assert not demand.is_random
    assert np.array_equal(demand.draw(0).path_start, demand.draw(1).path_start)


def test_only_the_first_lane_is_drawn():
    demand = TripDemand(FREE, [PlannedTrip(str(number), number, ROADS) for number in range(3000)], 3000)
    assert demand.is_random
    one, other = demand.draw(0), demand.draw(1)
    assert np.array_equal(one.scheduled, other.scheduled)
    lanes = one.path[one.path_start]
    assert not np.array_equal(lanes, other.path[other.path_start])
    assert np.array_equal(lanes, demand.draw(0).path[demand.draw(0).path_start])
    assert np.bincount(lanes) == pytest.approx([1000, 1000, 1000], abs=110)


def test_no_trip_is_a_demand():
    demand = TripDemand(FREE, [], 10)
    assert len(demand.draw(0)) == 0
    assert demand.flow.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("trip", "message"),
    [
        (PlannedTrip("a", 10, ROADS), "trips[1].scheduled: 10 s is not within the duration; give 0 to 9"),
        (PlannedTrip("a", -1, ROADS), "trips[1].scheduled: -1 s is not within the duration"),
        (PlannedTrip("a", 1, ("in", "out")), "trips[1].roads: no lanes lead along in > out"),
        (PlannedTrip("a", 1, ("in", "up")), "trips[1].roads: there is no road 'up'"),
    ],
)
def test_mistakes_name_the_trip(trip, message):
    with pytest.raises(DemandError) as error:
        TripDemand(FREE, [PlannedTrip("fine", 0, ROADS), trip], 10)
    assert str(error.value).startswith(message)
