import sys

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.errors import FileError, ScenarioError
from traffic_marl.scenario import load_scenario


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = 1", "declares no scenario; write `scenario = Scenario"),
        ("scenario = 3", "declares no scenario"),
        ("x = (", "mine.py: line 1: .*; correct the file"),
        ("1 / 0", "mine.py: line 1 fails with ZeroDivisionError: division by zero; correct the file"),
    ],
)
def test_script_without_a_scenario_is_refused(tmp_path, content, message):
    path = tmp_path / "mine.py"
    path.write_text(content)
    with pytest.raises(ScenarioError, match=message):
        load_scenario(path)


def test_script_may_be_given_by_path(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from traffic_marl.scenario import *\n"
        "scenario = Scenario(name='mine', network=GridNetwork(rows=1, columns=1), demand=TurningFlows(inflow_vph=1))"
    )
    assert load_scenario(path).name == load_scenario(str(path)).name == "mine"


SCRIPT = """
from __future__ import annotations
from dataclasses import dataclass
from traffic_marl.scenario import *
from neighbour import INFLOW
from package.inner import FACTOR

@dataclass
class Case:
    inflow: float = INFLOW * FACTOR

scenario = Scenario(
    name='mine', network=GridNetwork(rows=1, columns=1), demand=TurningFlows(inflow_vph=Case().inflow)
)
"""


def test_script_may_import_a_neighbour_and_declare_dataclasses(tmp_path):
    modules, paths = set(sys.modules), list(sys.path)
    for folder, inflow in (("one", 100), ("two", 200)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "neighbour.py").write_text(f"INFLOW = {inflow}")
        (tmp_path / folder / "package").mkdir()
        (tmp_path / folder / "package" / "__init__.py").touch()
        (tmp_path / folder / "package" / "inner.py").write_text("FACTOR = 2")
        (tmp_path / folder / "mine.py").write_text(SCRIPT)
        assert load_scenario(tmp_path / folder / "mine.py").demand.inflow_vph == 2 * inflow
    assert set(sys.modules) == modules
    assert sys.path == paths


def test_failing_script_leaves_no_trace(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("import sys\nsys.path.append('elsewhere')\n1 / 0")
    before = object()
    monkeypatch.setitem(sys.modules, "own_mine", before)
    paths = list(sys.path)
    with pytest.raises(ScenarioError, match="ZeroDivisionError"):
        load_scenario(tmp_path / "mine.py")
    assert sys.modules["own_mine"] is before
    assert sys.path == paths


def test_unknown_name_gets_the_nearest():
    with pytest.raises(ScenarioError) as error:
        load_scenario("grid_4x4_rush_our")
    assert str(error.value).startswith(
        "scenario: unknown scenario 'grid_4x4_rush_our'; did you mean grid_4x4_rush_hour? Available: arterial_1x4_"
    )
    with pytest.raises(ScenarioError, match="unknown scenario 'zzz'; available: arterial_1x4_lefts, "):
        load_scenario("zzz")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read: No such file"), ("{", "is not JSON: line 1, column 2"), ("9" * 5000, "is not JSON")],
)
def test_json_that_cannot_be_read_is_refused(tmp_path, content, message):
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FileError, match=f"mine.json: {message}"):
        load_scenario(path)


def test_json_with_a_wrong_field_is_refused(tmp_path):
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(ScenarioError, match=r"^name: is missing; add this field\nnetwork: is missing"):
        load_scenario(tmp_path / "mine.json")
    (tmp_path / "mine.json").write_text("[]")
    with pytest.raises(ScenarioError, match=r"^scenario: \[\] has no fields"):
        load_scenario(tmp_path / "mine.json")


def test_missing_script_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"none.py: is not there"):
        load_scenario(tmp_path / "none.py")


def test_scenario_that_cannot_be_saved_says_so(tmp_path):
    with pytest.raises(FileError, match="cannot be written: No such file"):
        scenario().save(tmp_path / "none" / "one.json")
