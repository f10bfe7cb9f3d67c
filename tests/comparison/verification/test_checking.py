"""The reference comparison holds here, and what does not hold is found."""

import json
import shutil

import pytest

from tests.helpers.made_up_runs import SMALL
from tests.helpers.tasks_here import TasksHere
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.verification import checking, reference, verify
from traffic_marl.comparison.verification.reference import REFERENCE, SEEDS, references, scenarios
from traffic_marl.errors import FileError
from traffic_marl.strategies.catalogue import COMPARED

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})


@pytest.fixture
def small(tmp_path):
    """A small reference of two strategies."""
    compare(SHORT, "fixed_time,max_pressure", range(2), results=tmp_path / "small")
    return tmp_path / "small"


def changed(folder, name, former, new):
    """Replaces a text in the runs of a strategy, once."""
    (path,) = (folder / "runs").glob(f"{name}-*.json")
    text = path.read_text()
    assert former in text
    path.write_text(text.replace(former, new, 1))


def test_the_reference_that_is_shipped_holds(call):
    code, out, _ = call("verify", "--json")
    assert code == 0, out
    content = json.loads(out)
    assert content["holds"]
    assert len(content["checks"]) == 5
    assert "44 runs" in content["checks"][1]["extent"]


def test_the_reference_has_every_strategy_on_every_scenario():
    for folder, scenario in zip(references(), scenarios(), strict=True):
        assert folder.scenario == scenario
        assert [entry.label for entry in folder.scope.strategies] == list(COMPARED)
        assert folder.scope.seeds == SEEDS
        assert len(folder.runs) == len(COMPARED) * len(SEEDS)


def test_a_number_that_differs_in_the_last_digit_is_found(small):
    delay = next(iter(ResultsFolder.open_folder(small).runs.values())).measures["mean_delay"]
    changed(small, "fixed_time", f'"mean_delay": {delay!r}', f'"mean_delay": {delay + 1e-13!r}')
    checks = verify([ResultsFolder.open_folder(small)])
    assert [check.holds for check in checks] == [True, False, True, True, True]
    (found,) = checks[1].findings
    assert found == f"small, fixed_time, seed 0: mean_delay is {delay}, not {delay + 1e-13!r}"


def test_strategies_that_run_elsewhere_are_checked_as_here(small):
    changed(small, "max_pressure", '"stops": ', '"stops": 1')
    folder = ResultsFolder.open_folder(small)
    told = []
    there = verify([folder], lambda name, share: told.append((name, share)), TasksHere())
    assert there == verify([folder])
    assert not there[1].holds
    assert told == [("small: max_pressure", 0.5), ("small: fixed_time", 1.0)]


def test_vehicles_that_vanish_and_unsafe_signals_are_found(small, monkeypatch):
    run = checking.run

    def losing(scenario, strategy, seeds, **options):
        if strategy.label == "fixed_time":
            raise AssertionError("a vehicle left before it entered")
        rollout = run(scenario, strategy, seeds, **options)
        if options.get("log_signals"):
            rollout.simulation.signal_log()[...] = 0
            monkeypatch.setattr(checking, "unsafe_signals", lambda *given: ["here: conflicting greens in second 3"])
        return rollout

    monkeypatch.setattr(checking, "run", losing)
    checks = verify([ResultsFolder.open_folder(small)])
    assert [check.holds for check in checks] == [True, True, False, False, True]
    assert checks[2].findings == ("small, fixed_time: a vehicle left before it entered",)
    assert checks[3].findings[0] == "small, max_pressure, seed 0: here: conflicting greens in second 3"


def test_a_seed_that_depends_on_its_company_is_found(small, monkeypatch):
    run = checking.run

    def moody(scenario, strategy, seeds, **options):
        rollout = run(scenario, strategy, seeds, **options)
        if len(seeds) == 1:
            rollout.measures.mean_delay[0] += 1e-9
        return rollout

    monkeypatch.setattr(checking, "run", moody)
    checks = verify([ResultsFolder.open_folder(small)])
    assert [check.holds for check in checks] == [True, True, True, True, False]


def test_what_does_not_hold_is_told_and_ends_with_code_1(call, small, monkeypatch):
    changed(small, "max_pressure", '"stops": ', '"stops": 1')
    monkeypatch.setattr(checking, "references", lambda: [ResultsFolder.open_folder(small)])
    code, out, _ = call("verify")
    assert code == 1
    assert "DOES NOT HOLD" in out
    assert "small, max_pressure, seed 0: stops is" in out


def test_a_damaged_reference_is_told_in_one_line(call, tmp_path, monkeypatch):
    shutil.copytree(REFERENCE, tmp_path / "reference")
    for path in (tmp_path / "reference" / "crossroads" / "runs").glob("sotl*"):
        path.write_text("{")
    monkeypatch.setattr(checking, "references", lambda: references(tmp_path / "reference"))
    code, _, told = call("verify")
    assert code == 2
    assert "is damaged: runs/sotl-" in told
    with pytest.raises(FileError, match="holds no results"):
        references(tmp_path)


def test_the_reference_can_be_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "scenarios", lambda: (SHORT,))
    monkeypatch.setattr(reference, "COMPARED", ("sotl",))
    reference.write_reference(tmp_path)
    (folder,) = references(tmp_path)
    assert [check.holds for check in verify([folder])] == [True] * 5
    assert not (tmp_path / "small" / ".lock").exists()
