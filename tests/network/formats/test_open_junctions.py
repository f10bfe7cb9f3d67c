"""Junctions without signals in CityFlow's files: nodes whose only light phase lets everybody pass."""

import json

import numpy as np

from tests.helpers.sumo_town import town
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.formats.cityflow import read_roadnet, write_roadnet
from traffic_marl.network.generators.grid import grid


def test_a_junction_without_signals_is_written_and_read_again(tmp_path):
    network, path = town(), tmp_path / "roadnet.json"
    write_roadnet(network, path)
    again = read_roadnet(path)
    assert again.intersections == network.intersections == ("C",)
    assert again.movement_roads == network.movement_roads
    at = again.tables.movement_intersection
    assert np.array_equal(at == NONE, network.tables.movement_intersection == NONE)
    assert any("taken as junctions without signals" in remark.what for remark in again.remarks)


def with_open_nodes(folder, count):
    """A grid of one by two in CityFlow's format, in which so many nodes have one light phase for everybody."""
    path = folder / "roadnet.json"
    write_roadnet(grid(1, 2), path)
    content = json.loads(path.read_text())
    for node in [node for node in content["intersections"] if not node["virtual"]][:count]:
        node["trafficLight"]["lightphases"] = [{"time": 30, "availableRoadLinks": list(range(len(node["roadLinks"])))}]
    path.write_text(json.dumps(content))
    return read_roadnet(path)


def test_a_node_with_one_open_phase_is_no_intersection_if_another_has_signals(tmp_path):
    assert len(with_open_nodes(tmp_path, 0).intersections) == 2
    network = with_open_nodes(tmp_path, 1)
    assert len(network.intersections) == 1
    assert network.tables.intersection.max() == 1
    assert len(with_open_nodes(tmp_path, 2).intersections) == 2  # else nothing would be left to control
