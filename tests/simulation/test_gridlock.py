"""Gridlock: circles of vehicles that block each other, and all that looks like one and is none."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.helpers.locked_ring import NETWORK, ROUND, TIMING, in_turn_of_phases, ring_trips
from tests.helpers.random_traffic import CAR, SEPARATE, SHARED, SINGLE, SLOW, TRUCK, TYPES, VAN
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.clearing import kept_clear
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.blocking import Blocks, spread
from traffic_marl.simulation.gridlock import in_turn

# A seed cannot be shrunk to a simpler one.
seeded = settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


def ring(passing: int = 100, **others: int) -> Simulation:
    return Simulation(NETWORK, [ring_trips(passing, **others)], TIMING)


def going_round(simulation: Simulation) -> list[int]:
    """Vehicles of the ring that are on the network."""
    entered = np.flatnonzero(simulation.records().entered[0] < simulation.time)
    names = ring_trips(100).names
    return [vehicle for vehicle in entered.tolist() if names[vehicle].startswith("round")]


# Circles


def test_a_locked_ring_is_a_gridlock_though_other_streets_flow():
    simulation = in_turn_of_phases(ring(), 1800)
    records = simulation.records()
    assert records.gridlocked[0]
    assert np.flatnonzero(records.locked[0]).tolist() == going_round(simulation)
    assert records.still_since[0] > 1750  # somebody has moved all along
    before = int(simulation.completed()[0])
    assert int(in_turn_of_phases(simulation, 600).completed()[0]) >= before + 15
    assert (simulation.records().locked == records.locked).all()


def test_a_ring_is_locked_once_its_vehicles_have_stood_for_two_minutes():
    simulation = in_turn_of_phases(ring(0), 600)
    records = simulation.records()
    assert records.locked.sum() == ROUND
    stood = np.sort(records.longest_halt[0])  # each stands in the lock for the last time
    again = ring(0)
    in_turn_of_phases(again, 600 - int(stood.max()) + 90)
    assert not again.records().gridlocked[0]
    assert not np.array_equal(stood, np.zeros(ROUND))


def test_gridlocks_are_left_out_where_nobody_asks_for_them():
    simulation = in_turn_of_phases(ring(0), 600)
    assert simulation.records().locked.any()
    assert not simulation.records(gridlock=False).locked.any()


def test_a_ring_with_room_to_spare_is_no_gridlock():
    simulation = in_turn_of_phases(ring(0, going_round=16), 900)
    assert not simulation.records().gridlocked[0]
    assert in_turn_of_phases(simulation, 2400).is_clear()[0]


def test_copies_are_looked_at_one_by_one():
    simulation = Simulation(NETWORK, [ring_trips(10, going_round=4), ring_trips(10), ring_trips(0)], TIMING)
    records = in_turn_of_phases(simulation, 900).records()
    assert records.gridlocked.tolist() == [False, True, True]
    assert not records.locked[:, records.count.max() :].any()


# What is no gridlock


def avenue(seconds: int, *, cross: bool = False) -> Simulation:
    """Vehicles eastward on an avenue whose last signal never gives them green, while the others do."""
    network = grid(1, 3, block=100.0)
    east = ("road_west_1_E", "road_1_1_E", "road_1_2_E", "road_1_3_E")
    planned = [PlannedTrip(f"east_{number}", 5 * number, east) for number in range(80)]
    demand = TripDemand(network, planned, 500)
    simulation = Simulation(network, [demand.draw(0)], TIMING)
    tables = network.tables
    movement = network.movement_roads.index(("road_1_2_E", "road_1_3_E"))
    without = int(np.flatnonzero(~tables.served[movement])[0])
    for now in range(0, seconds, 30):
        phases = (now // 30 % tables.phase_count).astype(np.int32)
        phases[2] = without
        simulation.advance(phases[None], 30)
    return simulation


@pytest.mark.parametrize("seconds", [300, 900, 3600])
def test_queues_behind_a_lane_that_is_never_served_are_no_gridlock(seconds):
    simulation = avenue(seconds)
    records = simulation.records()
    assert not records.gridlocked[0]
    if seconds == 3600:
        waiting = simulation.readings().queue[0]
        full = [simulation.network.lane_names[lane] for lane in np.flatnonzero(waiting > 5).tolist()]
        assert {"road_west_1_E_1", "road_1_1_E_1", "road_1_2_E_1"} <= set(full)  # it has spilled over two signals
        assert records.still_since[0] < 1800


def test_a_crowd_that_moves_now_and_then_is_no_gridlock():
    """Long blocks, heavy traffic and reds of 270 s: many stand for longer than 120 s, and all get through."""
    network = grid(2, 2, block=400.0)
    demand = TurningDemand(network, dict.fromkeys(network.entry_roads, 0.2), Departures(900))
    simulation = Simulation(network, [demand.draw(0)], TIMING)
    waited = 0
    for now in range(0, 7200, 90):
        phases = (now // 90 % network.tables.phase_count).astype(np.int32)
        simulation.advance(phases[None], 90)
        waited = max(waited, int(simulation.readings().longest_wait.max()))
        assert not simulation.records().gridlocked[0]
    assert waited > 240
    assert simulation.is_clear()[0]


# In random traffic on short blocks


def crowd(seed: int, clear: bool) -> Simulation:
    """Too much traffic of several types on short blocks, which locks up sooner or later."""
    generator = np.random.default_rng(seed)
    lanes = (SEPARATE, SHARED, SINGLE)[generator.integers(3)]
    phases = ("two", "four", "eight")[generator.integers(3)]
    network = grid(3, 3, block=float(generator.uniform(60, 110)), lanes=lanes, phases=phases)
    departures = Departures(1800, types=TYPES, shares=(1.0,) * len(TYPES))
    demand = TurningDemand(network, dict.fromkeys(network.entry_roads, 0.3), departures)
    return Simulation(kept_clear(network, clear), [demand.draw(seed)], TIMING)


@pytest.mark.parametrize("clear", [False, True], ids=["junctions full", "junctions clear"])
@seeded
@given(seed=st.integers(0, 10**6))
def test_a_gridlock_never_dissolves_and_holds_all_that_stand_for_ever(seed, clear):
    simulation = crowd(seed, clear)
    generator = np.random.default_rng(seed)
    locked: dict[int, tuple[int, float]] = {}  # vehicle -> drivable and place [m]
    for now in range(0, 4200, 20):
        count = simulation.network.tables.phase_count
        simulation.advance(generator.integers(count, size=(1, len(count)), dtype=np.int32), 20)
        if now % 60 == 40:
            positions = simulation.positions(0)
            places = zip(positions.drivable.tolist(), positions.distance.tolist(), strict=True)
            there = dict(zip(positions.vehicle.tolist(), places, strict=True))
            for vehicle, (drivable, place) in locked.items():
                assert there[vehicle] == (drivable, pytest.approx(place, abs=0.1))  # some creep up to the stop line
            found = np.flatnonzero(simulation.records().locked[0]).tolist()
            assert set(locked) <= set(found)
            locked = {vehicle: there[vehicle] for vehicle in found}
    positions, halted = simulation.positions(0), simulation.records().longest_halt[0]
    stuck = positions.vehicle[(positions.speed == 0.0) & (halted[positions.vehicle] > 1800)]
    assert set(stuck.tolist()) <= set(locked)


# Parts


def blocks_of(*points: tuple[int, int], full: tuple[tuple[int, int], ...] = ()) -> Blocks:
    """Vehicles that yield to others at conflict points, and vehicles before full lanes, by their drivables."""
    pairs = np.array([*points, *full], np.int32).reshape(-1, 2)
    is_full = np.arange(len(pairs)) >= len(points)
    return Blocks(pairs[:, 0], pairs[:, 1], np.full(len(pairs), NONE, np.int32), is_full, ~is_full)


def test_vehicles_that_yield_to_each_other_in_a_circle_go_in_turn():
    """Those that yield to one in the circle go, too. The vehicle on 5 yields to one that yields to nobody."""
    found = in_turn(blocks_of((0, 1), (1, 2), (2, 0), (3, 0), (4, 3), (5, 6)), 7)
    assert found.tolist() == [True, True, True, True, True, False]


def test_a_vehicle_before_a_full_lane_yields_to_nobody():
    assert not in_turn(blocks_of((0, 1), (1, 2), (2, 0), full=((1, 5),)), 7).any()


@pytest.mark.parametrize("kinds", [(CAR, TRUCK), (TRUCK, VAN, SLOW), (SLOW, TRUCK)])
def test_a_ring_of_vehicles_of_several_lengths_is_a_gridlock_though_short_ones_fit_where_long_ones_do_not(kinds):
    simulation = in_turn_of_phases(Simulation(NETWORK, [ring_trips(0, kinds=kinds)], TIMING), 1800)
    halted = simulation.records().longest_halt[0] > 900
    assert halted.sum() > 20
    assert (simulation.records().locked[0] == halted).all()


def test_slices_are_spread_in_order():
    owner, index = spread(np.array([4, 0, 7, 2], np.int32), np.array([6, 0, 8, 5], np.int32))
    assert owner.tolist() == [0, 0, 2, 3, 3, 3]
    assert index.tolist() == [4, 5, 7, 2, 3, 4]
