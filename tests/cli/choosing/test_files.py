"""Data sets under any names on the command line."""

import json

import pytest

from tests.helpers import odd_data_sets
from traffic_marl.scenario import Scenario, cityflow_scenario

SIMULATE = ("simulate", "--strategy", "fixed_time", "--json", "--until", 60)


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    """Every test works in an empty folder with r.json, a.json and b.json."""
    monkeypatch.chdir(tmp_path)
    good = odd_data_sets.write(tmp_path / "good")
    (tmp_path / "r.json").write_text((good / "roadnet.json").read_text())
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text((good / "flow.json").read_text())


def demanded(call, *arguments):
    code, out, err = call(*SIMULATE, *arguments)
    assert code == 0, err
    return json.loads(out)["measures"]["demanded"], err


def test_files_of_any_name_are_run(call):
    alone = demanded(call, "--cityflow", "good")[0]
    assert alone == 21  # one every 5 s and one every 7 s
    assert demanded(call, "--roadnet", "r.json", "--flow", "a.json")[0] == alone
    assert demanded(call, "--roadnet", "r.json", "--flow", "a.json", "--flow", "b.json")[0] == 2 * alone
    assert demanded(call, "--cityflow", "good", "--flow", "b.json", "--flow", "a.json")[0] == 2 * alone


def test_a_configuration_is_run_and_told(call, tmp_path):
    config = {"interval": 0.5, "dir": "", "roadnetFile": "r.json", "flowFile": "a.json"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    _, err = demanded(call, "--cityflow", "config.json")
    assert err.splitlines()[0] == "note: config.json: interval is 0.5 s, but vehicles move in steps of 1 s here"
    code, out, err = call(*SIMULATE, "--cityflow", "config.json", "--strict")
    assert (code, out) == (2, "")
    assert err.startswith("config.json: interval: 0.5 s are asked for, but vehicles move in steps of 1 s here; write 1")


def test_the_files_that_a_folder_leaves_to_choose_are_listed(call, tmp_path):
    (tmp_path / "good" / "flow.json").rename(tmp_path / "good" / "c.json")
    (tmp_path / "a.json").rename(tmp_path / "good" / "a.json")
    code, out, err = call(*SIMULATE, "--cityflow", "good")
    assert (code, out) == (2, "")
    assert err == "good: holds 1 road network (roadnet.json) and 2 flow files (a.json, c.json); name one with --flow\n"
    assert demanded(call, "--cityflow", "good", "--flow", "c.json")[0] == 21


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("grid_2x2_smoke", "--cityflow", "good"),
            "--cityflow: the scenario grid_2x2_smoke is given as well; give one of",
        ),
        (
            ("grid_2x2_smoke", "--roadnet", "r.json"),
            "--roadnet: the scenario grid_2x2_smoke is given as well; give one",
        ),
        (("grid_2x2_smoke", "--flow", "a.json"), "--flow: the scenario grid_2x2_smoke is given as well; give one of"),
        (("--roadnet", "r.json"), "--roadnet: the road network has no vehicles; give --flow as well"),
        (("--flow", "a.json"), "--flow: the vehicles have no road network; give --roadnet as well"),
        (
            ("--roadnet", "a.json", "--flow", "r.json"),
            "--flow: r.json is a road network of CityFlow; give a flow file",
        ),
        (
            ("--cityflow", "r.json"),
            "r.json: is a road network of CityFlow, not a configuration; give a folder",
        ),
        (("good",), "scenario: good is a folder; give --cityflow DIR"),
        (("r.json",), "scenario: r.json is a road network of CityFlow; give --roadnet FILE --flow FILE"),
        (("--cityflow", "/dev/zero"), "/dev/zero: is no configuration of CityFlow; give a folder or a configuration"),
        (("--phases", "1"), "--phases: phases can be chosen for data sets only"),
    ],
)
def test_wrong_mixtures_are_told_in_one_line(call, arguments, message):
    code, out, err = call(*SIMULATE, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(message)


def test_a_run_of_several_files_goes_on_from_its_folder(call):
    train = ("train", "--algorithm", "tabular-q", "--copies", "1", "--validation-seeds", "1", "--skip-classical")
    files = ("--roadnet", "r.json", "--flow", "a.json", "--flow", "b.json", "--until", 60, "--out", "run")
    assert call(*train, *files, "--iterations", 1)[0] == 0
    kept = Scenario.load("run/scenario.json")
    assert kept.hash() == cityflow_scenario(roadnet="r.json", flow=["a.json", "b.json"], horizon_s=60).hash()
    assert call(*train, *files, "--iterations", 2, "--resume")[0] == 0
