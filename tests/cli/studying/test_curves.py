"""The command `curves`."""

import csv
import re

import pytest

from tests.helpers.made_up_curves import made_up_curve


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Three runs in the present folder, two of which differ in their seed alone."""
    monkeypatch.chdir(tmp_path)
    made_up_curve(tmp_path / "a", seed=0)
    made_up_curve(tmp_path / "b", [(110.0, 90.0), (80.0, 70.0), (60.0, 66.0)], seed=1)
    made_up_curve(tmp_path / "c", policy="independent")
    return ("a", "b", "c")


def test_a_line_is_printed_for_each_group_and_the_files_are_written(call, runs, tmp_path):
    pytest.importorskip("matplotlib")
    code, out, err = call("curves", *runs, "--out", "curves.png", "--csv", "curves.csv", "--by", "minutes")
    assert code == 0, err
    assert re.search(r"ppo policy=shared +small +2 ", out)
    assert re.search(r"ppo policy=independent +small +1 ", out)
    assert "58.0" in out
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "curves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["minutes [min]"] for row in rows] == ["0.0", "0.5", "1.0"] * 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere: there is no such run"),
        (["a", "./a"], "runs: ./a is given twice"),
        (["a", "--out", "curves.txt"], "--out: curves.txt names no picture format"),
        (["a", "--csv", "nowhere/c.csv"], "--csv: there is no folder nowhere"),
        (["a", "--csv", "c.png", "--out", "c.png"], "is also the file of"),
        (["a", "--by", "hours"], "'hours'"),
        ([], "Missing argument"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(call, runs, tmp_path, arguments, said):
    code, out, err = call("curves", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert not list(tmp_path.glob("c*.png"))
