"""The guessed demand on a network of a map."""

import numpy as np
import pytest

from tests.helpers.osm_map import NET, written
from traffic_marl.demand.formats.sumo.demand import read_sumo_demand
from traffic_marl.exchange.openstreetmap.extract import read_extract
from traffic_marl.exchange.openstreetmap.roads import read_mapped_roads
from traffic_marl.exchange.sumo.folder import save
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.scenario.openstreetmap.flows import LOAD, flow_elements, guessed_flows, inflow_of
from traffic_marl.scenario.random.capacity import loads


@pytest.fixture
def guessed(tmp_path):
    network = read_sumo_network(NET)
    roads = read_mapped_roads(NET, read_extract(written(tmp_path)))
    return network, guessed_flows(network, roads, 3.0)


def test_trips_lead_from_each_end_to_each_other_one(guessed):
    network, flows = guessed
    assert set(inflow_of(flows)) == set(network.entry_roads)
    assert {each.destination for each in flows} == set(network.exit_roads)
    pairs = {(each.origin, each.destination) for each in flows}
    assert ("20", "-20") not in pairs  # back to where it came from
    assert len(pairs) == len(flows)


def test_more_lanes_and_more_important_streets_have_more_trips(guessed):
    inflow = inflow_of(guessed[1])
    assert inflow["20"] == pytest.approx(inflow["24" if "24" in inflow else "-24"] * 2 * 8 / 5)
    assert inflow["-24"] == pytest.approx(inflow["23"] / 2)  # both secondary, with one lane and with two
    assert inflow["-26"] < inflow["25#0"] < inflow["-24"]


def test_the_busiest_intersection_has_the_stated_load(guessed, tmp_path):
    network, flows = guessed
    save(flow_elements(flows, 3600), tmp_path / "town.rou.xml")
    demand = read_sumo_demand(tmp_path / "town.rou.xml", network, 3600)

    assert loads(network, demand.flow, 3.0).max() == pytest.approx(LOAD, rel=0.01)


def test_the_trips_of_seeds_differ_and_have_the_mean_of_the_flows(guessed, tmp_path):
    network, flows = guessed
    save(flow_elements(flows, 3600), tmp_path / "town.rou.xml")
    demand = read_sumo_demand(tmp_path / "town.rou.xml", network, 3600)
    counts = np.array([len(demand.draw(seed)) for seed in range(5)])

    expected = sum(each.flow for each in flows) * 3600
    assert abs(counts.mean() - expected) < 4 * np.sqrt(expected / len(counts))
    assert len(set(counts.tolist())) > 1
