"""Free travel times, against sums along each path in plain Python."""

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.trips import VehicleType
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation.free_flow import free_times, free_ways
from traffic_marl.simulation.packing import entry_lanes, pack_roads, pack_vehicles

CAR, BUS = VehicleType(), VehicleType("bus", length=12.0, max_speed=8.0)
NETWORK = grid(1, 2, block=150.0, speed_limit=10.0)
ROADS = NETWORK.tables


def random_trips(seed):
    departures = Departures(100, types=(CAR, BUS), shares=(1.0, 1.0))
    return TurningDemand(NETWORK, dict.fromkeys(NETWORK.entry_roads, 0.2), departures).draw(seed)


def path_from(path, start):
    """Drivables of one path."""
    end = start + int(np.argmax(path[start:] == NONE))
    return path[start:end].tolist()


def test_free_times_are_sums_along_the_path():
    drawn = [random_trips(1), random_trips(2)]
    vehicles = pack_vehicles(drawn, ROADS)
    free = free_times(pack_roads(ROADS, entry_lanes(vehicles)), vehicles)
    for b, trips in enumerate(drawn):
        for vehicle in range(len(trips)):
            path = path_from(trips.path, trips.path_start[vehicle])
            fastest = trips.types[trips.type_row[vehicle]].max_speed
            expected = sum(ROADS.length[drivable] / min(fastest, ROADS.limit[drivable]) for drivable in path)
            assert free[b, vehicle] == pytest.approx(expected)
    assert len(np.unique(vehicles.type_row)) == 2


def test_free_times_do_not_depend_on_the_batch():
    alone = pack_vehicles([random_trips(2)], ROADS)
    batch = pack_vehicles([random_trips(1), random_trips(2)], ROADS)
    roads = pack_roads(ROADS, entry_lanes(batch))
    count = alone.scheduled.shape[1]
    assert np.array_equal(free_times(roads, alone)[0], free_times(roads, batch)[1, :count])


def test_the_free_way_to_a_drivable_is_that_of_the_drivables_before_it():
    vehicles = pack_vehicles([random_trips(1)], ROADS)
    ways = free_ways(pack_roads(ROADS, entry_lanes(vehicles)), vehicles)
    for vehicle, start in enumerate(vehicles.path_start[0].tolist()):
        fastest = (CAR, BUS)[vehicles.type_row[0, vehicle]].max_speed
        free = 0.0
        for place, drivable in enumerate(path_from(vehicles.path, start), ways.start[0, vehicle]):
            assert ways.time[place] == pytest.approx(free)
            free += ROADS.length[drivable] / min(fastest, ROADS.limit[drivable])
    assert len(np.unique(vehicles.type_row)) == 2


def test_as_many_types_as_vehicles_take_no_more_room_than_the_ways_of_the_vehicles():
    types = tuple(VehicleType(f"car_{row}", max_speed=8.0 + row / 1000) for row in range(2000))
    drawn = Departures(1000, types=types, shares=(1.0,) * len(types))
    trips = TurningDemand(NETWORK, dict.fromkeys(NETWORK.entry_roads, 0.2), drawn).draw(1)
    vehicles = pack_vehicles([trips], ROADS)
    roads = pack_roads(ROADS, entry_lanes(vehicles))
    driven = sum(len(path_from(vehicles.path, start)) + 1 for start in vehicles.path_start[0].tolist())
    assert len(free_ways(roads, vehicles).time) <= driven
    fastest = vehicles.types["max_speed"][vehicles.type_row[0]]
    expected = [
        sum(ROADS.length[d] / min(top, ROADS.limit[d]) for d in path_from(vehicles.path, start))
        for start, top in zip(vehicles.path_start[0].tolist(), fastest.tolist(), strict=True)
    ]
    assert free_times(roads, vehicles)[0].tolist() == pytest.approx(expected)
