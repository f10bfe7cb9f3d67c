"""The command `report`: what it writes and what it refuses."""

import pytest

from tests.helpers.recorded import CROSSING


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
    code, *_ = call("report", crossing, "--strategies", "fixed_time", "--seeds", 1, "--no-replay", "--out", out)
    assert code == 0
    assert "<iframe" not in out.read_text(encoding="utf-8")
    assert out.stat().st_size < 100_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--show", "webster", "--no-replay"], "--no-replay: --show names strategies to replay"),
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
