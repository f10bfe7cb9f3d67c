"""The engine against the oracle: every vehicle of random crowded networks, to the last second and the last digit."""

from collections import Counter

import numpy as np
import oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_traffic import Case, draw_case, simulate

from traffic_marl.simulation import Simulation

COLUMNS = ("entered", "left", "halted", "stops")


def oracle_run(case: Case, simulation: Simulation) -> oracle.OracleRun:
    """The oracle on the same trips, under the signals that the simulation showed."""
    return oracle.run(case.network, case.trips, simulation.signal_log()[0], case.seconds, trajectory=True)


def has_a_tie(run: oracle.OracleRun) -> bool:
    """Whether two vehicles were ever at one place of one drivable: which of them is ahead the model leaves open."""
    for second in run.trajectory:
        places = Counter((drivable, position) for _, drivable, position, _ in second)
        if places and max(places.values()) > 1:
            return True
    return False


def differences(simulation: Simulation, run: oracle.OracleRun) -> dict[str, list[int]]:
    """Vehicles whose record differs, by column."""
    records = simulation.records()
    differing = {name: np.flatnonzero(getattr(records, name)[0] != getattr(run, name)).tolist() for name in COLUMNS}
    return {name: vehicles for name, vehicles in differing.items() if vehicles}


def whereabouts(simulation: Simulation) -> list[tuple[int, int, float, float]]:
    """Vehicle, drivable, position and speed of all that are under way."""
    slots, states = simulation._traffic.slots[0], simulation._traffic.states[0]
    first = simulation._layout.drivables["first_slot"]
    return sorted(
        (int(slot["vehicle"]), drivable, float(slot["position"]), float(slot["speed"]))
        for drivable, count in enumerate(states["count"].tolist())
        for slot in slots[first[drivable] : first[drivable] + count]
    )


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_random_traffic_moves_as_the_oracle_moves_it(seed):
    case = draw_case(seed, seconds=180)
    assume(len(case.trips) > 0)
    simulation = simulate(case)
    run = oracle_run(case, simulation)
    assume(not has_a_tie(run))
    assert differences(simulation, run) == {}
    assert simulation.records().updates[0] == run.updates
    assert whereabouts(simulation) == run.trajectory[-1]


@pytest.mark.parametrize("seed", [2, 4, 6, 9, 13])
def test_chosen_traffic_moves_as_the_oracle_moves_it(seed):
    case = draw_case(seed)
    simulation = simulate(case)
    run = oracle_run(case, simulation)
    assert not has_a_tie(run)
    assert differences(simulation, run) == {}
    assert simulation.records().updates[0] == run.updates > 20_000
    assert whereabouts(simulation) == run.trajectory[-1]


def test_the_chosen_traffic_shows_what_it_is_chosen_for():
    cases = [draw_case(seed) for seed in (2, 4, 6, 9, 13)]
    connections = [np.bincount(case.network.tables.intersection).max() for case in cases]
    assert max(connections) > 64
    assert {kind.name for case in cases for kind in case.trips.types} == {"car", "truck", "van", "hasty", "slow"}
    for case in cases:
        first_lane = case.trips.path[case.trips.path_start]
        first_road = {case.network.roads[road] for road in case.network.tables.lane_road[first_lane].tolist()}
        assert first_road - set(case.network.entry_roads), "nobody enters inside the network"


def test_positions_and_speeds_agree_in_every_second():
    case = draw_case(7, seconds=120)
    logged = simulate(case)
    run = oracle_run(case, logged)
    assert not has_a_tie(run)
    simulation = Simulation(case.network, [case.trips], case.timing, threads=1)
    for second, expected in enumerate(run.trajectory):
        simulation.advance(case.requests[second // case.interval][None], 1)
        assert whereabouts(simulation) == expected, f"in second {second}"
    assert len(run.trajectory) > 100
