import dataclasses

import numpy as np
import pytest

from tests.helpers.random_traffic import draw_case
from tests.helpers.repeating_mover import RepeatingMover
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NONE
from traffic_marl.scenario import load_scenario
from traffic_marl.simulation import Faults, Simulation
from traffic_marl.simulators.observed import ObservedSimulation

LEFT_OUT = ("delay", "next_arrival")
FAULTS = Faults(missed=0.1, twice=0.1, blind=0.1, stuck=0.1, delay=3)


def assert_same(one, other, *, but=()):
    """Every field of two readings or records is the same, to rounding."""
    for field in dataclasses.fields(one):
        if field.name not in but:
            here, there = (np.asarray(getattr(each, field.name), float) for each in (one, other))
            np.testing.assert_allclose(here, there, rtol=1e-9, atol=1e-9, err_msg=field.name)


def pair(case, **options):
    """A simulation, and an observed one whose mover repeats it."""
    ours = Simulation(case.network, [case.trips], case.timing, threads=1, seeds=(7,), **options)
    repeated = Simulation(case.network, [case.trips], case.timing, threads=1)
    mover = RepeatingMover(repeated)
    return ours, mover, ObservedSimulation(case.network, case.trips, case.timing, mover, seed=7, **options)


@pytest.mark.parametrize("seed", range(6))
def test_observed_traffic_gives_the_readings_and_records_of_a_simulation(seed):
    case = draw_case(seed)
    ours, mover, observed = pair(case, faults=FAULTS, log_until=case.seconds, places_until=case.seconds)

    for request in case.requests:
        mover.ask(request[None])
        for simulator in (ours, observed):
            simulator.advance(request[None], case.interval)
        # The last second of a vehicle is not seen, so its delay on the last lane is not either. Vehicles that have
        # met on a lane in one second may stand in another order, which only the next arrival tells.
        assert_same(observed.readings(), ours.readings(), but=LEFT_OUT)
        assert_same(observed.detected(), ours.detected(), but=LEFT_OUT)

    assert_same(observed.records(), ours.records())
    assert_same(observed.visits(), ours.visits())
    assert np.array_equal(observed.signal_log(), ours.signal_log())
    assert np.array_equal(observed.completed(), ours.completed())
    assert ours.completed()[0] > 0


def test_delay_on_lanes_where_no_trip_ends_is_the_same():
    case = draw_case(1)
    ours, mover, observed = pair(case)
    ends = case.trips.path[np.flatnonzero(case.trips.path == NONE) - 1]
    passed = np.setdiff1d(np.arange(len(case.network.lane_names)), ends)
    total = 0.0

    for request in case.requests:
        mover.ask(request[None])
        for simulator in (ours, observed):
            simulator.advance(request[None], case.interval)
        here, there = (each.readings().delay[0, passed] for each in (observed, ours))
        np.testing.assert_allclose(here, there, atol=1e-9)
        total += there.sum()

    assert total > 100.0


def test_an_interval_may_be_moved_in_pieces():
    case = draw_case(2)
    (_, first, whole), (_, second, pieces) = pair(case), pair(case)
    for mover in (first, second):
        mover.ask(case.requests[:1])

    whole.advance(case.requests[:1], 30)
    pieces.advance(case.requests[:1], 10)
    pieces.advance(case.requests[:1], 20, continues=True)

    assert_same(pieces.readings(), whole.readings())
    assert pieces.readings().span == 30


def test_phases_that_an_intersection_lacks_are_refused():
    scenario = load_scenario("grid_2x2_smoke")
    trips = scenario.build_demand().draw(0)
    mover = RepeatingMover(scenario.simulation([0]))
    observed = ObservedSimulation(scenario.build_network(), trips, scenario.timing(), mover)

    with pytest.raises(UsageError, match="an intersection lacks one of them"):
        observed.advance(np.full((1, 4), 9), 5)


def test_the_next_arrival_is_the_same_where_vehicles_keep_their_order():
    scenario = load_scenario("grid_2x2_smoke")
    trips, timing = scenario.build_demand().draw(3), scenario.timing()
    ours, mover = scenario.simulation([3]), RepeatingMover(scenario.simulation([3]))
    observed = ObservedSimulation(scenario.build_network(), trips, timing, mover)

    for second in range(0, 300, 5):
        mover.ask(np.full((1, 4), second // 20 % 4, np.int32))
        for simulator in (ours, observed):
            simulator.advance(mover.phases, 5)
        assert_same(observed.readings(), ours.readings())
    assert (ours.readings().next_arrival < 60).sum() > 5


def test_truth_and_reports_are_one_object_only_where_no_detector_fails():
    case = draw_case(3)
    (_, _, sound), (_, _, failing) = pair(case), pair(case, faults=FAULTS)

    truth, reported = sound.both_readings()
    assert truth is reported
    truth, reported = failing.both_readings()
    assert truth is not reported
    assert_same(truth, failing.readings())
    assert_same(reported, failing.detected())
