"""The option --json alone, with a file, and before a scenario."""

import json
import os

import pytest

from tests.helpers.small_town import TOWN

SIMULATE = ("simulate", "--strategy", "fixed_time")
COMPARE = ("compare", "--strategies", "fixed_time,random", "--seeds", 2)
COMMANDS = pytest.mark.parametrize("command", [SIMULATE, COMPARE], ids=["simulate", "compare"])


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    """Every test works in an empty folder with small.json."""
    TOWN.save(tmp_path / "small.json")
    monkeypatch.chdir(tmp_path)


def names_of(folder):
    return sorted(path.name for path in folder.iterdir())


@COMMANDS
@pytest.mark.parametrize("words", [["small.json", "--json"], ["--json", "small.json"], ["small.json", "--json", "-"]])
def test_json_alone_is_printed_and_nothing_else(call, tmp_path, command, words):
    before = (tmp_path / "small.json").read_bytes()
    code, out, _ = call(*command, *words)
    assert code == 0
    assert json.loads(out)["scenario"] == TOWN.name
    assert names_of(tmp_path) == ["small.json"]
    assert (tmp_path / "small.json").read_bytes() == before


@COMMANDS
@pytest.mark.parametrize("words", [["--json", "out.json"], ["--json=out.json"]])
def test_json_with_a_file_is_written_beside_the_table(call, tmp_path, command, words):
    code, out, _ = call(*command, *words, "small.json")
    assert code == 0
    assert out.startswith(f"{TOWN.name}: ")
    assert json.loads((tmp_path / "out.json").read_text())["scenario"] == TOWN.name
    assert names_of(tmp_path) == ["out.json", "small.json"]


@COMMANDS
def test_the_same_json_is_printed_and_written(call, tmp_path, command):
    printed = call(*command, "small.json", "--json")[1]
    call(*command, "small.json", "--json", "out.json")
    assert (tmp_path / "out.json").read_text() == printed


@COMMANDS
def test_json_stands_alone_before_another_flag(call, tmp_path, command):
    code, out, _ = call(*command, "--json", "--interval", 10, "small.json")
    assert code == 0
    assert json.loads(out)["scenario"] == TOWN.name
    assert names_of(tmp_path) == ["small.json"]


@COMMANDS
def test_other_files_are_written_where_json_is_printed(call, tmp_path, command):
    flag = "--csv" if command is COMPARE else "--trips"
    code, out, _ = call(*command, "small.json", "--json", flag, "table.csv")
    assert code == 0
    assert json.loads(out)
    assert names_of(tmp_path) == ["small.json", "table.csv"]


@pytest.mark.parametrize("name", ["grid_2x2_smoke", "mine.py", "small.json"])
def test_a_scenario_after_json_is_not_overwritten(call, tmp_path, name):
    (tmp_path / "mine.py").write_text(
        "from traffic_marl.scenario import Scenario\nscenario = Scenario.load('small.json')\n"
    )
    code, out, _ = call("simulate", "--json", name, "--strategy", "fixed_time", "--until", 20)
    assert code == 0
    assert json.loads(out)["horizon"] == 20
    assert names_of(tmp_path) == ["mine.py", "small.json"]


@COMMANDS
def test_a_json_file_of_results_is_replaced(call, tmp_path, command):
    (tmp_path / "out.json").write_text("{}")
    assert call(*command, "small.json", "--json", "out.json")[0] == 0
    assert json.loads((tmp_path / "out.json").read_text())["scenario"] == TOWN.name


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_that_nobody_writes_to_is_not_read(call, tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    code, _, err = call(*SIMULATE, "--json", "pipe.json", "small.json")
    assert code == 2
    assert err.splitlines()[-1].startswith("--json: pipe.json cannot be written (no process reads from this pipe)")
