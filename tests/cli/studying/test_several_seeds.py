"""`train --seeds`: several trainings that differ in their seed alone."""

import shutil
from dataclasses import replace

import pytest

from tests.helpers.lone_junction import LONE_JUNCTION
from traffic_marl.cli import training
from traffic_marl.learning.runs.folder import RunFolder

TABLES = ("--algorithm", "tabular-q", "--copies", "2", "--skip-classical", "--validation-seeds", "2")


@pytest.fixture(autouse=True)
def small_file(tmp_path, monkeypatch):
    """Every test works in an empty folder with small.json."""
    monkeypatch.chdir(tmp_path)
    LONE_JUNCTION.save(tmp_path / "small.json")


def opened(name):
    return RunFolder.open_run(training.Path(name))


def test_each_seed_has_a_folder_and_their_curve_is_printed(call):
    code, out, err = call("train", "small.json", *TABLES, "--iterations", 2, "--seeds", 2, "--seed", 4, "--out", "q")
    assert code == 0, err
    assert [opened(f"q_seed{seed}").settings.training.seed for seed in (4, 5)] == [4, 5]
    assert [opened(f"q_seed{seed}").state.iteration for seed in (4, 5)] == [2, 2]
    assert "2 runs" in out
    assert out.splitlines()[-1].endswith("curves q_seed4 q_seed5 --out curves.png")


def test_runs_go_on_where_they_are_and_missing_ones_are_begun_with_the_settings_of_the_others(call):
    call("train", "small.json", *TABLES, "--iterations", 2, "--seeds", 1, "--out", "q")
    code, _, err = call("train", "--resume", "--seeds", 2, "--out", "q")
    assert code == 0, err
    assert "q_seed0 is done already" in err
    first, second = (opened(f"q_seed{seed}").settings.training for seed in (0, 1))
    assert second == replace(first, seed=1)
    assert opened("q_seed1").scenario == opened("q_seed0").scenario
    code, _, err = call("train", "--resume", "--seeds", 2, "--out", "q", "--iterations", 3)
    assert code == 0, err
    assert [opened(f"q_seed{seed}").state.iteration for seed in (0, 1)] == [3, 3]


def test_a_missing_run_is_begun_with_the_given_budget_and_where_the_others_train(call, monkeypatch):
    call("train", "small.json", *TABLES, "--iterations", 2, "--seeds", 2, "--out", "q")
    shutil.rmtree("q_seed0")
    trained = {}
    monkeypatch.setattr(training, "_train", lambda folder: trained.update({folder.path.name: folder}))
    monkeypatch.setattr(training, "checked_placement", lambda placement, *_, **__: placement)  # tables need none
    told = call("train", "--resume", "--seeds", 2, "--out", "q", "--iterations", 3, "--cpus-per-runner", 2)
    assert list(trained) == ["q_seed0", "q_seed1"], told
    assert {folder.settings.budget.iterations for folder in trained.values()} == {3}
    assert {folder.placement.cpus_per_runner for folder in trained.values()} == {2}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--seeds", "0"], "--seeds: 0 is too small"),
        (["--seeds", "2", "--seed", "-1"], "--seed: -1"),
        (["--seeds", "2", "--out", "old"], "old_seed1"),
        (["--seeds", "2", "--resume", "--out", "never"], "never_seed*: do not exist"),
    ],
)
def test_wrong_seeds_are_told_before_anything_is_trained(call, tmp_path, monkeypatch, arguments, said):
    (tmp_path / "old_seed1").mkdir()
    (tmp_path / "old_seed1" / "notes.txt").touch()
    monkeypatch.setattr(training, "run_training", None)
    code, out, err = call("train", "small.json", *TABLES, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "old_seed0").exists()
