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


def test_a_file_beside_the_scenario_comes_before_one_of_its_name_in_the_working_directory(tmp_path, monkeypatch):
    folders = [tmp_path / name for name in ("one", "two")]
    for count, folder in enumerate(folders, start=1):
        folder.mkdir()
        lines = [TRIP.replace("one", f"trip_{number}") for number in range(count)]
        save_portable(sumo_scenario(TOWN, routes=routes(tmp_path, *lines)), folder)
    monkeypatch.chdir(folders[0])

    counts = [len(Scenario.load(folder / SCENARIO).build_demand().draw(0)) for folder in folders]

    assert counts == [1, 2]


def test_a_path_with_folders_from_the_working_directory_comes_first(tmp_path, monkeypatch):
    for count, folder in enumerate((tmp_path / "data", tmp_path / "kept" / "data"), start=1):
        folder.mkdir(parents=True)
        lines = [TRIP.replace("one", f"trip_{number}") for number in range(count)]
        routes(tmp_path, *lines).rename(folder / "town.rou.xml")
    monkeypatch.chdir(tmp_path)
    scenario = sumo_scenario(TOWN, routes="data/town.rou.xml")
    scenario.save(tmp_path / "kept" / SCENARIO)

    assert len(Scenario.load(tmp_path / "kept" / SCENARIO).build_demand().draw(0)) == 1


def test_a_file_that_is_named_like_the_scenario_keeps_its_content(tmp_path):
    named = routes(tmp_path, TRIP).rename(tmp_path / SCENARIO)
    folder = tmp_path / "folder"
    folder.mkdir()
    save_portable(sumo_scenario(TOWN, routes=named), folder)

    assert len(Scenario.load(folder / SCENARIO).build_demand().draw(0)) == 1
    assert named.read_text() == (folder / f"also_{SCENARIO}").read_text()


@pytest.mark.parametrize("content", ["[]", '{"network": 3}', '{"network": {"kind": "sumo", "path": 3}}'])
def test_json_that_is_no_scenario_is_told_as_before(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content)

    with pytest.raises(Exception, match="; "):
        Scenario.load(path)
