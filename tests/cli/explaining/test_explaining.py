"""The command `explain`."""

import csv
import json

import pytest

SHORT = ("explain", "grid_2x2_smoke", "--until", 120, "--seeds", 2, "--moments", 2, "--ahead", 30)


def test_each_intersection_is_told_with_the_sum_and_what_it_does_not_explain(call):
    code, out, _ = call(*SHORT, "--strategy", "max_pressure")

    assert code == 0
    rows = [line.split("  ")[0] for line in out.splitlines()]
    names = [f"intersection_{row}_{column}" for row in (1, 2) for column in (1, 2)]
    first = rows.index(names[0])
    assert rows[first : first + 7] == [*names, "sum at a moment", "all at once", "not explained"]
    assert "could still be gained: at least" in out


def test_files_and_table_have_the_same_numbers(call, tmp_path):
    table, document = tmp_path / "decisions.csv", tmp_path / "decisions.json"

    call(*SHORT, "--strategy", "longest_queue", "--csv", table, "--json", document)

    lines = list(csv.DictReader(table.read_text().splitlines()))
    content = json.loads(document.read_text())
    assert len(lines) == 2 * 2 * 4  # seeds, moments, intersections
    by_moment = {(line["seed"], line["time_s"]): float(line["delay_veh_s"]) for line in lines}
    assert content["delay_veh_s"]["mean"] == pytest.approx(sum(by_moment.values()) / len(by_moment))
    saved = sum(float(line["saved_veh_s"]) for line in lines) / len(by_moment)
    assert content["saved_sum_veh_s"]["mean"] == pytest.approx(saved)
    rest = content["saved_together_veh_s"]["mean"] - content["not_explained_veh_s"]["mean"]
    assert rest == pytest.approx(saved)
    assert all(float(line["best_delay_veh_s"]) <= float(line["delay_veh_s"]) for line in lines)


def test_json_alone_is_all_that_is_printed_and_is_the_same_twice(call):
    words = (*SHORT, "--strategy", "random", "--json")
    assert call(*words) == call(*words)
    assert json.loads(call(*words)[1])["strategy"] == "random"


def test_the_worth_of_neighbours_and_a_handover_follow(call, tmp_path):
    pytest.importorskip("matplotlib")
    words = ("--strategy", "max_pressure", "--versus", "fixed_time", "--map", tmp_path / "map.png")
    document = tmp_path / "all.json"

    code, out, _ = call(*SHORT, *words, "--json", document)

    assert code == 0
    assert "max_pressure: what neighbours are worth" in out
    assert "max_pressure with single intersections handed over to fixed_time" in out
    assert (tmp_path / "map.png").stat().st_size > 10_000
    content = json.loads(document.read_text())
    handed, names = content["handover"], [each["name"] for each in content["intersections"]]
    assert list(handed["saved_s"]) == names
    total = sum(each["mean"] for each in handed["saved_s"].values()) + handed["not_explained_s"]["mean"]
    assert total == pytest.approx(handed["mean_delay_other_s"]["mean"] - handed["mean_delay_s"]["mean"])
    worth = content["neighbours"]
    assert worth["saved_s"]["mean"] == pytest.approx(
        worth["mean_delay_without_s"]["mean"] - worth["mean_delay_s"]["mean"]
    )
    assert "fixed_time" in content["rivals"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--moments", "0"), "--moments: 0"),
        (("--ahead", "0"), "--ahead: 0"),
        (("--strategy", "max_presure"), "--strategy: unknown strategy 'max_presure'"),
        (("--strategy", "sotl,actuated"), "--strategy: 'sotl,actuated' lists several strategies"),
        (("--versus", "max_pressure"), "--versus: max_pressure is the strategy itself; name another one"),
        (("--versus", "nobody"), "--versus: unknown strategy 'nobody'"),
        (("--map", "map.txt"), "--map: map.txt names no picture format"),
        (("--csv", "same", "--json", "same"), "also the file of"),
    ],
)
def test_a_wrong_use_is_told_in_one_line(call, words, message):
    given = words if "--strategy" in words else ("--strategy", "max_pressure", *words)
    code, out, err = call("explain", "grid_2x2_smoke", *given)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err
