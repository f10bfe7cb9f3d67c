"""The choice of a scenario and of the part of its demand, which four commands share."""

import csv
import json
from pathlib import Path

import pytest

from tests.helpers import odd_data_sets
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.recording.traffic_file import read_recording

SMALL = Scenario(
    name="small",
    network=GridNetwork(rows=1, columns=1, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=200,
    clearing_s=300,
)
FIXED = ("--strategy", "fixed_time")
COMMANDS = {
    "simulate": ("simulate", *FIXED),
    "compare": ("compare", "--strategies", "fixed_time"),
    "watch": ("watch", *FIXED, "--record", "run.traffic"),
    "train": (
        "train",
        "--algorithm",
        "tabular-q",
        "--iterations",
        "1",
        "--copies",
        "1",
        "--validation-seeds",
        "1",
        "--skip-classical",
        "--out",
        "run",
    ),
}


@pytest.fixture(autouse=True)
def small_file(tmp_path, monkeypatch):
    """Every test works in an empty folder with small.json."""
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")


def data_set(folder, *spans):
    """A data set with one flow for each start and end [s], a vehicle every 10 s."""

    def change(data):
        route = data.flow[0]["route"]
        data.flow = [odd_data_sets.flow(route, interval=10.0, start=start, end=end) for start, end in spans]

    return odd_data_sets.write(folder, change)


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


# The part of the demand


def test_all_commands_say_the_same_about_a_part_of_the_demand(call):
    part = SMALL.within(from_s=50, until_s=120)
    seconds = ("small.json", "--from", 50, "--until", 120)
    code, out, _ = call(*COMMANDS["simulate"], *seconds, "--json", "--trips", "trips.csv")
    record = json.loads(out)
    assert (code, record["horizon"], record["scenario_hash"]) == (0, 70, part.hash())
    drawn = SMALL.build_demand().draw(0)
    due = [
        (name, str(second - 50))
        for name, second in zip(drawn.names, drawn.scheduled, strict=True)
        if 50 <= second < 120
    ]
    assert [(row["vehicle"], row["scheduled"]) for row in rows_of("trips.csv")] == due
    assert call(*COMMANDS["compare"], *seconds, "--seeds", 1, "--csv", "runs.csv")[0] == 0
    assert float(rows_of("runs.csv")[0]["mean_delay [s/veh]"]) == pytest.approx(record["measures"]["mean_delay"])
    assert call(*COMMANDS["watch"], *seconds)[0] == 0
    recording = read_recording(Path("run.traffic"))
    assert (recording.last, recording.origin.scenario_hash) == (70, part.hash())
    assert call(*COMMANDS["train"], *seconds)[0] == 0
    assert Scenario.load("run/scenario.json").hash() == part.hash()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (
            ("--from", 200),
            "--from: 200 is not before the end of the run at second 200 of the demand; give at most 199\n",
        ),
        (
            ("--from", 90, "--until", 90),
            "--from: 90 is not before the end of the run at second 90 of the demand; give at",
        ),
        (("--from", -1), "--from: -1 is too small; give a whole number, at least 0\n"),
        (("--until", 201), "--until: 201 is past the end of the demand at 200 s; give at most 200\n"),
        (("--until", 0), "--until: 0 is too small"),
    ],
)
def test_seconds_outside_the_demand_are_refused_by_every_command(call, command, seconds, message):
    code, out, err = call(*command, "small.json", *seconds)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(message)


def test_vehicles_outside_the_seconds_are_told_once(call, tmp_path):
    folder = data_set(tmp_path / "town", (0, 95), (4000, 4090))
    told = {
        (): "",
        ("--until", 50): "note: flow.json: 15 of 20 vehicles are due after 50 s and left out\n",
        ("--from", 50): "note: flow.json: 5 of 20 vehicles are due before second 50 of the demand and left out\n",
    }
    for seconds, notes in told.items():
        code, _, err = call(*COMMANDS["simulate"], "--cityflow", folder, *seconds)
        assert code == 0, err
        assert [line for line in err.splitlines(keepends=True) if line.startswith("note")] == notes.splitlines(True)


def test_strict_takes_the_seconds_that_a_user_asks_for(call, tmp_path):
    folder = data_set(tmp_path / "town", (0, 95), (4000, 4090))
    assert call(*COMMANDS["simulate"], "--cityflow", folder, "--strict", "--from", 20, "--until", 50)[0] == 0


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_strict_refuses_vehicles_that_no_run_is_long_enough_for(call, tmp_path, command):
    folder = data_set(tmp_path / "town", (0, 95), (86_395, 86_405))
    code, out, err = call(*command, "--cityflow", folder, "--strict")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(
        "demand.path: flow.json: 1 of 12 vehicles are due after 86,400 s and left out; give times below 86400"
    )


def test_a_data_set_is_run_to_its_last_vehicle(call, tmp_path):
    folder = data_set(tmp_path / "town", (0, 95), (4000, 4090))
    code, out, _ = call(*COMMANDS["simulate"], "--cityflow", folder, "--json")
    assert (code, json.loads(out)["horizon"], json.loads(out)["measures"]["demanded"]) == (0, 4500, 20)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_data_set_without_a_vehicle_is_refused_by_every_command(call, tmp_path, command):
    folder = odd_data_sets.write(tmp_path / "town", "empty_flow")
    code, out, err = call(*command, "--cityflow", folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("demand.path: flow.json: no vehicle is due in the seconds 0 to 3,599; give a demand with")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_seconds_without_a_vehicle_are_refused_by_every_command(call, tmp_path, command):
    folder = data_set(tmp_path / "town", (0, 95), (4000, 4090))
    code, out, err = call(*command, "--cityflow", folder, "--from", 100, "--until", 3000)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("demand.path: flow.json: no vehicle is due in the seconds 100 to 2,999")


def test_a_part_of_the_demand_meets_the_same_vehicles_as_from_python(call):
    code, out, _ = call(*COMMANDS["simulate"], "small.json", "--from", 50, "--json")
    expected = run(SMALL.within(from_s=50), parse("fixed_time"), (0,)).run_records()[0]
    assert (code, json.loads(out)["measures"]) == (0, expected.measures)


def test_titles_tell_where_the_run_begins(call):
    _, out, _ = call(*COMMANDS["simulate"], "small.json", "--from", 50)
    assert out.splitlines()[0].endswith(", 150 s of demand from second 50,")
    _, out, _ = call(*COMMANDS["compare"], "small.json", "--from", 50, "--seeds", 1)
    assert out.splitlines()[0] == "small: 1 strategy, seed 0, 150 s of demand from second 50"
    _, out, _ = call(*COMMANDS["compare"], "small.json", "--until", 50, "--seeds", 1)
    assert out.splitlines()[0] == "small: 1 strategy, seed 0, 50 s of demand"


def test_a_run_goes_on_only_with_the_seconds_it_began_with(call):
    assert call(*COMMANDS["train"], "small.json", "--from", 50)[0] == 0
    assert call(*COMMANDS["train"], "small.json", "--from", 50, "--resume", "--iterations", 2)[0] == 0
    code, _, err = call(*COMMANDS["train"], "small.json", "--from", 60, "--resume", "--iterations", 3)
    assert (code, err.count("\n")) == (2, 1)
    assert "was trained on another scenario than small" in err
