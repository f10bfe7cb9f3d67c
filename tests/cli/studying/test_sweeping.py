"""The command `sweep`: what it refuses, and what it prints."""

import json

import pytest

from tests.helpers.made_up_curves import made_up_curve
from tests.helpers.made_up_runs import SMALL
from traffic_marl.cli.studying import sweeping
from traffic_marl.learning.sweeps.folder import SweepFolder
from traffic_marl.learning.sweeps.results import judged

QUICK = ("--algorithm", "tabular-q", "--copies", "2", "--skip-classical", "--iterations", "4")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A scenario in the present folder."""
    monkeypatch.chdir(tmp_path)
    SMALL.save(tmp_path / "small.json")
    return "small.json"


@pytest.fixture
def untrained(monkeypatch):
    """Sweeps whose runs are made up in place of their training."""

    def made_up(folder, *, tell, **options):
        for point, state in enumerate(folder.points):
            for member in (each for each in folder.members(point) if folder.run(each) is None):
                delays = [(100.0, 100.0), (60.0 - point, 62.0 - point + member.seed)]
                training = folder.plan.run_settings(state.values, member.seed).training.to_json()
                settings = {name: value for name, value in training.items() if name not in ("also", "ranges", "hidden")}
                made_up_curve(folder.place(member), delays, **settings)
        tell("all are done")
        return judged(folder)

    monkeypatch.setattr(sweeping, "train_sweep", made_up)


def test_a_line_is_printed_for_each_combination_with_an_interval(call, small, untrained, tmp_path):
    code, out, err = call("sweep", small, "--over", "learning_rate=0.1,0.2", "--seeds", 2, *QUICK, "--out", "found")
    assert code == 0, err
    first, second = [line for line in out.splitlines() if line.startswith("learning_rate=")]
    assert first.split()[:3] == ["learning_rate=0.2", "2", "1,000"]
    assert "60.0 (60.0 to 60.5)" in first
    assert "61.0 (61.0 to 61.5)" in second
    assert "2 combinations, 2 seeds, 4 iterations each" in out
    assert "webster, best classical: 58.0 s/veh" in out
    assert "judge the best on test seeds: " in out
    assert "compare found/scenario.json --strategies found/runs/001_learning_rate-0.2_seed0,found/runs/001" in out
    assert "all are done" in err
    assert json.loads((tmp_path / "found" / "sweep.json").read_text())["plan"]["seeds"] == 2


def test_a_sweep_has_equal_agent_steps_and_even_validations_unless_told_otherwise(call, small, untrained):
    code, _, err = call("sweep", small, "--over", "algorithm=tabular-q,ppo", "--skip-classical")
    assert code == 0, err
    plan = SweepFolder.open_sweep(sweeping.SWEEPS / "small").plan
    assert plan.budget.agent_steps == 1_000_000
    assert plan.validation.times == 20
    assert plan.seeds == 1


def test_a_sweep_goes_on_with_what_it_was_begun_with(call, small, untrained):
    call("sweep", small, "--over", "epochs=1:4", "--trials", 2, "--skip-classical", "--out", "found")
    code, out, err = call("sweep", "--resume", "--out", "found", "--trials", 3)
    assert code == 0, err
    assert "3 combinations, 1 seed" in out
    code, _, err = call("sweep", "--resume", "--out", "found", "--seeds", 3)
    assert code == 2
    assert "--seeds: the sweep goes on with what it was begun with; leave it out" in err


def test_combinations_that_are_left_out_are_told(call, small, untrained):
    code, out, err = call("sweep", small, "--over", "algorithm=ppo,reinforce", "--over", "clip=0.1,0.2")
    assert code == 0, err
    assert "note: 1 further combination differs in nothing that the algorithm uses" in err
    assert "3 combinations" in out


def test_a_shared_setting_that_one_algorithm_does_not_use_is_told(call, small, untrained):
    code, out, err = call("sweep", small, "--over", "algorithm=tabular-q,ppo", "--epochs", 3, "--skip-classical")
    assert code == 0, err
    assert "note: tabular-q does not use epochs" in err
    assert "2 combinations" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--over: no setting is given"),
        (("--over", "learning_rat=1"), "--over: there is no setting 'learning_rat'; did you mean learning_rate"),
        (("--over", "epochs=0,1"), "--over: epochs: 0"),
        (("--over", "epochs=1,2", "--epochs", "3"), "--epochs: the sweep goes over it"),
        (("--over", "epochs=1:4"), "--over: epochs=1:4 is a range, and a grid needs values"),
        (("--over", "epochs=1,2", "--trials", "2", "--search", "grid"), "--trials: a grid tries all combinations"),
        (("--over", "epochs=1,2", "--search", "luck"), "--search: unknown search 'luck'"),
        (("--over", "epochs=1,2", "--search", "optuna"), "--trials: a optuna search has no end"),
        (("--over", "epochs=1,2", "--seeds", "0"), "--seeds: 0"),
        (("--over", "epochs=1,2", "--validations", "0"), "--validations: 0"),
        (("--over", "epochs=1,2", "--minutes", "1", "--iterations", "1"), "a budget is one of"),
        (("--over", "copies=2,4", "--algorithm", "dqn", "--epochs", "3"), "--epochs: dqn does not use it"),
        (("--over", "epochs=1,2", "--address", "nowhere"), "--address: 'nowhere' is not an address"),
        (("--over", "epochs=1,2", "--address", "ray://head:10001"), "--address: a sweep keeps its runs on a machine"),
        (("--over", "epochs=1,2", "--parallel", "0"), "--parallel: 0"),
        (("--resume", "--out", "nowhere"), "nowhere: does not exist"),
        (("--over", "epochs=1,2", "--out", "small.json"), "--out: small.json already exists"),
    ],
)
def test_wrong_arguments_are_told_in_one_line_and_leave_nothing_behind(
    call, small, arguments, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(sweeping, "train_sweep", None)  # none of them comes so far
    named = () if "--resume" in arguments else (small,)
    code, out, err = call("sweep", *named, *arguments)
    assert (code, out) == (2, ""), err
    assert said in err
    assert len([line for line in err.splitlines() if not line.startswith("note: ")]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.json"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "--address", "nowhere"), "--address: 'nowhere' is not an address"),
        (("compare", "--address", "local", "--definitions"), "--address: the runs of other processes do not keep all"),
        (("tune", "grid_2x2_smoke", "sotl", "--address", "here:99999"), "--address: 99999 is not a port"),
        (("verify", "--address", "local:"), "--address: 'local:' is not an address"),
    ],
)
def test_a_wrong_address_is_told_before_anything_runs(call, arguments, said):
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert said in err
