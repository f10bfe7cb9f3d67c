"""The command line as a user meets it: what is printed where, which files appear, and how it exits."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from traffic_marl import __version__
from traffic_marl.cli import compare_scenario, comparing, exits, main
from traffic_marl.cli.choosing import scenario as choosing
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.kernels.tables import NEVER
from traffic_marl.measures import DEFINITIONS
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import STRATEGIES, parse

ROOT = Path(__file__).parents[2]
SMALL = Scenario.model_validate(
    {
        "name": "small",
        "network": {"kind": "grid", "rows": 1, "columns": 1, "block_m": 150},
        "demand": {"kind": "turning", "inflow_vph": 400},
        "duration_s": 200,
        "clearing_s": 300,
    }
)


@pytest.fixture
def small(monkeypatch, tmp_path_factory):
    """The commands meet a small scenario where none is named."""
    path = tmp_path_factory.mktemp("small") / "small.json"
    SMALL.save(path)
    monkeypatch.setattr(choosing, "DEFAULT_SCENARIO", str(path))


@pytest.fixture
def no_run(monkeypatch):
    """Fails the test if any traffic is simulated."""

    def refuse(*arguments, **named):
        raise AssertionError("a simulation was started")

    monkeypatch.setattr(Scenario, "simulation", refuse)


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# What works


def test_the_version_is_printed_alone(call):
    assert call("--version") == (0, f"{__version__}\n", "")


def test_no_command_prints_the_help(call):
    code, out, err = call()
    assert (code, err) == (0, "")
    assert all(command in out for command in ("list", "compare", "simulate"))


def test_list_names_every_strategy_and_the_default_scenario(call):
    code, out, _ = call("list")
    assert code == 0
    assert all(name in out for name in (*STRATEGIES, "grid_4x4_rush_hour"))
    assert "grid_4x4_rush_hour" not in call("list", "strategies")[1]
    assert "max_pressure" not in call("list", "scenarios")[1]


def test_compare_prints_one_row_a_strategy_and_writes_files(call, small, tmp_path):
    code, out, err = call(
        "compare", "--strategies", "fixed_time,max_pressure:interval_s=6", "--seeds", 2,
        "--csv", tmp_path / "runs.csv", "--json", tmp_path / "all.json",
    )  # fmt: skip
    assert code == 0
    assert "max_pressure:interval_s=6" in out
    assert "small: 2 strategies, 2 seeds" in out
    assert "%" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.json", "runs.csv"]
    assert {(row["strategy"], row["seed"]) for row in rows_of(tmp_path / "runs.csv")} == {
        (label, seed) for label in ("fixed_time", "max_pressure:interval_s=6") for seed in "01"
    }
    content = json.loads((tmp_path / "all.json").read_text())
    assert content["reference"] == "fixed_time"
    expected = run(SMALL, parse("fixed_time"), (0, 1)).measures
    (row,) = [row for row in content["strategies"] if row["strategy"] == "fixed_time"]
    assert row["mean_delay"]["mean"] == pytest.approx(expected.mean_delay.mean())


def test_compare_draws_a_plot(call, small, tmp_path):
    pytest.importorskip("matplotlib")
    code, *_ = call("compare", "--strategies", "random", "--seeds", 1, "--plot", tmp_path / "delays.png")
    assert code == 0
    assert (tmp_path / "delays.png").read_bytes().startswith(b"\x89PNG")


def test_compare_scenario_serves_scripts(capsys):
    found = compare_scenario(SMALL, "longest_queue,random", seeds=1)
    assert found.reference == "longest_queue"
    assert "longest_queue" in capsys.readouterr().out


def test_demand_without_chance_is_run_once_and_said_so(call, small, monkeypatch):
    fixed = SMALL.build_demand()
    monkeypatch.setattr(type(fixed), "is_random", False)
    code, out, err = call("compare", "--strategies", "fixed_time,random", "--seeds", 5)
    assert code == 0
    assert "the same for every seed" in err
    assert "seed 0," in out


def test_simulate_prints_every_measure_with_its_definition(call, small):
    code, out, _ = call("simulate", "--strategy", "fixed_time", "--seed", 3)
    assert code == 0
    assert all(name in out for name in DEFINITIONS)
    assert "seed 3" in out


def test_simulate_prints_json_alone_on_stdout(call, small):
    code, out, _ = call("simulate", "--strategy", "fixed_time", "--json", "--audit", "--until", 60)
    content = json.loads(out)
    assert code == 0
    assert (content["strategy"], content["seed"], content["horizon"]) == ("fixed_time", 0, 60)
    assert (content["measures"]["overlaps"], content["measures"]["disorders"]) == (0, 0)
    assert content["measures"].keys() == DEFINITIONS.keys()


def test_until_past_the_demand_is_refused_before_anything_runs(call, small, no_run):
    code, out, err = call("simulate", "--strategy", "fixed_time", "--until", 3600)
    assert (code, out) == (2, "")
    assert err == "--until: 3600 is past the end of the demand at 200 s; give at most 200\n"


def test_cityflow_files_are_read_until_the_end_asked_for(call, tmp_path):
    network = SMALL.build_network()
    write_roadnet(network, tmp_path / "roadnet.json")
    write_flow(SMALL.build_demand().draw(0), network, tmp_path / "flow.json")
    flow = json.loads((tmp_path / "flow.json").read_text())[:1]
    (tmp_path / "flow.json").write_text(json.dumps([{**flow[0], "interval": 60.0, "startTime": 0, "endTime": -1}]))
    command = ("simulate", "--strategy", "fixed_time", "--cityflow", tmp_path, "--json", "--until")
    measures = {}
    for until in (1200, 4200):
        code, out, _ = call(*command, until)
        assert code == 0
        assert json.loads(out)["horizon"] == until
        measures[until] = json.loads(out)["measures"]
        assert measures[until]["demanded"] == until // 60
        assert measures[until]["throughput"] == pytest.approx(60, abs=4)
    code, _, err = call(*command, 90_000)
    assert (code, err) == (2, "--until: 90000 is longer than any demand; give at most 86400\n")


def test_trips_say_what_became_of_every_vehicle(call, small, tmp_path):
    path = tmp_path / "trips.csv"
    assert call("simulate", "--strategy", "fixed_time", "--until", 100, "--trips", path)[0] == 0
    rows = rows_of(path)
    records = run(SMALL, parse("fixed_time"), (0,), until=100).at_end
    ways = ["origin", "destination", "type", "route"]
    assert list(rows[0]) == ["vehicle", "scheduled", "entered", "finished", "halted", "stops", *ways]
    assert all(
        row["route"].split()[:: len(row["route"].split()) - 1] == [row["origin"], row["destination"]] for row in rows
    )
    assert {row["type"] for row in rows} == {"car"}
    assert len({row["vehicle"] for row in rows}) == len(rows) == (records.scheduled[0] < 100).sum() > 5
    for place, row in enumerate(rows):
        assert int(row["scheduled"]) == records.scheduled[0, place] < 100
        for column, values in (("entered", records.entered), ("finished", records.left)):
            assert row[column] == ("" if values[0, place] == NEVER else str(values[0, place]))
        assert (int(row["halted"]), int(row["stops"])) == (records.halted[0, place], records.stops[0, place])
    assert any(row["finished"] == "" for row in rows)


def test_signals_replay_to_the_log(call, small, tmp_path):
    path = tmp_path / "signals.csv"
    assert call("simulate", "--strategy", "random", "--until", 100, "--signals", path)[0] == 0
    log = run(SMALL, parse("random"), (0,), until=100, log_signals=True).simulation.signal_log()[0]
    shown = np.full(log.shape, -1)
    rows = rows_of(path)
    assert list(rows[0]) == ["time", "intersection", "phase", "name"]
    network = SMALL.build_network()
    rows_of_phases = network.tables.phase_row[0].tolist()
    for row in rows:
        name = dict(zip(rows_of_phases, network.phase_names[0], strict=True)).get(int(row["phase"]), "")
        assert row["name"] == name
        assert shown[int(row["time"]), 0] != int(row["phase"])  # changes only
        shown[int(row["time"]) :, 0] = int(row["phase"])
    assert np.array_equal(shown, log)
    assert len({row["name"] for row in rows}) > 2


# What a user may get wrong


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compar"], "No such command 'compar'"),
        (["compare", "--sead", "3"], "No such option"),
        (["compare", "--seeds", "many"], "Invalid value for '--seeds'"),
        (["compare", "--seeds", "2.5"], "Invalid value for '--seeds'"),
        (["compare", "--seeds", "0"], "--seeds: 0 is too small; give a whole number, at least 1"),
        (["compare", "--interval", "-5"], "--interval: -5 is too small"),
        (["compare", "--threads", "0"], "--threads: 0 is too small"),
        (["compare", "--strategies", "fixed_tme"], "did you mean fixed_time?"),
        (["compare", "--strategies", "random,random"], "strategies: random is given twice"),
        (["compare", "--strategies", "fixed_time:green_s=x"], "fixed_time:green_s=x"),
        (
            ["compare", "--strategies", "random", "--reference", "webster"],
            "reference: webster is not among the strategies",
        ),
        (["compare", "grid_4x4_rush_our"], "grid_4x4_rush_hour"),
        (["compare", "grid_4x4_rush_hour", "--cityflow", "."], "--cityflow: the scenario grid_4x4_rush_hour is given"),
        (["compare", "--phases", "1-4"], "--phases: phases can be chosen for data sets only"),
        (["compare", "--cityflow", ".", "--phases", "4-1"], "--phases: '4-1' is not a list of rows"),
        (["compare", "--csv", "/nowhere/table.csv"], "--csv: there is no folder /nowhere"),
        (["compare", "--json", "/proc/table.json"], "--json: /proc/table.json cannot be written"),
        (["compare", "--plot", "plot.txt"], "--plot: plot.txt names no picture format"),
        (["compare", "--csv", "x", "--json", "./x"], "--json: x is also the file of --csv"),
        (["simulate"], "Missing option '--strategy'"),
        (["simulate", "--strategy", "nosuch"], "unknown strategy"),
        (["simulate", "--strategy", "random", "--until", "0"], "--until: 0 is too small"),
        (["simulate", "--strategy", "random", "--trips", "/nowhere/t.csv"], "--trips: there is no folder"),
        (["simulate", "--strategy", "random", "--signals", "/"], "--signals: / is a folder"),
        (["list", "vehicles"], "'vehicles' is not one of 'scenarios', 'strategies'"),
    ],
)
def test_mistakes_are_told_in_one_line_before_anything_runs(call, no_run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_cityflow_folder_without_files_is_told(call, no_run, tmp_path):
    code, out, err = call("compare", "--cityflow", tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_malformed_cityflow_file_is_told(call, tmp_path):
    (tmp_path / "roadnet.json").write_text('{"intersections": [')
    (tmp_path / "flow.json").write_text("[]")
    code, out, err = call("simulate", "--strategy", "random", "--cityflow", tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "roadnet.json" in err


def small_json(tmp_path, **changes):
    content = {**json.loads(SMALL.model_dump_json()), **changes}
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"duration_s": -5}, "duration_s: -5 is not a duration"),
        ({"decision_interval_s": 0}, "decision_interval_s: 0 is not a duration"),
        ({"network": {"kind": "grid", "rows": 1, "columns": 1, "block_m": 0}}, "network.block_m: 0 is not a length"),
        ({"nosuch": 1}, "nosuch: unknown field"),
        ({"demand": {"kind": "turning", "entries": [{"road": "nosuch", "inflow_vph": 1}]}}, "demand"),
        (
            {
                "demand": {
                    "kind": "origin_destination",
                    "pairs": [{"origin": "nosuch", "destination": "nosuch", "flow_vph": 9}],
                }
            },
            "demand.pairs[0]",
        ),
    ],
)
def test_mistakes_in_a_scenario_file_are_told_in_one_line(call, tmp_path, changes, message):
    code, out, err = call("compare", small_json(tmp_path, **changes), "--csv", tmp_path / "runs.csv")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not (tmp_path / "runs.csv").exists()


def test_scenario_file_is_run(call, tmp_path):
    code, out, _ = call("simulate", small_json(tmp_path, name="mine"), "--strategy", "random", "--until", 20)
    assert code == 0
    assert out.startswith("mine: random, seed 0")


def test_failed_write_leaves_what_was_there(call, small, tmp_path, monkeypatch):
    path = tmp_path / "runs.csv"
    path.write_text("old")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, err = call("compare", "--strategies", "random", "--seeds", 1, "--csv", path)
    assert code == 2
    assert "--csv" in err
    assert "No space left on device" in err
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_ctrl_c_stops_with_one_line(call, monkeypatch):
    def interrupt(*arguments, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(comparing, "choose_scenario", interrupt)
    code, out, err = call("compare")
    assert (code, out, err.strip()) == (130, "", "stopped")


def test_our_own_mistakes_are_not_hidden(monkeypatch):
    def fail(*arguments, **named):
        raise AssertionError("ours")

    monkeypatch.setattr(comparing, "choose_scenario", fail)
    with pytest.raises(AssertionError, match="ours"):
        main(["compare"])


# The program as a process


def process(*arguments, **named):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **named
    )


@pytest.mark.parametrize("program", [["run.py"], ["-m", "traffic_marl"]])
def test_program_starts_from_a_checkout(program):
    done = process(*program, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{__version__}\n", "")


def test_program_tells_mistakes_without_a_traceback():
    done = process("run.py", "compare", "nosuch")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_piped_comparison_shows_every_name_whole_in_80_columns(tmp_path):
    path = tmp_path / "small.json"
    SMALL.save(path)
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    names = ("fixed_time", "max_pressure:exit=mean,interval_s=6", "pretrained/grid_4x4_rush_hour")
    command = f"{sys.executable} run.py compare {path} --seeds 2 --strategies {','.join(names)} | cat"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True, env=environment
    )
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(any(name in line.split() for line in lines) for name in names)


def test_interrupted_program_exits_with_130():
    code = "import signal, time, traffic_marl.cli.comparing as c; "
    code += "signal.signal(signal.SIGINT, signal.default_int_handler); "  # ignored where tests run in the background
    code += "c.choose_scenario = lambda *a: (print('on', flush=True), time.sleep(60)); "
    code += "from traffic_marl.cli import main; main(['compare'])"
    running = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout.readline() == "on\n"
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, err.strip()) == (130, "stopped")


def test_import_of_the_package_loads_no_heavy_library():
    heavy = ("numba", "torch", "ray", "pygame", "matplotlib", "pydantic", "networkx", "scipy", "typer", "numpy")
    code = f"import sys, traffic_marl; print([name for name in {heavy!r} if name in sys.modules])"
    assert process("-c", code).stdout == "[]\n"


def test_command_line_leaves_learning_and_drawing_alone():
    code = (
        "import sys, traffic_marl.cli; print([n for n in ('torch', 'ray', 'pygame', 'matplotlib') if n in sys.modules])"
    )
    assert process("-c", code).stdout == "[]\n"


def test_public_names_are_found_and_others_are_not():
    code = "import traffic_marl; [getattr(traffic_marl, name) for name in traffic_marl.__all__]; traffic_marl.nosuch"
    done = process("-c", code)
    assert "module 'traffic_marl' has no attribute 'nosuch'" in done.stderr.splitlines()[-1]


def test_exit_codes_are_those_documented():
    assert (exits.WRONG_USE, exits.STOPPED) == (2, 130)


def test_a_value_of_a_wrong_type_is_told_in_words_of_the_user(call):
    for flag, value in (("--seeds", "many"), ("--seeds", "2.5")):
        line = call("compare", flag, value)[2]
        assert line.startswith(f"Invalid value for '{flag}': ")
        assert "Input should" not in line
