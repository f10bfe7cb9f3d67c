import json

import pytest
from pydantic import ValidationError

from tests.helpers.two_intersections import PAIRS, folder_with_files, scenario
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import (
    ArterialNetwork,
    DemandFile,
    Entry,
    NetworkFile,
    Scenario,
    Signals,
    TurningFlows,
    TurningShares,
    cityflow_scenario,
    load_scenario,
)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"network": ArterialNetwork(intersections=3, blocks_m=(200, 300)), "demand": PAIRS},
        {
            "network": NetworkFile(kind="cityflow", path="a.json"),
            "demand": DemandFile(kind="cityflow", path="b.json"),
            "signals": {"phases": [2]},
        },
        {"demand": TurningFlows(entries=[Entry(road="x", inflow_vph=1.5, turning=TurningShares())])},
        {"signals": Signals(max_green_s=None, max_red_s=None, phases="two"), "clearing_s": 100, "description": "why"},
    ],
)
def test_json_round_trip(tmp_path, fields):
    one = scenario(**fields)
    assert Scenario.model_validate_json(one.model_dump_json()) == one
    one.save(tmp_path / "one.json")
    assert Scenario.load(tmp_path / "one.json") == load_scenario(tmp_path / "one.json") == one
    assert Scenario.load(tmp_path / "one.json").hash() == one.hash()


def test_a_scenario_that_states_no_interval_is_saved_without_one(tmp_path):
    silent, stating = scenario(), scenario(decision_interval_s=5)
    for one, stated in ((silent, None), (stating, 5)):
        one.save(tmp_path / "one.json")
        assert ("decision_interval_s" in (tmp_path / "one.json").read_text()) == (stated is not None)
        for each in (one, Scenario.load(tmp_path / "one.json"), one.model_copy(update={"name": "copied"})):
            assert (each.stated_interval, each.decision_interval_s) == (stated, 5)
    assert silent.hash() == stating.hash() == Scenario.load(tmp_path / "one.json").hash()
    assert silent.model_copy(update={"decision_interval_s": 9}).stated_interval == 9


def test_equal_scenarios_share_network_and_demand():
    assert scenario().build_network() is scenario().build_network()
    assert scenario().build_demand() is scenario().build_demand()
    assert scenario().build_network() is not scenario(signals=Signals(phases="two")).build_network()
    assert scenario().build_demand() is not scenario(duration_s=60).build_demand()


def test_scenario_cannot_be_changed():
    one = scenario()
    with pytest.raises(ValidationError, match="frozen"):
        one.decision_interval_s = 7
    assert one.decision_interval_s == 5


def test_hash_changes_with_any_field_and_with_the_files(tmp_path):
    folder = folder_with_files(tmp_path)
    hashes = {scenario().hash(), scenario(name="other").hash(), scenario(clearing_s=1).hash()}
    hashes.add(cityflow_scenario(folder).hash())
    (folder / "flow.json").write_text("[]")
    hashes.add(cityflow_scenario(folder).hash())
    assert len(hashes) == 5
    assert scenario().hash() == scenario().hash()


def test_rewritten_files_are_read_again(tmp_path):
    folder = folder_with_files(tmp_path)
    before = cityflow_scenario(folder)
    assert len(before.build_network().intersections) == 2
    assert len(before.build_demand().draw(0)) > 0
    write_roadnet(grid(1, 3), folder / "roadnet.json")
    flows = json.loads((folder / "flow.json").read_text())
    (folder / "flow.json").write_text(json.dumps(flows[:1]))
    for one in (before, cityflow_scenario(folder)):
        assert len(one.build_network().intersections) == 3
        assert len(one.flow()) == len(one.build_network().movement_roads)
        assert len(one.build_demand().draw(0)) == 1


def test_a_demand_is_built_again_for_another_network_in_the_same_file(tmp_path):
    folder = folder_with_files(tmp_path)
    one = cityflow_scenario(folder)
    movements = len(one.flow())
    write_roadnet(grid(1, 3), folder / "roadnet.json")
    assert len(one.flow()) == len(one.build_network().movement_roads) > movements


def test_unchanged_files_are_read_once(tmp_path):
    one = cityflow_scenario(folder_with_files(tmp_path))
    assert one.build_network() is one.build_network()
    assert one.build_demand() is one.build_demand()


def test_simulation_has_a_copy_for_each_seed():
    one = scenario(duration_s=60)
    simulation = one.simulation([3, 4], threads=1)
    demand = one.build_demand()
    assert simulation.records().count.tolist() == [len(demand.draw(3)), len(demand.draw(4))]
    assert simulation.timing == one.timing()


def test_hashes_are_those_of_earlier_versions():
    missing = {"kind": "cityflow", "path": "none.json"}
    assert scenario().hash() == "927e92f3de9c"
    assert scenario(network=missing, demand=missing).hash() == "51d9f32d94b3"
