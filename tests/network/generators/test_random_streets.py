"""Random networks of streets."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.phase_sets import PHASE_SETS
from traffic_marl.network.generators.random_streets import random_streets
from traffic_marl.network.lanes import check_lanes, lacking_turns
from traffic_marl.network.model import roads_of
from traffic_marl.network.routes import successors

SEEDS = range(12)


def legs(network):
    """Number of legs of each intersection."""
    into = Counter(road.end for road in roads_of(network.graph))
    return [into[name] for name in network.intersections]


def blocks(network):
    """[m] Length of each road, from centre to centre."""
    return [float(np.hypot(*np.subtract(road.points[1], road.points[0]))) for road in roads_of(network.graph)]


def test_a_seed_gives_the_same_network_each_time_and_another_seed_another_one():
    one, same, other = (random_streets(seed) for seed in (3, 3, 4))

    assert one.roads == same.roads
    assert blocks(one) == blocks(same)
    assert np.array_equal(one.tables.served, same.tables.served)
    assert blocks(one) != blocks(other)


@pytest.mark.parametrize("phases", PHASE_SETS)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_entry_leads_to_an_exit_and_no_lane_blocks_itself(seed, phases):
    network = random_streets(seed, phases=phases)
    after = nx.DiGraph([(road, to) for road, following in successors(network).items() for to in following])
    entries = [road for road in after if not after.in_degree(road)]
    exits = {road for road in after if not after.out_degree(road)}

    check_lanes(network)
    assert not lacking_turns(network)
    assert len(entries) >= 4
    assert all(exits & nx.descendants(after, entry) for entry in entries)
    assert set(after) == set(network.roads)


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_lengths_lanes_and_limits_lie_within_their_bounds(seed):
    network = random_streets(seed, intersections=(6, 9), block=(200, 300), lanes=(2, 3), speed_limit=(9.0, 12.0))
    tables = network.tables
    limits = tables.limit[: len(network.lane_names)]

    assert 6 <= len(network.intersections) <= 9
    assert all(200 <= block <= 300 for block in blocks(network))
    assert np.bincount(tables.lane_road).max() <= 3
    assert limits.min() >= 9.0
    assert limits.max() <= 12.0


def test_a_grid_has_four_legs_everywhere_and_an_irregular_network_has_t_junctions_as_well():
    for seed in SEEDS:
        assert set(legs(random_streets(seed, shape="grid"))) == {4}
        assert 3 in legs(random_streets(seed, shape="irregular"))
        assert set(legs(random_streets(seed, shape="irregular"))) <= {3, 4}


def test_seeds_differ_in_size_shape_lanes_and_limits():
    networks = [random_streets(seed) for seed in range(30)]

    assert len({len(network.intersections) for network in networks}) >= 8
    assert len({3 in legs(network) for network in networks}) == 2
    assert {int(np.bincount(network.tables.lane_road).max()) for network in networks} == {2, 3}
    assert len({float(network.tables.limit[0]) for network in networks}) >= 10


def test_a_size_that_only_a_long_street_has_is_one_street():
    assert len(random_streets(0, intersections=(11, 11)).intersections) == 11


def test_streets_of_one_lane_are_refused_with_phases_for_single_turns():
    with pytest.raises(NetworkError, match="no street of 1 to 1 lanes suits the phases four"):
        random_streets(0, lanes=(1, 1), phases="four")
    assert int(np.bincount(random_streets(0, lanes=(1, 1), phases="two").tables.lane_road).max()) == 1
