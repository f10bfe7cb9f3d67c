"""The command `report`: what it writes and what it refuses."""

import re
from dataclasses import replace

import pytest

from tests.helpers.recorded import CROSSING
from traffic_marl.comparison.reading import read_results
from traffic_marl.comparison.results import ResultsFolder


@pytest.fixture
def crossing(tmp_path):
    path = tmp_path / "crossing.json"
    CROSSING.save(path)
    return path


def test_the_report_is_written_and_the_verdict_printed(call, crossing, tmp_path):
    out = tmp_path / "page.html"
    strategies = "longest_queue,webster,fixed_time"
    code, printed, told = call(
        "report", crossing, "--strategies", strategies, "--seeds", 2, "--show", "webster", "--out", out
    )
    assert code == 0
    assert "has the least mean delay" in printed
    assert f"written: {out}" in told
    text = out.read_text(encoding="utf-8")
    assert text.count("<iframe") == 1
    assert "under webster, second by second" in text


def test_a_report_without_replay_is_small(call, crossing, tmp_path):
    out = tmp_path / "page.html"
    strategies = "fixed_time,webster,longest_queue"
    code, *_ = call(
        "report", crossing, "--strategies", strategies, "--show", "webster", "--seeds", 1, "--no-replay", "--out", out
    )
    assert code == 0
    text = out.read_text(encoding="utf-8")
    assert "<iframe" not in text
    assert re.findall("All movements under (\\w+)", text) == ["webster"]
    assert out.stat().st_size < 200_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--show", "webster"], "--show: webster is not compared; choose of fixed_time, random"),
        (["--show", "random,random"], "--show: random,random does not fit side by side"),
        (["--seeds", 0], "--seeds: 0 is too small"),
        (["--out", "nowhere/page.html"], "--out: there is no folder nowhere"),
        (["--replay-seed", -1], "--replay-seed: -1"),
        (["--reference", "webster"], "reference: webster is not among the strategies"),
    ],
)
def test_wrong_options_are_told_in_one_line_and_nothing_runs(call, crossing, monkeypatch, arguments, said):
    monkeypatch.setattr("traffic_marl.report.gathering.compare", None)
    code, printed, told = call("report", crossing, "--strategies", "fixed_time,random", *arguments)
    assert (code, printed) == (2, "")
    assert told.startswith(said)
    assert len(told.splitlines()) == 1


FAILING = """
def moody(conditions):
    def decide(readings):
        if 1 in conditions.seeds:
            raise ValueError("no")
        return readings.phase

    return decide
"""


def test_a_strategy_that_fails_is_named_and_the_others_are_reported(call, crossing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(FAILING)
    code, printed, told = call(
        "report", crossing, "--strategies", "own.py:moody,fixed_time", "--show", "own.py:moody", "--seeds", 2,
        "--no-replay",
    )  # fmt: skip
    assert code == 1
    assert "fixed_time has a mean delay" in printed
    assert "own.py:moody failed on seed 1" in told
    assert "No row for own.py:moody, which failed on seed 1." in (tmp_path / "report.html").read_text(encoding="utf-8")


# From a results folder


@pytest.fixture
def results(call, crossing, tmp_path):
    folder = tmp_path / "results"
    strategies = "longest_queue,webster,fixed_time"
    code, *_ = call(
        "compare", crossing, "--strategies", strategies, "--seeds", 2, "--reference", "webster", "--results", folder
    )
    assert code == 0
    return folder


def test_the_comparison_of_a_results_folder_is_reported_with_all_charts(call, results, tmp_path):
    out = tmp_path / "page.html"
    code, printed, told = call("report", results, "--no-replay", "--out", out)
    assert code == 0, told
    assert "note:" not in told
    (kept,) = read_results(results)
    text = out.read_text(encoding="utf-8")
    for row in kept.rows:
        assert f"{row.delay.mean:.1f} ± {row.delay.half_width:.1f}" in text
    assert "webster has the least mean delay" in printed
    assert "and is the reference itself" in printed
    assert '<section id="time">' in text


def test_some_strategies_of_a_folder_are_reported_against_another_reference(call, results, tmp_path):
    out = tmp_path / "page.html"
    code, *_ = call(
        "report", results, "--strategies", "longest_queue,fixed_time", "--reference", "fixed_time", "--no-replay",
        "--out", out,
    )  # fmt: skip
    assert code == 0
    text = out.read_text(encoding="utf-8")
    assert "Difference of the mean delay to fixed_time" in text
    assert "webster" not in text.partition('id="rules"')[0]


def test_a_folder_of_another_version_is_reported_without_what_needs_new_runs(call, results, tmp_path, monkeypatch):
    monkeypatch.setattr("traffic_marl.cli.comparisons.reported_results.code_digest", lambda: "another")
    out = tmp_path / "page.html"
    code, _, told = call("report", results, "--out", out)
    assert code == 0
    assert "another version of the program has made the runs" in told
    text = out.read_text(encoding="utf-8")
    assert '<section id="intervals">' in text
    assert '<section id="time">' not in text


def test_runs_that_come_out_differently_are_told_and_the_table_has_those_of_the_folder(
    call, results, tmp_path, monkeypatch
):
    folder = ResultsFolder.open_folder(results)
    changed = {
        key: replace(record, measures=record.measures | {"mean_delay": 1234.5}) for key, record in folder.runs.items()
    }
    folder.runs = changed
    monkeypatch.setattr("traffic_marl.cli.comparisons.reporting.opened_results", lambda name: folder)
    out = tmp_path / "page.html"
    code, printed, told = call("report", results, "--no-replay", "--out", out)
    assert code == 0
    assert "differ from those in the folder" in told
    assert "1234.5" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seeds", 3], "--seeds: "),
        (["--interval", 5], "--interval: "),
        (["--demand", 1.2], "has its own scenario"),
        (["--strategies", "sotl"], "--strategies: sotl is not finished in"),
        (["--reference", "sotl"], "--reference: sotl is not finished in"),
        (["--simulator", "own", "--show", "sotl"], "--show: sotl is not compared"),
    ],
)
def test_wrong_options_beside_a_folder_are_told_in_one_line(call, results, arguments, said):
    code, printed, told = call("report", results, *arguments)
    assert (code, printed) == (2, "")
    assert said in told
    assert len(told.splitlines()) == 1


def test_a_folder_without_results_is_no_scenario(call, tmp_path):
    code, _, told = call("report", tmp_path)
    assert code == 2
    assert "is a folder" in told
