"""The worth of neighbour information: what is held, and what it costs."""

import numpy as np
import pytest

from tests.helpers.handmade_signals import arterial, joined, random_readings
from tests.helpers.lone_vehicles import EASTWARD, scenario
from traffic_marl.explaining.means import ReadingMeans, isolated, own_lanes
from traffic_marl.explaining.neighbours import READINGS, worth_of_neighbours
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.conversion import named_strategy

ROAD = arterial(3)
TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=1, columns=2, block_m=100.0),
    demand=TurningFlows(inflow_vph=600.0),
    duration_s=300,
)


def drawn(copies=2, time=60):
    generator = np.random.default_rng(time)
    return joined([random_readings(ROAD, generator, time) for _ in range(copies)])


def test_each_intersection_sees_its_own_lanes_and_signals_and_means_elsewhere():
    readings, means = drawn(), ReadingMeans(ROAD)
    means.add(readings)
    typical, own = means.typical(), own_lanes(ROAD)

    found = isolated(readings, typical, own)

    assert own.sum(axis=1).tolist() == [4, 4, 4]
    for b in range(2):
        for n in range(3):
            copy = b * 3 + n
            assert np.array_equal(found.queue[copy, own[n]], readings.queue[b, own[n]])
            assert np.array_equal(found.moving[copy, own[n]], readings.moving[b, own[n]])
            elsewhere = np.rint(readings.queue[:, ~own[n]].mean(axis=0))
            assert np.array_equal(found.queue[copy, ~own[n]], elsewhere)
            assert found.phase[copy, n] == readings.phase[b, n]
            others = np.arange(3) != n
            assert np.array_equal(found.age[copy, others], np.rint(readings.age[:, others].mean(axis=0)))
    assert found.queue.dtype == readings.queue.dtype


def test_the_typical_phase_is_the_most_frequent_one():
    means = ReadingMeans(ROAD)
    for time in range(30):
        means.add(drawn(3, time))
    phases = np.concatenate([drawn(3, time).phase for time in range(30)])

    assert means.typical()["phase"].tolist() == [np.bincount(column).argmax() for column in phases.T]


@pytest.mark.parametrize("strategy", ["longest_queue", "actuated", "fixed_time", "sotl"])
def test_neighbours_are_worth_nothing_to_a_strategy_that_looks_at_its_own_lanes_alone(strategy):
    found = worth_of_neighbours(TOWN, named_strategy(strategy), (0, 1))

    assert found.held == (READINGS,)
    assert found.saved.tolist() == [0.0, 0.0]
    assert found.delay.min() > 0.0


def test_they_change_what_max_pressure_decides():
    found = worth_of_neighbours(TOWN, named_strategy("max_pressure"), (0, 1))

    assert found.saved.tolist() != [0.0, 0.0]


def following(conditions):
    """Gives the second intersection the phase that the first one shows, which is all that this strategy knows."""

    def decide(readings):
        first = readings.time // 40 % 2 * 2  # north and south, then east and west
        return np.stack([np.full(len(readings.phase), first), readings.phase[:, 0]], axis=1)

    return decide


def test_a_vehicle_waits_for_ever_where_a_neighbours_signal_would_have_told_of_it(tmp_path):
    town = scenario(tmp_path, [(0, EASTWARD)], duration=300)

    found = worth_of_neighbours(town, named_strategy(following), (0,), interval=5)

    assert found.delay[0] < 120.0
    assert found.without[0] > found.delay[0] + 60.0
