"""Mistakes a user makes in files and flags: each is one line on stderr that says where, exit code 2, nothing else."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from traffic_marl.cli import main
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import STRATEGIES

ROOT = Path(__file__).parents[2]
SMALL = {
    "name": "small",
    "network": {"kind": "grid", "rows": 1, "columns": 2, "block_m": 150},
    "demand": {"kind": "turning", "inflow_vph": 300},
    "duration_s": 60,
    "clearing_s": 0,
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Runs in an empty folder, in which nothing may be left."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def refused(capsys, tmp_path, monkeypatch):
    """Calls the command line, holds that it refuses as it should before any run, and gives the line."""

    def no_run(*arguments, **named):
        raise AssertionError("a simulation was started")

    monkeypatch.setattr(Scenario, "simulation", no_run)

    def refused(*arguments):
        before = files_under(tmp_path)
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert stop.value.code == 2, captured.err
        assert captured.out == ""
        assert captured.err.endswith("\n")
        assert captured.err.count("\n") == 1, captured.err
        assert files_under(tmp_path) == before
        return captured.err

    return refused


def files_under(folder):
    """Content of all files by path, and the folders."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def scenario_file(folder, content):
    """A scenario as JSON in a file."""
    path = folder / "scenario.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def changed(content, changes):
    """A copy of nested dictionaries and lists with some values changed, each given by its place."""
    content = copy.deepcopy(content)
    for place, value in changes.items():
        part = content
        *inner, last = place
        for step in inner:
            part = part[step] if isinstance(part, list) else part.setdefault(step, {})
        part[last] = value
    return content


# Fields of a scenario


@pytest.mark.parametrize("value", [0, -1, -0.5])
@pytest.mark.parametrize(
    ("field", "noun"),
    [
        ("duration_s", "duration"),
        ("decision_interval_s", "duration"),
        ("network.block_m", "length"),
        ("network.rim_m", "length"),
        ("network.speed_limit_kmh", "speed"),
    ],
)
def test_what_must_be_above_zero(refused, tmp_path, field, noun, value):
    line = refused("compare", scenario_file(tmp_path, changed(SMALL, {tuple(field.split(".")): value})))
    assert line.startswith(f"{field}: {value}")
    assert f"is not a {noun}" in line or "is not a whole number" in line


@pytest.mark.parametrize("field", ["clearing_s", "signals.min_green_s", "signals.yellow_s", "signals.all_red_s"])
def test_what_must_not_be_below_zero(refused, tmp_path, field):
    line = refused("compare", scenario_file(tmp_path, changed(SMALL, {tuple(field.split(".")): -3})))
    assert line == f"{field}: -3 is not a duration; give seconds, at least 0\n"


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({("demand", "inflow_vph"): -1}, "demand.inflow_vph: -1 is not a flow"),
        ({("demand", "turning"): {"left": -0.1}}, "demand.turning.left: -0.1"),
        ({("network", "rows"): 0}, "network.rows: 0"),
        ({("network", "columns"): 1e9}, "network.columns: "),
        ({("network", "rows"): "two"}, "network.rows: 'two' is not a whole number"),
        ({("network", "kind"): "ring"}, "network.kind: 'ring' is not one of the choices"),
        ({("network", "blok_m"): 1}, "network.blok_m: unknown field; did you mean block_m?"),
        ({("duration_s",): float("nan")}, "duration_s: nan"),
        ({("network", "block_m"): float("inf")}, "network.block_m: inf"),
        ({("signals", "phases"): "three"}, "signals.phases: 'three' is no choice of phases"),
        ({("signals", "max_green_s"): 2}, "signals.max_green_s: 2 s is shorter than the shortest green"),
        ({("network", "lanes"): []}, "network.lanes: "),
        ({("network", "lanes"): [["through"], ["left"]]}, "network.lanes[1]: it goes left, to the right of a lane"),
    ],
)
def test_what_a_field_must_not_be(refused, tmp_path, changes, start):
    assert refused("compare", scenario_file(tmp_path, changed(SMALL, changes))).startswith(start)


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({("demand", "vehicles"): [{"length_m": 0}]}, "demand.vehicles[0].length_m: 0 is not a length"),
        ({("demand", "vehicles"): [{"max_speed_kmh": -50}]}, "demand.vehicles[0].max_speed_kmh: -50 is not a speed"),
        ({("demand", "entries"): [{"road": "road_west_1_E"}]}, "demand.entries[0].inflow_vph: is missing"),
        ({("demand", "profile"): [{"time_s": -1, "factor": 1}]}, "demand.profile[0].time_s: -1 is not a duration"),
        (
            {("demand",): {"kind": "origin_destination", "pairs": [{"origin": "a", "flow_vph": 1}]}},
            "demand.pairs[0].destination: ",
        ),
    ],
)
def test_a_mistake_in_a_list_is_told_alone(refused, tmp_path, changes, start):
    """It does not make the list empty."""
    assert refused("compare", scenario_file(tmp_path, changed(SMALL, changes))).startswith(start)


def test_more_lanes_than_movements_can_use(refused, tmp_path):
    """Four lanes turn left into a side street with three."""
    lanes = [["left"], ["left"], ["left"], ["left"], ["through"], ["right"]]
    content = SMALL | {"network": {"kind": "arterial", "intersections": 2, "lanes": lanes}}
    line = refused("compare", scenario_file(tmp_path, content))
    assert line.startswith("network.lanes: 4 lanes go left at intersection_1 from ")
    assert "4 lanes go left at intersection_1 from E, into 3; remove lanes" in line


# Demand between places that no route joins


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("east_1", "east_1"), ("road_1_2_E", "road_west_1_E"), ("road_west_1_E", "road_west_1_E")],
)
def test_a_pair_that_no_route_joins(refused, tmp_path, origin, destination):
    pairs = [
        {"origin": "west_1", "destination": "east_1", "flow_vph": 100},
        {"origin": origin, "destination": destination, "flow_vph": 100},
    ]
    line = refused(
        "compare", scenario_file(tmp_path, SMALL | {"demand": {"kind": "origin_destination", "pairs": pairs}})
    )
    assert line.startswith("demand.pairs[1]")


def test_an_entry_from_which_nobody_gets_on(refused, tmp_path):
    entries = [{"road": "road_1_2_E", "inflow_vph": 100}]
    line = refused("compare", scenario_file(tmp_path, SMALL | {"demand": {"kind": "turning", "entries": entries}}))
    assert line.startswith("demand.entries[0].road: ")
    assert "leads to no intersection" in line


# CityFlow's files


@pytest.fixture
def data_set(tmp_path):
    """A folder with a small data set, and its content to be changed."""
    folder = tmp_path / "town"
    folder.mkdir()
    network = grid(1, 2, block=150.0)
    small = Scenario.model_validate(SMALL)
    write_roadnet(network, folder / "roadnet.json")
    write_flow(small.build_demand().draw(0), network, folder / "flow.json")
    return folder


def change(path, edit):
    """Rewrites a JSON file after an edit of its content."""
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("command", [("compare", "--strict"), ("simulate", "--strategy", "fixed_time", "--strict")])
@pytest.mark.parametrize(
    ("route", "what"),
    [
        (["road_1_2_E", "road_west_1_E"], "no route leads from 'road_1_2_E' to 'road_west_1_E'"),
        (["road_west_1_E", "road_1_1_W"], "no route leads from 'road_west_1_E' to 'road_1_1_W'"),
        (["road_west_1_E"], "fewer than two roads"),
        (["road_west_1_E", "road_nowhere"], "there is no road 'road_nowhere'"),
    ],
)
def test_a_flow_that_no_route_carries_is_refused_strictly(refused, data_set, command, route, what):
    change(data_set / "flow.json", lambda flows: flows[2].update(route=route))
    line = refused(*command, "--cityflow", data_set)
    assert line.startswith("demand.path: flow.json: [2].route: ")
    assert what in line


@pytest.mark.parametrize(
    ("field", "value"),
    [("interval", 0), ("interval", -1), ("startTime", "now"), ("endTime", -2), ("vehicle", {})],
)
def test_a_flow_with_a_wrong_number(refused, data_set, field, value):
    change(data_set / "flow.json", lambda flows: flows[1].update({field: value}))
    assert refused("compare", "--cityflow", data_set).startswith(f"demand.path: flow.json: [1].{field}")


@pytest.mark.parametrize("second", [-5, 2.5])
def test_a_start_that_is_taken_as_another_second_is_refused_strictly(refused, data_set, second):
    change(data_set / "flow.json", lambda flows: flows[1].update(startTime=second))
    line = refused("compare", "--cityflow", data_set, "--strict")
    assert line.startswith("demand.path: flow.json: [1].startTime")


def test_a_missing_road_is_refused_with_all_that_names_it(refused, data_set):
    def leave_out(roadnet):
        roadnet["roads"] = [road for road in roadnet["roads"] if road["id"] != "road_1_1_E"]

    change(data_set / "roadnet.json", leave_out)
    line = refused("compare", "--cityflow", data_set)
    assert line.startswith("network.path: ")
    assert "roadnet.json: intersections[0].roadLinks[" in line
    assert '"road_1_1_E" is not a road of the file' in line


def test_a_phase_with_a_movement_that_there_is_not(refused, data_set):
    def name_the_thirteenth(roadnet):
        roadnet["intersections"][0]["trafficLight"]["lightphases"][1]["availableRoadLinks"].append(12)

    change(data_set / "roadnet.json", name_the_thirteenth)
    line = refused("compare", "--cityflow", data_set)
    assert "intersections[0].trafficLight.lightphases[1].availableRoadLinks[" in line
    assert "12 is not the index of one of the road links" in line


@pytest.mark.parametrize(
    ("phases", "what"), [("1-9", "row 5"), ("1,1", "row 1 twice"), ("x", "not a list of rows"), ("no.json", "no.json")]
)
def test_rows_that_a_phase_table_lacks(refused, data_set, phases, what):
    line = refused("compare", "--cityflow", data_set, "--phases", phases)
    assert line.startswith(("signals.phases: ", "--phases: ", "no.json: "))
    assert what in line


def test_a_file_in_the_place_of_a_data_set(refused, data_set):
    assert refused("compare", "--cityflow", data_set / "flow.json").startswith(f"{data_set / 'flow.json'}: ")


# Files that cannot be read

BROKEN = '{\n  "name": "small",\n  "network": {"kind": "grid",, "rows": 1}\n}\n'


def test_a_malformed_scenario_is_located(refused, tmp_path):
    path = scenario_file(tmp_path, BROKEN)
    line = refused("compare", path)
    assert line.startswith(f"{path}: ")
    assert "line 3, column 30" in line


@pytest.mark.parametrize(("name", "field"), [("flow.json", "demand.path: "), ("roadnet.json", "network.path: ")])
def test_a_malformed_data_set_is_located(refused, data_set, name, field):
    (data_set / name).write_text(BROKEN)
    line = refused("simulate", "--strategy", "random", "--cityflow", data_set)
    assert line.startswith(field)
    assert name in line
    assert "line 3, column 30" in line


@pytest.mark.parametrize("content", ["", "[]", "7", "null", '"small"', "{", "\x00", "[" * 100_000])
def test_other_content_than_a_scenario(refused, tmp_path, content):
    refused("compare", scenario_file(tmp_path, content))


def test_content_that_is_not_text(refused, tmp_path):
    path = tmp_path / "scenario.json"
    path.write_bytes(b"\xff\xfe\x00")
    assert refused("compare", path).startswith(str(path))


@pytest.mark.parametrize("name", ["missing.json", "missing.py", "folder.json", "folder.py"])
def test_a_file_that_is_not_there(refused, tmp_path, name):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "folder.py").mkdir()
    assert refused("compare", tmp_path / name).startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("scenario = (", "line 1: "),
        ("import nosuch_module", "fails with ModuleNotFoundError"),
        ("", "declares no scenario"),
        ("scenario = 'small'", "declares no scenario"),
    ],
)
def test_a_script_that_declares_no_scenario(refused, tmp_path, script, what):
    path = tmp_path / "mine.py"
    path.write_text(script)
    line = refused("compare", path)
    assert line.startswith(str(path))
    assert what in line


# Flags


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (
            ["compare", "grid_2x2_smke"],
            "scenario: unknown scenario 'grid_2x2_smke'; did you mean grid_2x2_smoke?",
        ),
        (
            ["compare", "grid_4x4"],
            "scenario: unknown scenario 'grid_4x4'; did you mean grid_4x4_rush_hour or grid_4x4_short_blocks? ",
        ),
        (
            ["compare", "grid_2x2", "--seeds", "2"],
            "scenario: unknown scenario 'grid_2x2'; did you mean grid_2x2_",
        ),
        (["compare", "/"], "scenario: / is a folder; give --cityflow DIR"),
        (["compare", ""], "scenario: unknown scenario ''; available: "),
        (
            ["compare", "--strategies", "max_presure"],
            "--strategies: unknown strategy 'max_presure'; did you mean max_pressure?",
        ),
        (["compare", "--strategies", ""], "strategies ''"),
        (["compare", "--strategies", "random,,webster"], "strategies 'random,,webster'"),
        (["compare", "--strategies", "random:interval_s=0"], "random:interval_s=0: 0 is not a duration"),
        (
            ["compare", "--strategies", "fixed_time:gren_s=9"],
            "fixed_time: unknown parameter 'gren_s'; did",
        ),
        (["compare", "--strategies", "max_pressure:exit=none"], "max_pressure:exit=none: "),
        (["compare", "--strategies", "random", "--reference", "randm"], "reference: randm"),
        (["compare", "--seeds", "-2"], "--seeds: -2 is too small"),
        (["compare", "--seeds", "1001"], "--seeds: 1001 are too many for one comparison; give at most 1000"),
        (["compare", "--threads", "0"], "--threads: 0 is too small; give a whole number, at least 1"),
        (
            ["list", "foo"],
            "Invalid value for 'kind': 'foo' is not one of 'scenarios', 'strategies', 'policies'; see --help",
        ),
        (["simulate"], f"Missing option '--strategy'; give one of {', '.join(STRATEGIES)}\n"),
        (["simulate", "--strategy", "web_ster"], "--strategy: unknown strategy 'web_ster'; did you mean webster?"),
        (
            ["simulate", "--strategy", "random,webster"],
            "--strategy: 'random,webster' lists several strategies; give one",
        ),
        (["simulate", "--strategy", "random", "--seed", "-1"], "--seed: -1 is not a seed; give"),
        (["simulate", "--strategy", "random", "--seed", str(2**62)], f"--seed: {2**62} is not a seed; give"),
        (["simulate", "--strategy", "random", "--until", "-60"], "--until: -60 is too small"),
        (["simulate", "--strategy", "random", "--seed", "one"], "Invalid value for '--seed'"),
    ],
)
def test_flags_that_make_no_sense(refused, arguments, start):
    assert refused(*arguments).startswith(start)


# Files that cannot be written

OUTPUTS = [
    (["compare", "--strategies", "random", "--seeds", "1"], "--csv"),
    (["compare", "--strategies", "random", "--seeds", "1"], "--json"),
    (["compare", "--strategies", "random", "--seeds", "1"], "--plot"),
    (["simulate", "--strategy", "random"], "--trips"),
    (["simulate", "--strategy", "random"], "--signals"),
    (["simulate", "--strategy", "random"], "--json"),
]


@pytest.mark.parametrize(("command", "flag"), OUTPUTS, ids=[flag for _, flag in OUTPUTS])
@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("missing/out.png", "there is no folder"),
        ("folder.png", "is a folder"),
        ("file/out.png", "there is no folder"),
        ("closed/out.png", "Permission denied"),
    ],
)
def test_an_output_that_cannot_be_written(refused, tmp_path, command, flag, target, what):
    if flag == "--plot":
        pytest.importorskip("matplotlib")
    if target.startswith("closed") and os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_text("content")
    (tmp_path / "closed").mkdir(mode=0o500)
    line = refused(*command, flag, tmp_path / target)
    assert line.startswith(f"{flag}: ")
    assert what in line


NEEDS_A_FILE = [(command, flag) for command, flag in OUTPUTS if flag != "--json"]  # which may stand alone


@pytest.mark.parametrize(("command", "flag"), NEEDS_A_FILE, ids=[flag for _, flag in NEEDS_A_FILE])
def test_a_flag_is_not_taken_for_a_file(refused, command, flag, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    line = refused(*command, flag, "--json.svg")
    assert line == f"{flag}: --json.svg is a flag, not a file; name a file after {flag}\n"


@pytest.mark.parametrize(("command", "flag"), OUTPUTS, ids=[flag for _, flag in OUTPUTS])
def test_a_bad_scenario_leaves_outputs_as_they_were(refused, tmp_path, command, flag):
    if flag == "--plot":
        pytest.importorskip("matplotlib")
    bad = scenario_file(tmp_path, changed(SMALL, {("duration_s",): 0}))
    (tmp_path / "old.png").write_text("old")
    for name in ("old.png", "new.png"):
        line = refused(command[0], bad, *command[1:], flag, tmp_path / name)
        assert line.startswith("duration_s: 0 is not a duration")


def test_the_program_tells_a_mistake_in_a_file_and_leaves_nothing(tmp_path):
    """The same through the process itself, once."""
    path = scenario_file(tmp_path, BROKEN)
    done = subprocess.run(
        [sys.executable, "run.py", "compare", str(path), "--csv", str(tmp_path / "runs.csv")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "line 3, column 30" in done.stderr
    assert set(tmp_path.iterdir()) == {path, tmp_path / "here"}
