"""Positions: where vehicles are, against readings, records and a sum over their paths by hand."""

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, NONE, YELLOW, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation

TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=120)
TOWN = grid(2, 2, block=120.0)
LANES = len(TOWN.lane_names)


def draw(seed):
    return TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, 0.25), Departures(300)).draw(seed)


def moved(seeds, seconds, step=7):
    """A simulation whose intersections ask for one phase after the other."""
    simulation = Simulation(TOWN, [draw(seed) for seed in seeds], TIMING, log_until=seconds)
    for start in range(0, seconds, step):
        phases = np.full((len(seeds), 4), start // (3 * step) % 4, np.int32)
        simulation.advance(phases, min(step, seconds - start))
    return simulation


@pytest.fixture(scope="module")
def crowded():
    return moved((1, 2), 240)


def test_the_vehicles_are_those_that_entered_and_did_not_leave(crowded):
    records = crowded.records()
    for copy in range(2):
        under_way = (records.entered[copy] != NEVER) & (records.left[copy] == NEVER)
        assert np.array_equal(crowded.positions(copy).vehicle, np.flatnonzero(under_way))
        assert under_way.sum() > 40


def test_lanes_have_as_many_vehicles_as_their_detectors_count(crowded):
    readings, here = crowded.readings(), crowded.positions(1)
    on_lane = np.bincount(here.drivable, minlength=LANES)[:LANES]
    halted = np.bincount(here.drivable[here.speed < 0.1], minlength=LANES)[:LANES]
    assert np.array_equal(on_lane, readings.vehicles[1])
    assert np.array_equal(halted, readings.queue[1])
    assert (here.drivable >= LANES).any(), "nobody is on a connection"


def test_fronts_are_on_their_drivables_and_tails_on_those_that_lead_there(crowded):
    here = crowded.positions(0)
    assert (here.distance >= 0.0).all()
    assert (here.distance <= TOWN.tables.length[here.drivable]).all()
    assert (here.length == 5.0).all()
    on_connection = here.drivable >= LANES
    starts = TOWN.tables.start_lane[here.drivable[on_connection] - LANES]
    assert np.array_equal(here.came_from[on_connection], starts)
    later = ~on_connection & (here.came_from != NONE)
    assert np.array_equal(TOWN.tables.end_lane[here.came_from[later] - LANES], here.drivable[later])
    assert later.any()


def test_delay_is_the_time_since_the_departure_less_the_free_time_of_the_way(crowded):
    trips, here = draw(1), crowded.positions(0)
    limit, length = TOWN.tables.limit, TOWN.tables.length
    for vehicle, drivable, distance, delay in zip(here.vehicle, here.drivable, here.distance, here.delay, strict=True):
        top = trips.types[trips.type_row[vehicle]].max_speed
        at, free = trips.path_start[vehicle], 0.0
        while trips.path[at] != drivable:
            free += length[trips.path[at]] / min(top, limit[trips.path[at]])
            at += 1
        free += distance / min(top, limit[drivable])
        assert delay == pytest.approx(crowded.time - trips.scheduled[vehicle] - free)


def test_signals_are_those_of_the_second_just_past():
    simulation = moved((1,), 0)
    shown = set()
    phases = np.zeros((1, 4), np.int32)
    log = Simulation(TOWN, [draw(1)], TIMING, log_until=60)
    for second in range(60):
        phases[:] = second // 20
        simulation.advance(phases, 1)
        log.advance(phases, 1)
        here = simulation.positions(0)
        assert np.array_equal(here.row, log.signal_log()[0, second])
        changing = here.interval != GREEN
        rows = TOWN.tables.phase_row[np.arange(4), here.phase]
        assert np.array_equal(here.row[~changing], rows[~changing])
        assert (here.age >= 1).all()
        assert (here.age[here.interval == YELLOW] <= TIMING.yellow).all()
        shown |= set(here.interval.tolist())
        if changing.any():
            assert (here.previous[changing] != here.phase[changing]).all()
    assert shown == {GREEN, YELLOW, ALL_RED}


def test_a_copy_is_where_it_would_be_alone(crowded):
    alone, among = moved((2,), 240).positions(0), crowded.positions(1)
    for name, value in vars(alone).items():
        assert np.array_equal(value, getattr(among, name)), name


def test_positions_stay_when_the_traffic_moves_on(crowded):
    here = crowded.positions(0)
    before = {name: np.copy(value) for name, value in vars(here).items()}
    crowded.advance(np.zeros((2, 4), np.int32), 10)
    assert not np.array_equal(crowded.positions(0).distance, before["distance"])
    for name, value in before.items():
        assert np.array_equal(getattr(here, name), value), name


def test_an_empty_network_has_no_positions():
    here = moved((1,), 0).positions(0)
    assert here.time == 0
    assert len(here.vehicle) == len(here.distance) == len(here.delay) == 0
    assert (here.interval == GREEN).all()
