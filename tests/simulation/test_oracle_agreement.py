"""The engine against the oracle: every vehicle of random crowded networks, to the second."""

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.helpers import oracle
from tests.helpers.random_traffic import Case, draw_case, simulate
from traffic_marl.kernels.tables import BAND_EDGES, FINE_EDGES, NO_ARRIVAL
from traffic_marl.network.clearing import kept_clear
from traffic_marl.simulation import Simulation

COLUMNS = ("entered", "left", "halted", "stops")
CHOSEN = (2, 4, 6, 9, 13)


def oracle_run(case: Case, simulation: Simulation) -> oracle.OracleRun:
    """The oracle on the same trips, under the signals that the simulation showed."""
    return oracle.run(case.network, case.trips, simulation.signal_log()[0], case.seconds, trajectory=True)


def differences(simulation: Simulation, run: oracle.OracleRun) -> dict[str, list[int]]:
    """Vehicles whose record differs, by column."""
    records = simulation.records()
    differing = {name: np.flatnonzero(getattr(records, name)[0] != getattr(run, name)).tolist() for name in COLUMNS}
    return {name: vehicles for name, vehicles in differing.items() if vehicles}


# A seed cannot be shrunk to a simpler one.
@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 10**6))
def test_random_traffic_moves_as_the_oracle_moves_it(seed):
    case = draw_case(seed, seconds=180)
    assume(len(case.trips) > 0)
    simulation = simulate(case)
    run = oracle_run(case, simulation)
    assert differences(simulation, run) == {}
    assert simulation.records().updates[0] == run.updates


@pytest.mark.parametrize("seed", CHOSEN)
def test_chosen_traffic_moves_as_the_oracle_moves_it(seed):
    case = draw_case(seed)
    simulation = simulate(case)
    run = oracle_run(case, simulation)
    assert differences(simulation, run) == {}
    assert simulation.records().updates[0] == run.updates > 20_000


@pytest.mark.parametrize("seed", CHOSEN)
def test_traffic_that_keeps_junctions_clear_moves_as_the_oracle_moves_it(seed):
    as_drawn = draw_case(seed)
    case = as_drawn._replace(network=kept_clear(as_drawn.network))
    simulation = simulate(case)
    run = oracle_run(case, simulation)
    assert differences(simulation, run) == {}
    assert simulation.records().updates[0] == run.updates > 20_000
    assert simulation.records().updates[0] != simulate(as_drawn).records().updates[0]


def test_the_chosen_traffic_holds_its_special_cases():
    cases = [draw_case(seed) for seed in CHOSEN]
    connections = [np.bincount(case.network.tables.intersection).max() for case in cases]
    assert max(connections) > 64
    assert {kind.name for case in cases for kind in case.trips.types} == {"car", "truck", "van", "hasty", "slow"}
    for case in cases:
        first_lane = case.trips.path[case.trips.path_start]
        first_road = {case.network.roads[road] for road in case.network.tables.lane_road[first_lane].tolist()}
        assert first_road - set(case.network.entry_roads), "nobody enters inside the network"


def test_detectors_agree_with_the_oracle_in_every_second():
    case = draw_case(7, seconds=120)
    run = oracle_run(case, simulate(case))
    simulation = Simulation(case.network, [case.trips], case.timing, threads=1)
    for now, states in enumerate(run.trajectory):
        simulation.advance(case.requests[now // case.interval][None], 1)
        readings = simulation.readings()
        vehicles, queue, moving, fine, mean_speed = lane_sums(case, states)
        assert readings.next_arrival[0] == pytest.approx(next_arrivals(case, states)), f"in second {now}"
        assert np.array_equal(readings.vehicles[0], vehicles), f"in second {now}"
        assert np.array_equal(readings.queue[0], queue), f"in second {now}"
        assert np.array_equal(readings.moving[0], moving), f"in second {now}"
        assert np.array_equal(readings.moving_fine[0], fine), f"in second {now}"
        assert readings.mean_speed[0] == pytest.approx(mean_speed, rel=1e-12), f"in second {now}"
    assert simulation.records().stops.sum() > 50


def next_arrivals(case: Case, states: list[tuple[int, int, float, float]]) -> np.ndarray:
    """[s] until the moving vehicle that is nearest to each lane's end is there, at its present speed."""
    tables = case.network.tables
    nearest = np.full((len(tables.lane_road), 2), [np.inf, NO_ARRIVAL])  # [m], [s]
    for _, drivable, position, speed in states:
        if drivable < len(nearest) and speed >= oracle.HALTED:
            rest = tables.length[drivable] - position
            nearest[drivable] = min(nearest[drivable].tolist(), [rest, min(rest / speed, NO_ARRIVAL)])
    return nearest[:, 1]


def lane_sums(
    case: Case, states: list[tuple[int, int, float, float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vehicles, halted ones, the others by distance from the lane's end twice, and mean speed of each lane."""
    tables = case.network.tables
    lanes = len(tables.lane_road)
    vehicles, queue = np.zeros(lanes, int), np.zeros(lanes, int)
    moving, fine = (np.zeros((lanes, len(edges) + 1), int) for edges in (BAND_EDGES, FINE_EDGES))
    total = np.zeros(lanes)
    for _, drivable, position, speed in states:
        if drivable >= lanes:
            continue
        vehicles[drivable] += 1
        total[drivable] += speed
        if speed < oracle.HALTED:
            queue[drivable] += 1
        else:
            rest = tables.length[drivable] - position
            moving[drivable, sum(rest > edge for edge in BAND_EDGES)] += 1
            fine[drivable, sum(rest > edge for edge in FINE_EDGES)] += 1
    mean_speed = np.where(vehicles > 0, total / np.maximum(vehicles, 1), tables.limit[:lanes])
    return vehicles, queue, moving, fine, mean_speed
