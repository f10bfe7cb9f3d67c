"""The command `tune`, and `compare --tuned`."""

import json
from pathlib import Path

import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.comparison.reading import read_results

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SHORT.save(tmp_path / "small.json")
    return "small.json"


def test_tune_writes_a_file_that_stands_for_the_strategy(call, small):
    code, out, _ = call("tune", small, "actuated", "--trials", 3, "--seeds", 2)
    assert code == 0
    assert "written: tuned/small-actuated.json" in out
    assert "trials: 3," in out
    code, out, _ = call("compare", small, "--seeds", 2, "--json", "--strategies", "tuned/small-actuated.json,sotl")
    assert code == 0
    rows = {row["strategy"]: row for row in json.loads(out)["strategies"]}
    assert rows["tuned/small-actuated.json"]["origin"]["trials"] == 3
    assert rows["sotl"]["origin"]["found"] == "defaults of the program"
    assert call("simulate", small, "--strategy", "tuned/small-actuated.json")[0] == 0
    assert "trials: 5," in call("tune", small, "actuated", "--trials", 5, "--seeds", 2)[1]  # it goes on


def test_the_file_of_a_strategy_with_a_parameter_stands_for_it(call, small):
    code, out, _ = call("tune", small, "actuated:gap_s=2", "--trials", 2, "--seeds", 1)
    assert code == 0
    (path,) = Path("tuned").iterdir()
    assert f"written: {path}" in out
    assert call("simulate", small, "--strategy", path)[0] == 0
    path.rename("gap=2.json")  # any name that a file may have
    assert call("simulate", small, "--strategy", "gap=2.json")[0] == 0


def test_a_tuned_plan_can_be_written_for_controllers(call, small):
    assert call("tune", small, "plan", "--trials", 2, "--seeds", 1, "--out", "mine.json")[0] == 0
    assert call("plan", small, "--strategy", "mine.json", "--out", "mine.csv")[0] == 0
    options = ("--strategies", "mine.json,plan:file=mine.csv", "--seeds", 2, "--results", "kept")
    code, out, _ = call("compare", small, *options, "--explain")
    assert code == 0
    told = " ".join(out.split())
    assert "mine.json: senses nothing but the time. Decides every 1 s, parameters a plan of its own, tuned in 2" in told
    written, tuned = (read_results("kept")[0].row(label) for label in ("plan:file=mine.csv", "mine.json"))
    assert written.delay.mean == tuned.delay.mean  # it is the same plan


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "STRATEGY: no strategy is given"),
        (("nosuch",), "STRATEGY: unknown strategy 'nosuch'"),
        (("tuned/any.json",), "STRATEGY: tuned/any.json is trained or tuned already; give a name from list"),
        (("pretrained/general",), "STRATEGY: pretrained/general is trained or tuned already"),
        (("random",), "random: it has no parameter that can be tuned"),
        (("actuated,sotl",), "STRATEGY: 'actuated,sotl' lists several strategies"),
        (("actuated", "--trials", 0), "trials: 0 is too small"),
        (("actuated", "--trials", 1, "--minutes", 1), "minutes: a budget is trials or minutes"),
        (("actuated", "--range", "gap_s=2"), "--range: 'gap_s=2' is no range"),
        (("actuated", "--out", "mine.csv"), "--out: mine.csv is no .json"),
        (("actuated", "--out", "nowhere/mine.json"), "--out: there is no folder nowhere"),
    ],
)
def test_mistakes_are_told_in_one_line(call, small, words, message):
    code, _, told = call("tune", small, *words)
    assert (code, told.count("\n")) == (2, 1), told
    assert told.startswith(message)


def test_compare_tunes_each_classical_strategy_with_the_same_budget_and_keeps_the_searches(call, small, tmp_path):
    options = ("--tuned", "--trials", 2, "--seeds", 2, "--strategies", "actuated,fixed_time,random")
    code, out, _ = call("compare", small, *options, "--results", "kept", "--explain")
    assert code == 0
    assert "tuned in 2 trials on small, seeds 10000 to 10004" in " ".join(out.split())
    assert sorted(path.name for path in (tmp_path / "kept" / "tuned").iterdir()) == ["actuated.json", "fixed_time.json"]
    again = call("compare", "--results", "kept")[1]
    assert "Tuned in 2 trials each on other seeds: " in again
    assert call("compare", small, "--trials", 2)[2].startswith("--trials: they are those of --tuned; give --tuned")
