import json

import pytest

from tests.helpers.two_intersections import folder_with_files, scenario
from traffic_marl.errors import FileError, ScenarioError, UsageError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.remarks import DataWarning
from traffic_marl.scenario import NetworkFile, Scenario, Signals, cityflow_scenario
from traffic_marl.scenario.formats import FORMATS


def test_cityflow_folder_becomes_the_protocol_of_the_literature(tmp_path):
    one = cityflow_scenario(folder_with_files(tmp_path), horizon_s=50)
    assert one.name == "town"
    assert one.timing() == Timing(min_green=0, max_green=NEVER, yellow=5, all_red=0, max_red=NEVER)
    assert (one.duration_s, one.clearing_s, one.decision_interval_s) == (50, 0, 15)
    assert one.build_network().roads == scenario().build_network().roads
    trips, drawn = one.build_demand().draw(0), scenario(duration_s=100).build_demand().draw(0)
    assert trips.scheduled.tolist() == drawn.scheduled[drawn.scheduled < 50].tolist()
    assert not one.build_demand().is_random


@pytest.mark.parametrize("name", ["network.json", "phases.json"])
def test_a_file_may_be_called_like_a_field(tmp_path, name):
    (tmp_path / name).write_text("[]")
    one = scenario(network=NetworkFile(kind="cityflow", path=str(tmp_path / name)), signals=Signals())
    with pytest.raises(ScenarioError, match=rf"^network.path: {name}: "):
        one.build_network()


def test_cityflow_phases_are_the_rows_chosen(tmp_path):
    folder = folder_with_files(tmp_path)
    network = cityflow_scenario(folder, phases=[2, 1]).build_network()
    assert network.tables.phase_row[:, :2].tolist() == [[2, 1], [2, 1]]
    with pytest.raises(ScenarioError, match=r"^signals.phases"):
        cityflow_scenario(folder, phases=[77]).build_network()


def test_files_of_any_name_are_the_same_data_set(tmp_path):
    folder = folder_with_files(tmp_path)
    usual = cityflow_scenario(folder)
    named = cityflow_scenario(roadnet=folder / "roadnet.json", flow=str(folder / "flow.json"))
    assert named.hash() == usual.hash()
    trips = usual.build_demand().draw(0)
    (folder / "flow.json").rename(folder / "monday.json")
    with pytest.warns(
        DataWarning, match=r"the road network is roadnet.json, and the vehicles are those of monday.json"
    ):
        other = cityflow_scenario(folder)
    assert (other.name, usual.name) == ("monday", "town")
    assert other.build_demand().draw(0).names == trips.names


def test_several_flow_files_are_one_demand(tmp_path):
    folder = folder_with_files(tmp_path)
    alone = cityflow_scenario(folder)
    (folder / "more.json").write_text((folder / "flow.json").read_text())
    both = cityflow_scenario(folder, flow=["flow.json", "more.json"])
    assert (both.name, both.demand.also) == ("town+more", (str(folder / "more.json"),))
    assert len(both.build_demand().draw(0)) == 2 * len(alone.build_demand().draw(0))
    assert Scenario.model_validate_json(both.model_dump_json()) == both
    before = both.hash()
    (folder / "more.json").write_text(json.dumps(json.loads((folder / "flow.json").read_text())[:1]))
    assert both.hash() != before
    assert len(both.build_demand().draw(0)) == len(alone.build_demand().draw(0)) + 1


def test_one_flow_file_leaves_json_and_hash_as_they_were(tmp_path):
    one = cityflow_scenario(folder_with_files(tmp_path))
    assert set(json.loads(one.model_dump_json())["demand"]) == {"kind", "path"}
    assert "also" not in one.demand.model_dump()


def test_seconds_may_be_chosen_with_the_data_set(tmp_path):
    folder = folder_with_files(tmp_path)
    part = cityflow_scenario(folder, from_s=20, horizon_s=50)
    assert (part.window_s, part.duration_s, part.horizon) == ((20, 50), 50, 30)
    assert part.hash() == cityflow_scenario(folder, horizon_s=50).within(from_s=20).hash()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"flow": "flow.json"}, "flow: the vehicles have no road network; give roadnet as well"),
        ({"roadnet": "roadnet.json"}, "roadnet: the road network has no vehicles; give flow as well"),
        ({"roadnet": 5, "flow": "flow.json"}, "roadnet: 5 is not a path"),
        ({"roadnet": "roadnet.json", "flow": 5}, "flow: 5 is not a path, nor a list of paths; give one or several"),
        ({"roadnet": "roadnet.json", "flow": [5]}, "flow: [5] is not a path, nor a list of paths; give one or several"),
        ({"directory": 5}, "directory: 5 is not a path"),
        ({}, "directory: no data set is given; give a folder, or roadnet and flow"),
    ],
)
def test_wrong_arguments_are_told(arguments, message):
    with pytest.raises(UsageError) as caught:
        cityflow_scenario(**arguments)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("phases", ["1-4", 3])
def test_rows_that_are_no_list_are_told(tmp_path, phases):
    with pytest.raises(
        UsageError, match=rf"^phases: {phases!r} is not a list of rows; give a list such as \[1, 2, 3, 4\]"
    ):
        cityflow_scenario(folder_with_files(tmp_path), phases=phases)


def test_missing_folder_or_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"none: is not a folder; give one with roadnet.json and flow.json"):
        cityflow_scenario(tmp_path / "none")
    folder = folder_with_files(tmp_path)
    (folder / "flow.json").unlink()
    with pytest.raises(FileError, match=r"flow.json: is missing; give a folder"):
        cityflow_scenario(folder)


def test_the_network_of_a_data_set_is_read_once(tmp_path, monkeypatch):
    reads = []
    read = FORMATS["cityflow"].read_network
    counted = FORMATS["cityflow"]._replace(read_network=lambda path: reads.append(path) or read(path))
    monkeypatch.setitem(FORMATS, "cityflow", counted)
    one = cityflow_scenario(folder_with_files(tmp_path))
    network = one.build_network()
    assert one.model_copy(update={"signals": Signals(yellow_s=4)}).build_network() is network
    assert len(reads) == 1
