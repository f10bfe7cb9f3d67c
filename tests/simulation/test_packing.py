"""Tables packed for the kernels, against the tables and trips that they are made from."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import GREEN, LEFT, NEVER, NONE, RIGHT, Timing
from traffic_marl.kernels.traffic import SHOWN, TURNING
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.detectors import pack_detectors
from traffic_marl.simulation.packing import (
    empty_traffic,
    entry_lanes,
    entry_queues,
    pack_drivables,
    pack_roads,
    pack_vehicles,
    reach,
    signalled_lanes,
    vehicle_table,
)
from traffic_marl.simulation.places.packing import empty_notes, no_places

CAR, BUS = VehicleType(), VehicleType("bus", length=12.0, max_speed=8.0)
NETWORK = grid(1, 2, block=150.0, speed_limit=10.0)
ROADS = NETWORK.tables
LANES = len(NETWORK.lane_names)


def random_trips(seed, types=(CAR, BUS)):
    departures = Departures(100, types=types, shares=(1.0,) * len(types))
    return TurningDemand(NETWORK, dict.fromkeys(NETWORK.entry_roads, 0.2), departures).draw(seed)


def no_trips():
    return Trips((CAR, BUS), *(np.zeros(0, dtype) for dtype in (np.int32, np.int32, np.int32, np.int32)), ())


def path_from(path, start):
    """Drivables of one path."""
    end = start + int(np.argmax(path[start:] == NONE))
    return path[start:end].tolist()


# Vehicles


def test_a_car_in_the_table():
    (row,) = vehicle_table([CAR])
    for name in ("length", "min_gap", "max_speed", "headway", "max_acceleration", "usual_deceleration"):
        assert row[name] == getattr(CAR, name)
    assert row["look_ahead"] == pytest.approx(35.94, abs=0.005)  # 13.72 m to brake, and 2 s at 11.111 m/s
    assert row["search"] == row["reach"] + 5.0
    assert (row["max_curve"], row["max_scale"]) == pytest.approx((2 / 4.5, 4.5))
    assert row["slowness"] * row["max_speed"] == pytest.approx(1.0)


def test_a_leader_may_be_as_long_as_the_longest_type():
    table = vehicle_table([CAR, BUS])
    assert (table["search"] - table["reach"]).tolist() == [12.0, 12.0]


def bounds(kind, speed, gap, leader_speed, leader):
    """The three speeds that a leader leaves, by the formulas of the model (Zhang et al. 2019)."""
    closing = max(0.0, speed - leader_speed)
    yield (gap + leader_speed + closing / 2 - speed / 2) / (kind.headway + 0.5)
    for mine, theirs, target in (
        (kind.max_deceleration, leader.max_deceleration, 0.0),
        (kind.usual_deceleration, leader.usual_deceleration, kind.min_gap),
    ):
        room = gap - target + leader_speed**2 / (2 * theirs) - speed / 2
        yield (math.sqrt(0.25 + 2 * room / mine) - 0.5) * mine if room > -mine / 8 else -100.0
        yield 2 * leader_speed - theirs + 2 * (gap - target)


kinds = st.builds(
    VehicleType,
    min_gap=st.floats(0, 10),
    max_speed=st.floats(0.5, 60),
    headway=st.floats(0, 6),
    max_deceleration=st.floats(0.3, 15),
    usual_deceleration=st.floats(0.3, 15),
)


@settings(deadline=None, max_examples=300)
@given(kinds, kinds, st.floats(0, 1), st.floats(0, 1))
def test_nobody_beyond_the_reach_holds_a_vehicle_back(kind, leader, share, leader_share):
    hardest = max(leader.max_deceleration, leader.usual_deceleration, kind.max_deceleration, kind.usual_deceleration)
    gap = reach(kind, hardest)
    speeds = bounds(kind, share * kind.max_speed, gap, leader_share * leader.max_speed, leader)
    assert min(speeds) >= kind.max_speed


def test_the_reach_is_no_longer_than_it_must_be():
    """A standing leader a quarter nearer does hold a car back."""
    assert min(bounds(CAR, CAR.max_speed, 0.75 * reach(CAR, 4.5), 0.0, CAR)) < CAR.max_speed


# Trips


def test_queues_hold_each_vehicle_once_in_the_order_of_the_trips():
    trips = random_trips(0)
    start, queue = entry_queues(trips, LANES)
    assert sorted(queue.tolist()) == list(range(len(trips)))
    assert len(set(trips.scheduled.tolist())) < len(trips)  # some are due in the same second
    for lane in range(LANES):
        waiting = queue[start[lane] : start[lane + 1]].tolist()
        assert waiting == sorted(waiting)
        assert all(trips.path[trips.path_start[vehicle]] == lane for vehicle in waiting)


def test_copies_keep_their_own_vehicles():
    drawn = [random_trips(1), no_trips(), random_trips(2)]
    vehicles = pack_vehicles(drawn, ROADS)
    assert vehicles.scheduled.shape == (3, max(len(drawn[0]), len(drawn[2])))
    for b, trips in enumerate(drawn):
        count = len(trips)
        assert np.array_equal(vehicles.scheduled[b, :count], trips.scheduled)
        assert np.array_equal(vehicles.type_row[b, :count], trips.type_row)
        assert (vehicles.scheduled[b, count:] == NEVER).all()
        assert vehicles.queue_start[b, -1] == count
        for vehicle in range(count):
            own = path_from(trips.path, trips.path_start[vehicle])
            assert path_from(vehicles.path, vehicles.path_start[b, vehicle]) == own


def test_the_same_trips_are_stored_once():
    trips = random_trips(1)
    twice, once = pack_vehicles([trips, trips], ROADS), pack_vehicles([trips], ROADS)
    assert np.array_equal(twice.path, once.path)
    assert np.array_equal(twice.path_start[0], twice.path_start[1])
    assert len(pack_vehicles([trips, random_trips(1)], ROADS).path) == 2 * len(once.path)


def test_no_vehicle_at_all_packs_to_padding():
    vehicles = pack_vehicles([no_trips()], ROADS)
    assert vehicles.scheduled.tolist() == [[NEVER]]
    assert not vehicles.queue_start.any()
    assert len(entry_lanes(vehicles)) == 0


def test_copies_with_different_types_are_refused():
    with pytest.raises(DemandError, match="trips: copies with different vehicle types; give all copies"):
        pack_vehicles([random_trips(1), random_trips(1, (CAR,))], ROADS)


def test_entries_are_the_lanes_on_which_somebody_enters_in_any_copy():
    one, other = (
        TripDemand(NETWORK, [PlannedTrip("car", 0, roads)], 1).draw(0)
        for roads in (("road_west_1_E", "road_1_1_E"), ("road_south_2_N", "road_1_2_E"))
    )
    lanes = entry_lanes(pack_vehicles([one, other], ROADS)).tolist()
    assert sorted(NETWORK.lane_names[lane] for lane in lanes) == ["road_south_2_N_2", "road_west_1_E_1"]
    assert lanes == sorted(lanes)


# Roads


def test_approaches_are_the_lanes_that_end_at_each_intersection():
    start, lanes = signalled_lanes(ROADS)
    for node, name in enumerate(NETWORK.intersections):
        ends = {road for _, end, road in NETWORK.graph.edges(keys=True) if end == name}
        own = lanes[start[node] : start[node + 1]].tolist()
        assert own == [lane for lane, known in enumerate(NETWORK.lane_names) if known.rpartition("_")[0] in ends]
        assert len(own) == 12
    assert start[-1] == len(lanes)


def test_drivables_keep_the_geometry_of_the_roads():
    table = pack_drivables(ROADS)
    assert np.array_equal(table["length"], ROADS.length)
    assert np.array_equal(table["slowness"] * ROADS.limit, np.ones(len(ROADS.limit)))
    connections = table[LANES:]
    assert np.array_equal(connections["start"], ROADS.start_lane)
    assert np.array_equal(connections["end"], ROADS.end_lane)


def test_drivables_know_their_neighbours():
    roads = pack_roads(ROADS, np.zeros(0, np.int32))
    lanes, connections = roads.drivables[:LANES], roads.drivables[LANES:]
    for lane in range(LANES):
        own = roads.leaving[lanes["first"][lane] : lanes["last"][lane]]
        assert (roads.drivables["start"][own] == lane).all()
    assert (lanes["last"] - lanes["first"]).sum() == len(connections)
    for name, column in (("start", "start_lane"), ("end", "end_lane"), ("length", "length")):
        table = getattr(ROADS, column)
        assert np.array_equal(connections[name], table[-len(connections) :])
    assert np.array_equal(connections["manner"] == TURNING, np.isin(ROADS.rank, (LEFT, RIGHT)))
    assert np.array_equal(lanes["intersection"], ROADS.lane_intersection)


def test_crossings_name_the_bit_of_the_other_connection():
    roads = pack_roads(ROADS, np.zeros(0, np.int32))
    for c, row in enumerate(roads.drivables[LANES:]):
        assert int(row["mask"]) == 1 << int(ROADS.bit[c]) % 64
        assert row["word"] == ROADS.bit[c] // 64
        assert np.diff(roads.crossings["distance"][row["first"] : row["last"]]).min(initial=0.0) >= 0.0
        for crossing in roads.crossings[row["first"] : row["last"]]:
            foe = roads.drivables[crossing["foe"]]
            assert (crossing["mask"], crossing["word"]) == (foe["mask"], foe["word"])
            assert foe["intersection"] == row["intersection"]
            mine = roads.crossings[foe["first"] : foe["last"]]
            (back,) = mine[mine["foe"] == LANES + c]
            assert (back["distance"], back["foe_distance"]) == (crossing["foe_distance"], crossing["distance"])


# Traffic


def test_at_the_start_roads_are_empty_and_signals_show_their_first_phase():
    vehicles = pack_vehicles([random_trips(1), random_trips(2)], ROADS)
    roads = pack_roads(ROADS, entry_lanes(vehicles))
    traffic = empty_traffic(
        roads, vehicles, pack_detectors(None, (), ROADS, 2), 0, LANES, 7, empty_notes(no_places(), None, 2)
    )
    assert not traffic.drivable_states["count"].any()
    assert not traffic.tallies["under_way"].any()
    assert (traffic.vehicle_states["entered"] == NEVER).all()
    assert (traffic.signals["interval"] == GREEN).all()
    assert traffic.history.shape == (2, 7, 2)
    for node, row in enumerate(roads.phase_row[:, 0]):
        assert (traffic.signals["row"][:, node] == row).all()
        assert (traffic.claims[:, node, :, SHOWN] == roads.green[node, row]).all()
    assert np.array_equal(traffic.queue_head, vehicles.queue_start[:, roads.entries])
    for b, lane in ((b, lane) for b in range(2) for lane in roads.entries.tolist()):
        waiting = vehicles.queue[b, vehicles.queue_start[b, lane] : vehicles.queue_start[b, lane + 1]]
        due = traffic.next_due[b, roads.entries.tolist().index(lane)]
        assert due == min(vehicles.scheduled[b, waiting], default=NEVER)


def test_no_two_drivables_share_a_slot_in_a_jam():
    trips = random_trips(3)
    simulation = Simulation(NETWORK, [trips], Timing(5, NEVER, 3, 0, NEVER), threads=1)
    generator = np.random.default_rng(0)
    most = 0
    for _ in range(300):
        simulation.advance(generator.integers(0, 4, (1, 2), dtype=np.int32), 1)
        traffic = simulation._traffic
        listed = np.sort(traffic.occupied[0, : traffic.tallies["occupied"][0, 0]])
        assert len(np.unique(listed)) == len(listed)
        states = traffic.drivable_states[0, listed]
        assert traffic.drivable_states["count"][0].sum() == states["count"].sum()
        assert (states["count"] <= states["room"]).all()
        order = np.argsort(states["first"])
        ends = (states["first"] + states["room"])[order]
        assert (ends[:-1] <= states["first"][order][1:]).all()
        assert ends[-1:].sum() <= traffic.tallies["used"][0, 0] <= traffic.slots.shape[2] or not len(listed)
        most = max(most, int(states["count"].max(initial=0)))
    assert most > 5


@pytest.mark.parametrize("copies", [1, 3])
def test_state_is_contiguous_whatever_the_copies(copies):
    # One roads of the arrays means one compiled version of the kernels, and rows of their own for the threads.
    vehicles = pack_vehicles([random_trips(seed) for seed in range(copies)], ROADS)
    roads = pack_roads(ROADS, entry_lanes(vehicles))
    detectors, notes = pack_detectors(None, (), ROADS, copies), empty_notes(no_places(), None, copies)
    traffic = empty_traffic(roads, vehicles, detectors, 0, LANES, 5, notes)
    for name, part in (roads._asdict() | vehicles._asdict() | traffic._asdict()).items():
        assert isinstance(part, int) or part.flags.c_contiguous, name
