import pytest

from tests.helpers.two_intersections import folder_with_files, scenario
from traffic_marl.errors import FileError, ScenarioError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.scenario import NetworkFile, Signals, cityflow_scenario
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
