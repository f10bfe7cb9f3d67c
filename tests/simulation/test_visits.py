"""Time from first arrival at an intersection to last departure, against a log of the lanes of each second."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.helpers.data_sets import data_set
from tests.helpers.locked_ring import NETWORK, TIMING, ring_trips
from tests.helpers.random_traffic import draw_case
from traffic_marl.demand.trips import Trips
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.network.network import Network
from traffic_marl.rollout import run
from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.visits import returns, revisits

# A seed cannot be shrunk to a simpler one.
seeded = settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


class Log:
    """When each vehicle first arrived at an intersection and last left it, from the lanes that it is on each second."""

    def __init__(self, network: Network) -> None:
        self._ends_at = network.tables.lane_intersection.tolist()
        self._here: set[tuple[int, int]] = set()  # vehicle and intersection
        self._arrived: dict[tuple[int, int], int] = {}
        self._left: dict[tuple[int, int], int] = {}

    def note(self, simulation: Simulation) -> None:
        """Takes the lanes at the end of a second as those of its start."""
        positions, second = simulation.positions(0), simulation.time - 1
        on_lanes = [
            (vehicle, self._ends_at[drivable])
            for vehicle, drivable in zip(positions.vehicle.tolist(), positions.drivable.tolist(), strict=True)
            if drivable < len(self._ends_at) and self._ends_at[drivable] != NONE
        ]
        for pair in set(on_lanes) - self._here:
            self._arrived.setdefault(pair, second)
        for pair in self._here - set(on_lanes):
            self._left[pair] = second
        self._here = set(on_lanes)

    def times(self, vehicles: int, until: int) -> list[int]:
        """[s] of each vehicle, summed over intersections."""
        spent = [0] * vehicles
        for (vehicle, intersection), arrived in self._arrived.items():
            spent[vehicle] += self._left.get((vehicle, intersection), until) - arrived
        return spent


def assert_times_are_those_of_the_log(simulation: Simulation, requests: np.ndarray) -> None:
    log = Log(simulation.network)
    for phases in requests:
        simulation.advance(phases[None].astype(np.int32), 1)
        log.note(simulation)
        if simulation.time % 97 == 0:
            records = simulation.records()
            assert records.visiting[0].tolist() == log.times(len(records.visiting[0]), simulation.time)


def test_vehicles_that_come_back_are_at_an_intersection_from_first_arrival_to_last_departure():
    simulation = Simulation(NETWORK, [ring_trips(10, going_round=24)], TIMING)
    requests = np.repeat(np.arange(40) % 4, 30)[:, None].repeat(4, axis=1)
    assert_times_are_those_of_the_log(simulation, requests)
    records = simulation.records()
    assert (records.visiting > records.approaching).any()
    assert (records.left[0] != NEVER).any()


@seeded
@given(st.integers(0, 10**6))
def test_times_in_random_traffic_are_those_of_the_log(seed):
    case = draw_case(seed)
    simulation = Simulation(case.network, [case.trips], case.timing)
    assert_times_are_those_of_the_log(simulation, case.requests.repeat(case.interval, axis=0))


# Intersections that a path meets again


def paths(*given: list[int]) -> np.ndarray:
    return np.array([drivable for path in given for drivable in [*path, NONE]], np.int32)


ENDS_AT = np.array([0, 1, 2, 0, 1, NONE], np.int32)  # of the lanes 0 to 5; larger numbers are connections


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ([0, 9, 1, 9, 5], [-1, -1, -1, -1, -1]),
        ([0, 9, 3, 9, 5], [0, -1, 0, -1, -1]),
        ([0, 9, 1, 9, 2, 9, 4, 9, 3], [0, -1, 1, -1, -1, -1, 1, -1, 0]),
        ([5], [-1]),
    ],
)
def test_intersections_that_a_path_meets_again_have_places(path, places):
    assert revisits(paths(path), ENDS_AT).tolist() == [*places, NONE]


def test_places_start_anew_with_each_path():
    found = revisits(paths([1, 9, 4], [5], [0, 9, 1], [2, 9, 0, 9, 3]), ENDS_AT).tolist()
    assert found == [0, -1, 0, NONE, -1, NONE, -1, -1, -1, NONE, -1, -1, 0, -1, 0, NONE]


def test_there_may_be_no_path_at_all():
    assert revisits(np.zeros(0, np.int32), ENDS_AT).tolist() == []


def test_only_intersections_that_some_path_meets_again_take_memory():
    through = ring_trips(5, going_round=0)
    assert Simulation(NETWORK, [through], TIMING)._traffic.departures.shape == (1, 5, 0)
    assert Simulation(NETWORK, [ring_trips(0, going_round=8)], TIMING)._traffic.departures.shape == (1, 8, 4)


def test_vehicles_of_several_copies_keep_their_own_visits():
    one, other = ring_trips(3, going_round=12), ring_trips(0, going_round=8)
    both = [moved([one, other]), moved([other, one])]
    assert np.array_equal(both[0].visiting, both[1].visiting[::-1])
    assert np.array_equal(both[0].visiting[0], moved([one]).visiting[0])


def moved(trips: list[Trips]):
    simulation = Simulation(NETWORK, trips, TIMING)
    for now in range(0, 600, 30):
        simulation.advance(np.full((len(trips), 4), now // 30 % 4, np.int32), 30)
    return simulation.records()


# Published protocol: a decision every 15 s among four phases, 5 s between two of them


@pytest.mark.parametrize(
    ("name", "strategy", "seconds"),
    [
        ("jinan_real", "longest_queue", 269.45),
        ("jinan_real", "max_pressure", 276.23),
        ("hangzhou_real", "longest_queue", 284.42),
        ("hangzhou_real", "max_pressure", 290.05),
    ],
)
def test_travel_times_of_the_log_on_real_networks(name, strategy, seconds):
    rollout = run(cityflow_scenario(data_set(name), phases=[1, 2, 3, 4]), strategy, [0], interval=15)
    assert round(float(rollout.measures.travel_time_log[0]), 2) == seconds


def test_only_vehicles_on_paths_that_meet_an_intersection_again_come_back():
    path = paths([1, 9, 4], [5], [0, 9, 1], [2, 9, 0, 9, 3])
    start = np.array([[0, 4, 6, 10]], np.int32)
    assert returns(path, revisits(path, ENDS_AT), start).tolist() == [[True, False, False, True]]


def test_without_a_path_nobody_returns():
    nothing = np.zeros(0, np.int32)
    assert returns(nothing, nothing, np.zeros((2, 1), np.int32)).tolist() == [[False], [False]]
