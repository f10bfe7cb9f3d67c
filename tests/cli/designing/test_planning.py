"""The command `plan`, and commands that run what it writes."""

import csv

import pytest


def delays(call, *strategies):
    """Mean delay of each strategy on a minute of traffic."""
    code, out, err = call(
        "compare", "arterial_1x6", "--until", "60", "--seeds", "2", "--strategies", ",".join(strategies)
    )
    assert code == 0, err
    lines = [line.split() for line in out.splitlines()]
    return {words[1]: words[2] for words in lines if words[1:2] and words[1] in strategies}


def test_what_a_strategy_runs_is_written_and_runs_the_same(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = ("plan", "arterial_1x6", "--until", "60", "--strategy", "green_wave")
    code, out, err = call(*whole, "--out", "plan.csv", "--gmns", "tables")
    assert (code, out) == (0, ""), err
    assert "written: 24 greens at 6 intersections, cycles of " in err
    found = delays(call, "green_wave", "plan:file=plan.csv", "plan:file=tables")
    assert len(found) == 3
    assert len(set(found.values())) == 1


def test_without_a_file_the_plan_is_printed(call):
    code, out, _ = call("plan", "grid_2x2_smoke", "--strategy", "fixed_time:green_s=20")
    first, *rest = list(csv.DictReader(out.splitlines()))
    assert (code, len(rest)) == (0, 15)
    assert list(first.values()) == ["intersection_1_1", "NS through", "20", "3", "2", "0", "100"]


def test_other_clearances_are_told_once_and_refused_strictly(call, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text(call("plan", "grid_2x2_smoke")[1].replace(",3,2,", ",4,1,"))
    run = ("simulate", "grid_2x2_smoke", "--until", "10", "--strategy", f"plan:file={path}")
    code, _, err = call(*run)
    assert (code, err.count("note: plan.csv: 16 yellows and all-reds differ")) == (0, 1)
    code, _, err = call(*run, "--strict")
    assert (code, err.splitlines()[-1]) == (
        2,
        "plan.csv, line 2: yellow and all-red are 4 s and 1 s, those of the signals 3 s and 2 s; "
        "give the same in the plan, or in the scenario's signals",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--strategy", "max_pressure"), "max_pressure: decides by the traffic and has no plan"),
        (("--strategy", "webster,fixed_time"), "lists several strategies"),
        (("--strategy", "plan:file=nowhere.csv"), "nowhere.csv: cannot be read: No such file"),
        (("--out", "."), "--out: . is a folder"),
        (("--gmns", "."), "--gmns: . already exists; name another folder"),
    ],
)
def test_a_wrong_use_is_told_in_one_line_and_writes_nothing(call, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").touch()
    code, out, err = call("plan", "grid_2x2_smoke", *words)
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_plan_that_does_not_fit_stops_a_comparison_before_any_run(call, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("intersection,phase,green\nintersection_9_9,0,30\n")
    code, out, err = call("compare", "grid_2x2_smoke", "--strategies", f"fixed_time,plan:file={path}")
    assert (code, out) == (2, "")
    assert "plan.csv, line 2: there is no intersection 'intersection_9_9' with signals" in err.splitlines()[-1]
    assert not any("compiling" in line for line in err.splitlines())
