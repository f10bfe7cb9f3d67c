"""`compare --definitions` and `--rules` on the command line."""

import csv
import json

import pytest

SOME = ("compare", "grid_2x2_smoke", "--until", 120, "--strategies", "actuated,fixed_time", "--seeds", 2)


def test_a_second_table_shows_every_definition(call, tmp_path):
    path = tmp_path / "a.csv"
    code, out, _ = call(*SOME, "--definitions", "--csv", path)
    assert code == 0
    assert out.count("grid_2x2_smoke: 2 strategies, 2 seeds (0 to 1), 120 s of demand") == 2
    assert "Kendall's tau" in out
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 4
    assert all(float(row["waiting_time [s/veh]"]) >= 0 for row in rows)


def test_json_has_both(call):
    code, out, _ = call(*SOME, "--definitions", "--json")
    assert code == 0
    content = json.loads(out)
    assert content["by_definition"]["mean_delay"]["ranks"] == {
        row["strategy"]: place for place, row in enumerate(content["strategies"], 1)
    }


def test_rules_are_those_of_the_whole_comparison(call):
    code, out, _ = call(
        "compare", "grid_2x2_smoke", "--until", 60, "--strategies", "longest_queue", "--rules", "10s-3s"
    )
    assert code == 0
    assert " 10/3 " in out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--definitions", "--degrade", "blind=1"), "--definitions: it shows one scenario, and --degrade changes it"),
        (("--definitions", "--results", "x"), "--definitions: the folders of --results do not keep all that it needs"),
        (("--rules", "5s"), "--rules: '5s' is not a name of rules; give one of 5s-2s, 5s-2s-0s, 10s-3s"),
        (("--rules", "5s-5s"), "--rules: 5s-5s has no green between two decisions"),
    ],
)
def test_mistakes_are_told_in_one_line(call, flags, words):
    code, out, err = call(*SOME, *flags)
    assert code == 2
    assert err.splitlines()[-1].startswith(words)
    assert out == ""
