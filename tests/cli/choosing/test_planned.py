"""Plans as tables, and the flags that ask for them."""

import pytest

from tests.helpers.measured import measurement
from traffic_marl.cli.choosing.planned import print_plan
from traffic_marl.learning.placing.demand import Demand, Node
from traffic_marl.learning.placing.plan import planned, planned_best

NODES = [Node("10.0.0.1:7", "here", 4, 0, 4, 0), Node("10.0.0.2:7", "there", 8, 1, 8, 1)]


def test_a_plan_shows_nodes_bytes_and_pace(capsys):
    print_plan("ppo on town", planned(Demand(2, 0), NODES, 4, measurement({1: 2.0, 2: 2.0})))
    out = capsys.readouterr().out
    assert "ppo on town: 2 runners of 4 copies, the main process learns" in out
    lines = [line.split() for line in out.splitlines()]
    assert ["10.0.0.2:7", "there", "8", "8", "1", "2", "8", "0"] in lines
    assert ["runner", "2", "5,000", "300"] in lines
    assert ["main", "process", "1", "600", "10,000"] in lines
    assert "here has 2 CPUs, of which ray's nodes promise 4" in " ".join(out.split())
    assert "with 2 runners: 2.600 s each: sampling 2.000 s, learning 0.500 s, transfer 0.100 s" in " ".join(out.split())
    assert "expected: 769 agent-steps/s, 2,000 agent-steps in an iteration" in out


def test_a_plan_that_chooses_shows_the_paces_and_the_reason(capsys):
    measured = measurement({1: 2.0, 2: 2.0}), measurement({0: 1.0})
    print_plan("ppo on town", planned_best(Demand(0, 1), NODES, 4, *measured, 4))
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    assert ["0", "1,000", "667"] in lines
    assert ["4", "4,000", "1,250"] in lines
    assert "1 learner" in out
    assert out.splitlines()[-1].startswith("4 runners: 1,250 agent-steps/s expected, 21% more than with 3 runners")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--plan", "--algorithm", "tabular-q"), "--plan: tabular-q works in the main process alone; leave it out"),
        (("--plan", "--stock"), "--plan: the work of RLlib's own sampling is not measured"),
        (("--runners", "auto", "--algorithm", "tabular-q"), "--runners: tabular-q works in the main process alone"),
        (("--runners", "many"), "--runners: 'many' is not a whole number; give a whole number, at least 0"),
        (("--runners", "257"), "--runners: 257 is too large; give a whole number, 0 to 256"),
        (("--runners", "-1"), "--runners: '-1' is not a whole number; give a whole number, at least 0"),
        (("--runners", ""), "--runners: '' is not a whole number"),
    ],
)
def test_a_plan_or_a_number_that_makes_no_sense_is_told_before_anything_is_made(
    flags, told, call, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("train", "grid_2x2_smoke", "--out", "mine", *flags)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(told)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_told_before_the_measurement(call, tmp_path):
    (tmp_path / "something").write_text("mine")
    code, _, err = call("train", "grid_2x2_smoke", "--runners", "auto", "--out", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "already exists" in err
