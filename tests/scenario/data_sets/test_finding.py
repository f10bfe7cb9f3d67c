import json
from pathlib import Path

import pytest

from tests.helpers import odd_data_sets
from traffic_marl.errors import FileError, UsageError
from traffic_marl.scenario.data_sets.finding import DataSet, Names, find_data_set

FLAGS = Names("--cityflow", "--roadnet", "--flow")


def folder(tmp_path, *, roadnets=(), flows=(), config=None):
    """A folder with a sound data set under these names, which may be several."""
    good = odd_data_sets.write(tmp_path / "good")
    made = tmp_path / "town"
    made.mkdir()
    for content, names in (("roadnet.json", roadnets), ("flow.json", flows)):
        for name in names:
            (made / name).write_text((good / content).read_text())
    if config is not None:
        (made / "config.json").write_text(json.dumps({"dir": "data/", "roadnetFile": config[0], "flowFile": config[1]}))
    return made


def names_of(data):
    return (data.roadnet.name, *(flow.name for flow in data.flows))


def told(data):
    return [str(remark) for remark in data.remarks]


def test_the_usual_names_are_taken_without_a_word(tmp_path):
    town = folder(tmp_path, roadnets=("roadnet.json", "old.json"), flows=("flow.json", "more.json"))
    assert find_data_set(town) == DataSet(town / "roadnet.json", (town / "flow.json",))
    assert find_data_set(town).name == "town"


def test_the_only_files_are_taken_and_told(tmp_path):
    data = find_data_set(folder(tmp_path, roadnets=("roadnet_3_4.json",), flows=("anon_real.json",)))
    assert names_of(data) == ("roadnet_3_4.json", "anon_real.json")
    assert data.name == "anon_real"
    assert [line.rpartition("town: ")[2] for line in told(data)] == [
        "the road network is roadnet_3_4.json, and the vehicles are those of anon_real.json"
    ]


def test_the_only_configuration_names_the_files(tmp_path):
    town = folder(tmp_path, roadnets=("r.json", "s.json"), flows=("f.json", "flow.json"), config=("s.json", "f.json"))
    data = find_data_set(town)
    assert names_of(data) == ("s.json", "f.json")
    assert told(data) == ["config.json: the road network is s.json, and the vehicles are those of f.json"]


@pytest.mark.parametrize("name", ["town.cfg", "cityflow.config", "town.conf"])
def test_a_configuration_is_found_under_its_usual_endings(tmp_path, name):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json", "g.json"), config=("r.json", "g.json"))
    (town / "config.json").rename(town / name)
    assert names_of(find_data_set(town)) == ("r.json", "g.json")


def test_the_only_files_stand_in_for_those_that_the_configuration_of_a_folder_names_in_vain(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json",), config=("r.json", "week.json"))
    data = find_data_set(town)
    assert names_of(data) == ("r.json", "f.json")
    assert told(data)[0] == (
        "config.json: flowFile: data/week.json is neither in the working directory nor in that of config.json or "
        "above, so the only files of the folder are taken"
    )
    assert data.remarks[0].error is not None
    (town / "g.json").write_text((town / "f.json").read_text())
    with pytest.raises(FileError, match=r"config.json: flowFile: data/week.json is neither"):
        find_data_set(town)


def test_the_usual_names_come_before_a_configuration(tmp_path):
    town = folder(tmp_path, roadnets=("roadnet.json", "r.json"), flows=("flow.json",), config=("r.json", "flow.json"))
    assert find_data_set(town).roadnet.name == "roadnet.json"


def test_a_configuration_is_taken_without_a_word_about_its_files(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json",), config=("r.json", "f.json"))
    data = find_data_set(town / "config.json")
    assert (names_of(data), told(data)) == (("r.json", "f.json"), [])


def test_named_files_come_before_those_of_folder_and_configuration(tmp_path, monkeypatch):
    town = folder(
        tmp_path, roadnets=("roadnet.json", "r.json"), flows=("flow.json", "f.json"), config=("r.json", "f.json")
    )
    monkeypatch.chdir(tmp_path)
    assert names_of(find_data_set(town, flows=[Path("f.json")])) == ("roadnet.json", "f.json")
    assert names_of(find_data_set(town, roadnet=Path("r.json"))) == ("r.json", "flow.json")
    assert names_of(find_data_set(town / "config.json", flows=[Path("flow.json")])) == ("r.json", "flow.json")
    assert find_data_set(town, flows=[Path("good/flow.json")]).flows == (Path("good/flow.json"),)


def test_what_is_named_is_not_looked_for_in_a_configuration(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json", "g.json"), config=("r.json", "week.json"))
    for place in (town, town / "config.json"):
        assert names_of(find_data_set(place, flows=[Path("g.json")])) == ("r.json", "g.json")
    (town / "config.json").write_text('{"flowFile": "f.json"}')
    assert names_of(find_data_set(town / "config.json", Path("r.json"))) == ("r.json", "f.json")


def test_one_of_several_flows_of_a_folder_is_chosen_by_name(tmp_path):
    town = folder(tmp_path, roadnets=("roadnet_3_4.json",), flows=("a.json", "b.json"))
    assert names_of(find_data_set(town, flows=[Path("b.json")])) == ("roadnet_3_4.json", "b.json")
    both = find_data_set(town, flows=[Path("b.json"), Path("a.json")])
    assert (names_of(both), both.name) == (("roadnet_3_4.json", "b.json", "a.json"), "b+a")


def test_files_alone_make_a_data_set(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json",))
    assert find_data_set(None, town / "r.json", [town / "f.json"]) == DataSet(town / "r.json", (town / "f.json",))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            {"roadnets": ("r.json",), "flows": ("a.json", "b.json")},
            r"town: holds 1 road network \(r.json\) and 2 flow files \(a.json, b.json\); name one with --flow$",
        ),
        (
            {"roadnets": ("r.json", "s.json"), "flows": ("a.json", "b.json")},
            r"town: holds 2 road networks \(r.json, s.json\) and 2 flow files \(a.json, b.json\); "
            r"name one with --roadnet and one with --flow$",
        ),
        ({"flows": ("a.json",)}, r"town: holds no road network and 1 flow file \(a.json\); name one with --roadnet$"),
        (
            {"roadnets": ("roadnet.json",)},
            r"town/flow.json: is missing; give a folder with roadnet.json and flow.json$",
        ),
        ({"roadnets": ("r.json",)}, r"town: holds 1 road network \(r.json\) and no flow file; name one with --flow$"),
        ({}, r"town/roadnet.json: is missing; give a folder with roadnet.json and flow.json$"),
        (
            {"roadnets": ("r.json",), "flows": [f"{i}.json" for i in range(9)]},
            r"9 flow files \(0.json, 1.json, 2.json, 3.json, 4.json, 5.json and 3 more\)",
        ),
    ],
)
def test_a_folder_that_leaves_a_choice_is_refused_with_the_candidates(tmp_path, made, message):
    with pytest.raises(FileError, match=message):
        find_data_set(folder(tmp_path, **made), names=FLAGS)


def test_several_configurations_are_listed(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("a.json", "b.json"), config=("r.json", "a.json"))
    (town / "other.cfg").write_text((town / "config.json").read_text())
    with pytest.raises(
        FileError, match=r"or give one of the configurations config.json, other.cfg in place of the folder"
    ):
        find_data_set(town, names=FLAGS)


def test_a_replay_is_told_where_a_road_network_is_missing(tmp_path):
    town = folder(tmp_path, flows=("flow.json",))
    (town / "replay_roadnet.json").write_text('{"static": {"nodes": [], "edges": []}}')
    with pytest.raises(
        FileError,
        match=r"; replay_roadnet.json is a replay road network, which CityFlow writes for .*; name one",
    ):
        find_data_set(town, names=FLAGS)


def test_wrong_mixtures_are_refused(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json",))
    with pytest.raises(UsageError, match=r"^--flow: the vehicles have no road network; give --roadnet as well"):
        find_data_set(None, None, [town / "f.json"], FLAGS)
    with pytest.raises(UsageError, match=r"^roadnet: the road network has no vehicles; give flow as well"):
        find_data_set(None, town / "r.json")
    with pytest.raises(UsageError, match=r"^--flow: .*f.json is given twice; give each flow file once"):
        find_data_set(town, None, [town / "f.json", town / "." / "f.json"], FLAGS)


def test_a_missing_or_mistaken_file_is_named(tmp_path):
    town = folder(tmp_path, roadnets=("r.json",), flows=("f.json",))
    with pytest.raises(
        FileError, match=r"^--flow: there is no file gone.json, nor one in .*town; give the path of a file"
    ):
        find_data_set(town, None, [Path("gone.json")], FLAGS)
    with pytest.raises(FileError, match=r"^--roadnet: .*f.json is a flow file of CityFlow; give a road network"):
        find_data_set(None, town / "f.json", [town / "f.json"], FLAGS)
    with pytest.raises(FileError, match=r"^--flow: .*r.json is a road network of CityFlow; give a flow file"):
        find_data_set(None, town / "r.json", [town / "r.json"], FLAGS)
    with pytest.raises(
        FileError, match=r"r.json: is a road network of CityFlow, not a configuration; give a folder or a configuration"
    ):
        find_data_set(town / "r.json", names=FLAGS)
    with pytest.raises(
        FileError, match=r"none: is not a folder; give one with roadnet.json and flow.json, or a config"
    ):
        find_data_set(town / "none", names=FLAGS)
    (town / "other.json").write_text("{}")
    with pytest.raises(FileError, match=r"other.json: is no configuration of CityFlow; give a folder"):
        find_data_set(town / "other.json", names=FLAGS)


@pytest.mark.parametrize("name", ["x" * 300, "a\nb", "a\0b"])
def test_names_that_no_file_can_have_are_refused_in_one_line(tmp_path, name):
    town, path = folder(tmp_path, roadnets=("r.json",), flows=("f.json",)), Path(name)
    wrong = {
        "--cityflow": (path, None, []),
        "--roadnet": (town, path, []),
        "--flow": (town, None, [path]),
    }
    for flag, given in wrong.items():
        with pytest.raises(FileError, match=f"^{flag}: ") as caught:
            find_data_set(*given, FLAGS)
        assert "\n" not in str(caught.value)
