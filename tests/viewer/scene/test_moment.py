"""Moment: its numbers against the measures of a run that ends at the same time."""

import math

import numpy as np
import pytest

from tests.helpers.small_town import TOWN
from traffic_marl.measures import summarise
from traffic_marl.viewer.scene.moment import moment


@pytest.mark.parametrize("seconds", [60, 200])
def test_mean_delay_is_that_of_a_run_that_ends_now(seconds):
    simulation = TOWN.simulation([4, 5])
    simulation.advance(np.zeros((2, 4), np.int32), seconds)
    records = simulation.records()
    measures = summarise(records, records, seconds)
    for copy in range(2):
        seen = moment(simulation, copy)
        assert seen.mean_delay == pytest.approx(measures.mean_delay[copy])
        assert seen.mean_delay > 0.0
        assert seen.completed == measures.completed[copy]
        assert seen.under_way == measures.under_way[copy] == len(seen.positions.vehicle)
        assert seen.backlog.sum() == measures.backlog[copy]


def test_before_anybody_is_due_there_is_no_mean_delay():
    seen = moment(TOWN.simulation([4]))
    assert math.isnan(seen.mean_delay)
    assert seen.time == seen.under_way == seen.completed == 0


def test_queues_are_those_of_the_readings():
    simulation = TOWN.simulation([4])
    simulation.advance(np.zeros((1, 4), np.int32), 120)
    seen = moment(simulation)
    assert np.array_equal(seen.queue, simulation.readings().queue[0])
    assert seen.queue.sum() == (seen.positions.speed[seen.positions.drivable < len(seen.queue)] < 0.1).sum() > 0
