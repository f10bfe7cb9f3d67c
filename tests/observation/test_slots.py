"""Movements stand in the slots of the phases that serve them."""

import numpy as np
import pytest

from tests.helpers.observed_traffic import NETWORKS
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation.slots import movements_of


@pytest.mark.parametrize("name", NETWORKS)
def test_each_phase_has_the_movements_that_it_serves_and_others_do_not(name):
    network = NETWORKS[name]
    served = network.tables.served
    for n, count in enumerate(network.tables.phase_count):
        here = network.tables.movement_intersection == n
        always = served[:, :count].all(axis=1)
        for p, group in enumerate(movements_of(network, n)):
            assert sorted(group) == np.flatnonzero(here & served[:, p] & ~always).tolist()


def test_movements_of_a_phase_stand_clockwise_by_where_they_come_from():
    network = grid(1, 1, phases="two")
    names = [
        [(network.movement_roads[m][0].split("_")[-1], network.movement_turns[m]) for m in group]
        for group in movements_of(network, 0)
    ]
    for group in names:
        assert group[0][0] == group[1][0]
        assert [turn for _, turn in group] == ["through", "left"] * 2
