"""`compare all`: the strategies on every scenario that is shipped."""

import csv
import json

import pytest

from traffic_marl.cli.comparisons import everywhere
from traffic_marl.scenario import scenario_names

ALL = ("compare", "all")
FEW = ["grid_2x2_smoke", "grid_3x3_night"]


@pytest.fixture
def few(monkeypatch):
    """Only two scenarios, so that tests are short."""
    monkeypatch.setattr(everywhere, "scenario_names", lambda: FEW)


def test_it_tells_who_wins_on_each_scenario_and_writes_files(few, tmp_path, call):
    files = ["--csv", str(tmp_path / "a.csv"), "--json", str(tmp_path / "a.json")]
    words = [*ALL, "--strategies", "actuated,fixed_time", "--seeds", "2", "--until", "120", *files]
    code, out, err = call(*words)
    assert code == 0
    assert "who wins where: 2 scenarios, 2 seeds" in out
    assert [line for line in err.splitlines() if line.startswith("grid_3x3_night: actuated, ")]
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert {(row["scenario"], row["strategy"]) for row in rows} == {
        (name, strategy) for name in FEW for strategy in ("actuated", "fixed_time")
    }
    assert list(json.loads((tmp_path / "a.json").read_text())["best"]) == FEW


def test_wide_prints_the_table_of_each_scenario_too(few, call):
    code, out, _ = call(*ALL, "--strategies", "fixed_time", "--seeds", "1", "--until", "30", "--wide")
    assert code == 0
    assert all(f"{name}: 1 strategy, seed 0" in out for name in FEW)


def test_results_keep_a_folder_for_each_scenario_and_are_not_made_again(few, tmp_path, call):
    words = [*ALL, "--strategies", "fixed_time", "--seeds", "1", "--until", "30", "--results", str(tmp_path / "kept")]
    first, second = call(*words), call(*words)
    assert first[:2] == second[:2]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == FEW


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--plot", "a.png"], "--plot: it suits one scenario, and all means every one; name a scenario"),
        (["--tune"], "--tune: it suits one scenario"),
        (["--degrade", "demand=0.5:1.5"], "--degrade: it suits one scenario"),
        (["--phases", "1-4"], "--phases: it suits one scenario"),
        (["--cityflow", "x"], "--cityflow: it suits one scenario"),
        (["--results", "a", "--results", "b"], "--results: it suits one scenario"),
        (["--until", "900"], "--until: 900 is past the end of the demand at 600 s (in grid_2x2_smoke); "),
        (["--seeds", "0"], "--seeds: "),
    ],
)
def test_flags_that_suit_one_scenario_are_refused_before_any_run(few, words, message, call):
    code, out, err = call(*ALL, "--strategies", "fixed_time", *words)
    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_the_word_all_after_json_is_no_file(few, call):
    code, out, _ = call("compare", "--json", "all", "--strategies", "fixed_time", "--seeds", "1", "--until", "30")
    assert code == 0
    assert list(json.loads(out)["best"]) == FEW


def test_the_scenarios_are_those_that_are_shipped():
    assert everywhere.scenario_names is scenario_names
