"""`compare --results`: a comparison that goes on, grows and is merged, by the command line."""

import json
from dataclasses import replace

import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.cli.comparisons.keeping import former_simulator
from traffic_marl.comparison import outcomes
from traffic_marl.comparison.reading import read_results
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.errors import UsageError

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
FAILING = """
def moody(conditions):
    def decide(readings):
        if 1 in conditions.seeds and readings.time > 30:
            raise ValueError("no")
        return readings.phase

    return decide
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.json"
    SHORT.save(path)
    return path


def labels(out):
    return [row["strategy"] for row in json.loads(out)["strategies"]]


def test_without_words_the_comparison_of_the_folder_is_shown_and_strategies_are_added(call, small, tmp_path):
    results = tmp_path / "results"
    options = ("--seeds", 2, "--reference", "sotl", "--json", "--results", results)
    first = call("compare", small, "--strategies", "fixed_time,sotl", *options)
    again = call("compare", "--json", "--results", results)
    assert first[0] == again[0] == 0
    assert first[1] == again[1]
    added = call("compare", "--json", "--results", results, "--strategies", "max_pressure", "--seeds", 3)[1]
    assert sorted(labels(added)) == ["fixed_time", "max_pressure", "sotl"]
    assert json.loads(added)["reference"] == "sotl"
    assert json.loads(added)["seeds"] == [0, 1, 2]


def test_an_interrupted_comparison_names_all_its_strategies_when_it_goes_on(call, small, tmp_path, monkeypatch):
    run = outcomes.run

    def interrupted(scenario, strategy, seeds, **options):
        if strategy.label == "sotl":
            raise KeyboardInterrupt
        return run(scenario, strategy, seeds, **options)

    monkeypatch.setattr(outcomes, "run", interrupted)
    options = ("--strategies", "fixed_time,sotl", "--seeds", 1, "--results", tmp_path / "results")
    assert call("compare", small, *options)[0] == 130
    assert [row.label for row in read_results(tmp_path / "results")[0].rows] == ["fixed_time"]
    monkeypatch.setattr(outcomes, "run", run)
    assert sorted(labels(call("compare", "--json", "--results", tmp_path / "results")[1])) == ["fixed_time", "sotl"]


@pytest.mark.parametrize("kept", [False, True])
def test_a_strategy_that_fails_on_one_seed_is_named_and_the_others_are_kept(call, small, tmp_path, kept):
    (tmp_path / "own.py").write_text(FAILING)
    own = f"{tmp_path / 'own.py'}:moody"
    options = ("--results", tmp_path / "results") if kept else ()
    code, out, told = call("compare", small, "--strategies", f"{own},sotl", "--seeds", 3, "--json", *options)
    assert code == 1
    assert f"{own} failed on seed 1: " in told
    content = json.loads(out)
    assert labels(out) == ["sotl"]
    assert [(each["strategy"], each["seeds"]) for each in content["failures"]] == [(own, [1])]
    assert f"No row for {own}, which failed on seed 1." in content["notes"]
    if kept:
        assert len(list((tmp_path / "results" / "runs").iterdir())) == 3  # sotl, and two seeds of the other
    assert call("compare", small, "--strategies", own, "--seeds", 2)[0] == 2  # nothing is left to compare


def test_a_strangers_folder_runs_no_code(call, small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text("def stay(conditions):\n    return lambda readings: readings.phase\n")
    options = ("--strategies", "own.py:stay,sotl", "--seeds", 1, "--results", "results")
    assert call("compare", small, *options)[0] == 0
    (tmp_path / "own.py").write_text("open('executed', 'w')\n")
    assert call("compare", "--results", "results")[0] == 0  # all runs are there
    code, _, told = call("compare", "--results", "results", "--seeds", 2)
    assert code == 1
    assert "own.py would be executed, and code can do anything on this machine" in told
    assert not (tmp_path / "executed").exists()


def test_folders_are_merged_into_the_first(call, small, tmp_path):
    for name, strategy in (("a", "fixed_time"), ("b", "sotl")):
        call("compare", small, "--strategies", strategy, "--seeds", 1, "--results", tmp_path / name)
    code, out, _ = call("compare", "--json", "--results", tmp_path / "c", "--results", tmp_path / "a",
                        "--results", tmp_path / "b")  # fmt: skip
    assert code == 0
    assert sorted(labels(out)) == ["fixed_time", "sotl"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--interval", 5), "interval: the runs in {} were made without one; give the same"),
        (("grid_2x2_smoke",), "{}: holds runs on small, which differs from this scenario"),
        (("--reference", "webster"), "reference: webster is not among the strategies"),
        (("--strategies", "nosuch"), "--strategies: unknown strategy 'nosuch'"),
        (("--results", "nothing"), "nothing: holds no results; give a folder that compare --results has made"),
        (("--seeds", 0), "--seeds: 0 is too small"),
    ],
)
def test_mistakes_are_told_in_one_line_and_change_nothing(call, small, tmp_path, words, message):
    results = tmp_path / "results"
    call("compare", small, "--strategies", "sotl", "--seeds", 1, "--results", results)
    before = (results / "comparison.json").read_bytes()
    code, _, told = call("compare", "--results", results, *words)
    assert code == 2, told
    assert told.startswith(message.format(results)), told
    assert told.count("\n") == 1
    assert (results / "comparison.json").read_bytes() == before


def test_a_file_in_the_place_of_the_folder_is_refused(call, small):
    code, _, told = call("compare", small, "--results", small, "--strategies", "sotl", "--seeds", 1)
    assert (code, told) == (2, f"results: {small} already exists; name another folder\n")


@pytest.mark.parametrize(("names", "told"), [((), "own"), (("sumo",), "sumo"), (("own", "sumo"), "both")])
def test_the_simulators_of_a_folder_are_those_of_its_comparison(small, tmp_path, names, told):
    folder = ResultsFolder.create(tmp_path / "results", SHORT)
    folder.write_scope(replace(folder.scope, simulators=names))
    assert former_simulator(folder) == told


def test_simulators_that_no_flag_names_together_have_to_be_named(small, tmp_path):
    folder = ResultsFolder.create(tmp_path / "results", SHORT)
    folder.write_scope(replace(folder.scope, simulators=("own", "cityflow")))
    with pytest.raises(UsageError, match="holds runs in own, cityflow; name the one whose runs are to be compared"):
        former_simulator(folder)
