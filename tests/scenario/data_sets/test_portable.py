"""Scenarios in a folder with their files."""

import shutil

import pytest

from tests.helpers.sumo_town import TOWN, routes
from traffic_marl.scenario import Scenario, load_scenario, sumo_scenario
from traffic_marl.scenario.data_sets.portable import SCENARIO, save_portable

TRIP = '<trip id="one" depart="0" from="WC" to="CT"/>'


def test_a_folder_that_was_moved_holds_the_same_scenario(tmp_path, monkeypatch):
    scenario = sumo_scenario(TOWN, routes=routes(tmp_path, TRIP))
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    save_portable(scenario, first)
    shutil.move(first, second)
    monkeypatch.chdir("/")

    again = load_scenario(second / SCENARIO)

    assert again.build_network().lane_names == scenario.build_network().lane_names
    assert len(again.build_demand().draw(0)) == 1
    same = {"network": scenario.network, "demand": scenario.demand}
    assert again.model_copy(update=same) == scenario


def test_files_of_the_same_name_are_both_kept(tmp_path):
    (tmp_path / "other").mkdir()
    one = routes(tmp_path, TRIP)
    other = routes(tmp_path / "other", TRIP.replace("one", "two"))
    scenario = sumo_scenario(TOWN, routes=[one, other])
    (tmp_path / "out").mkdir()
    save_portable(scenario, tmp_path / "out")

    trips = load_scenario(tmp_path / "out" / SCENARIO).build_demand().draw(0)

    assert sorted(trips.names) == ["one", "two"]


def test_a_generated_network_needs_no_files(tmp_path):
    scenario = load_scenario("grid_2x2_smoke")
    save_portable(scenario, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [SCENARIO]
    assert Scenario.load(tmp_path / SCENARIO).hash() == scenario.hash()


def test_a_path_from_the_working_directory_comes_first(tmp_path, monkeypatch):
    scenario = sumo_scenario(TOWN, routes=routes(tmp_path, TRIP))
    folder = tmp_path / "folder"
    folder.mkdir()
    save_portable(scenario, folder)
    routes(tmp_path, TRIP, TRIP.replace("one", "two"))
    monkeypatch.chdir(tmp_path)
    shutil.copy(TOWN, tmp_path)

    assert len(Scenario.load(folder / SCENARIO).build_demand().draw(0)) == 2


@pytest.mark.parametrize("content", ["[]", '{"network": 3}', '{"network": {"kind": "sumo", "path": 3}}'])
def test_json_that_is_no_scenario_is_told_as_before(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content)

    with pytest.raises(Exception, match="; "):
        Scenario.load(path)
