import json

import pytest

from traffic_marl.errors import FileError
from traffic_marl.scenario.data_sets.config import read_config


def config(folder, **fields):
    """A configuration in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    given = {"interval": 1.0, "seed": 0, "dir": "", "roadnetFile": "r.json", "flowFile": "f.json"}
    usual = {"rlTrafficLight": True, "laneChange": False, "saveReplay": False}
    path.write_text(json.dumps({**given, **usual, **fields}))
    return path


def files(folder):
    """The two files in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("r.json", "f.json"):
        (folder / name).write_text("")
    return folder


@pytest.mark.parametrize(
    ("place", "prefix"),
    [
        ("work/data", "data/"),  # as CityFlow reads it
        ("work/data", "./data"),  # without the slash that CityFlow wants
        ("work", ""),
        ("else/configs/data", "data/"),  # from the folder of the configuration
        ("else/data", "data/"),  # from the folder above it
        ("else/configs", "/home/somebody/data/"),  # beside the configuration
    ],
)
def test_files_are_found_from_the_working_directory_or_from_the_configuration(tmp_path, monkeypatch, place, prefix):
    folder = files(tmp_path / place)
    (tmp_path / "work").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "work")
    found = read_config(config(tmp_path / "else" / "configs", dir=prefix))
    assert [path.resolve() for path in (found.roadnet, found.flows[0])] == [folder / "r.json", folder / "f.json"]
    assert found.remarks == ()


def test_the_working_directory_comes_first(tmp_path, monkeypatch):
    files(tmp_path / "configs" / "data")
    files(tmp_path / "work" / "data")
    monkeypatch.chdir(tmp_path / "work")
    found = read_config(config(tmp_path / "configs", dir="data/"))
    assert found.flows[0].resolve() == tmp_path / "work" / "data" / "f.json"


def test_names_may_have_folders(tmp_path):
    files(tmp_path / "raw" / "town")
    found = read_config(config(tmp_path, dir="data/", roadnetFile="raw/town/r.json", flowFile="raw/town/f.json"))
    assert found.roadnet == tmp_path / "raw" / "town" / "r.json"


def test_a_configuration_without_dir_is_read(tmp_path):
    files(tmp_path)
    path = tmp_path / "short.json"
    path.write_text('{"roadnetFile": "r.json", "flowFile": "f.json"}')
    assert read_config(path).flows[0] == tmp_path / "f.json"


def test_another_step_and_lane_changes_are_told_and_refused_strictly(tmp_path):
    files(tmp_path)
    step, change = read_config(config(tmp_path, interval=0.5, laneChange=True)).remarks
    assert str(step) == "config.json: interval is 0.5 s, but vehicles move in steps of 1 s here"
    assert str(change) == "config.json: laneChange is true, but vehicles keep to their lanes here"
    assert str(step.error) == (
        "config.json: interval: 0.5 s are asked for, but vehicles move in steps of 1 s here; write 1"
    )
    assert str(change.error).endswith("vehicles keep to their lanes here; write false")
    assert read_config(config(tmp_path, interval=1)).remarks == ()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"flowFile": "gone.json"},
            r"config.json: flowFile: x/gone.json is neither in the working directory nor in that of",
        ),
        ({"flowFile": "f" * 300}, r"config.json: flowFile: x/ff.*ff is neither in the working directory"),
        ({"roadnetFile": 7}, r"config.json: roadnetFile: 7 is not a name"),
        ({"dir": 7}, r"config.json: dir: 7 is not a name"),
        ({"interval": "1"}, r'config.json: interval: "1" is not a number'),
        ({"laneChange": "no"}, r'config.json: laneChange: "no" is neither true nor false'),
    ],
)
def test_mistakes_in_a_configuration_are_told_in_one_line(tmp_path, fields, message):
    files(tmp_path)
    with pytest.raises(FileError, match=f"^{message}") as caught:
        read_config(config(tmp_path, **{"dir": "x/", **fields}))
    assert "\n" not in str(caught.value)


def test_a_configuration_that_names_no_file_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"flowFile": "f.json"}')
    with pytest.raises(FileError, match=r'^config.json: it has no "roadnetFile"; add it'):
        read_config(tmp_path / "config.json")


def test_a_road_network_that_mentions_a_configuration_within_is_told_what_it_is(tmp_path):
    path = tmp_path / "config.json"
    path.write_text('{"intersections": [], "roads": [], "made_by": {"roadnetFile": "r.json"}}')
    with pytest.raises(FileError, match="is a road network of CityFlow; give the configuration that CityFlow reads"):
        read_config(path)
