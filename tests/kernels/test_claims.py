"""Claims, second by second in a jam: the bits are those of the vehicles, and the filter misses nobody."""

from itertools import pairwise

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import NONE, Timing
from traffic_marl.kernels.traffic import CLAIMED, FRONT, ON, SHOWN
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation

TOWN = grid(2, 2, block=100.0)
LANES = len(TOWN.lane_names)
TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=120)


@pytest.fixture(scope="module")
def seconds():
    """Bits of all connections (C, 4) and what they stand for, in each second of a jam."""
    demand = TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, 0.3), Departures(300))
    simulation = Simulation(TOWN, [demand.draw(0)], TIMING, threads=1)
    generator = np.random.default_rng(0)
    found = []
    for _ in range(60):
        phases = generator.integers(0, 4, (1, 4), dtype=np.int32)
        for _ in range(5):
            simulation.advance(phases, 1)
            found.append((bits(simulation), simulation._traffic.drivable_states[0].copy(), simulation.positions(0)))
    return found


def bits(simulation):
    """(C, 4) whether the bit of a connection is set, by column."""
    tables = TOWN.tables
    words = simulation._traffic.claims[0, tables.intersection, tables.bit // 64]
    return (words >> (tables.bit % 64).astype(np.uint64)[:, None]) & np.uint64(1) == 1


def test_a_connection_with_a_vehicle_is_on(seconds):
    for claims, states, _ in seconds:
        assert np.array_equal(claims[:, ON], states["count"][LANES:] > 0)
    assert max(claims[:, ON].sum() for claims, _, _ in seconds) > 10


def test_a_connection_that_a_first_vehicle_takes_next_is_a_front(seconds):
    for claims, states, _ in seconds:
        fronts = states["front"][:LANES]
        expected = np.isin(np.arange(LANES, LANES + len(claims)), fronts[fronts != NONE])
        assert np.array_equal(claims[:, FRONT], expected)
        assert ((fronts != NONE) <= (states["count"][:LANES] > 0)).all()


def test_a_vehicle_on_a_connection_claims_it_and_so_does_a_rear_that_is_still_there(seconds):
    rears = 0
    for (_, _, before), (claims, _, _) in pairwise(seconds):
        here = before.drivable[before.drivable >= LANES] - LANES
        tail = (before.drivable < LANES) & (before.came_from >= LANES) & (before.distance < before.length)
        last = last_of_lane(before)
        rears += (tail & last).sum()
        assert claims[here, CLAIMED].all()
        assert claims[before.came_from[tail & last] - LANES, CLAIMED].all()
    assert rears > 100


def test_a_front_that_is_green_claims_its_connection(seconds):
    """A second combines claims before vehicles move, so the fronts are those that the second before has left."""
    waiting = 0
    for (before, _, _), (claims, _, _) in pairwise(seconds):
        green_fronts = before[:, FRONT] & claims[:, SHOWN]
        waiting += green_fronts.sum()
        assert claims[green_fronts, CLAIMED].all()
    assert waiting > 100


def last_of_lane(here):
    """(n,) whether no vehicle is behind this one on its drivable."""
    order = np.lexsort((here.distance, here.drivable))
    first = np.ones(len(order), np.bool_)
    first[1:] = here.drivable[order][1:] != here.drivable[order][:-1]
    last = np.zeros(len(order), np.bool_)
    last[order] = first
    return last
