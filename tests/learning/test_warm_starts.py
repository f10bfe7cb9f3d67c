"""Runs that do not begin at random: with the weights of another run, or with the choices of a strategy."""

import json
import os
import signal
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

import traffic_marl
from tests.helpers.made_up_runs import SMALL, made_up_run
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import code_of_training, resume
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting import imitation
from traffic_marl.learning.starting.beginning import begin_learner
from traffic_marl.learning.starting.sources import first_weights, source_of
from traffic_marl.learning.starting.start import Start
from traffic_marl.learning.train import begin, make_learner, run_training
from traffic_marl.rollout import run

QUIET = Validation(every=2, seeds=2, classical=False)
FEW = {"copies": 2, "minibatch": 16, "hidden": (8, 8), "observation": "local"}
SLOW = """
from traffic_marl.errors import StrategyError


def slow(conditions):
    if conditions.interval < 5:
        raise StrategyError("slow", f"{conditions.interval} s is too short", "decide every 5 s")
    return lambda readings: readings.phase
"""


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(imitation, "SAMPLED", 500)


def settings_of(start, iterations=4, **changes):
    return RunSettings(TrainingSettings(**{**FEW, **changes}), Budget(iterations=iterations), QUIET, None, start)


def numbers_of(folder, name):
    """The numbers of the policy in a checkpoint."""
    with np.load(folder.checkpoint(name) / "policy.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


def stop_at(doing, iteration=0):
    """A watcher that asks for a stop at a step."""

    def watch(report):
        if report.doing.startswith(doing) and report.iteration == iteration:
            os.kill(os.getpid(), signal.SIGTERM)

    return watch


def test_the_policy_before_the_first_iteration_is_that_of_the_source_and_is_kept(cluster, tmp_path):
    source = made_up_run(tmp_path / "x", **FEW)
    folder = begin(SMALL, settings_of(Start(str(source.path), critic_warmup=2)), tmp_path / "one")
    report = run_training(folder)
    rows = folder.progress()
    expected = run(SMALL, load_learned(source.path), folder.state.validation_seeds).measures.mean_delay.mean()
    assert rows[0]["validation_delay"] == pytest.approx(expected)
    assert rows[1]["iteration"] == 1
    assert report.best_delay <= expected
    assert rows[2]["validation_delay"] == pytest.approx(expected), "the critic has learnt alone"
    assert any(
        (numbers_of(folder, folder.state.last)[n] != a).any() for n, a in numbers_of(source, source.state.last).items()
    )


def test_a_run_that_is_no_better_than_its_source_keeps_the_source_as_its_best(cluster, tmp_path):
    source = made_up_run(tmp_path / "x", **FEW)
    folder = begin(SMALL, settings_of(Start(str(source.path), critic_warmup=9), 1), tmp_path / "one")
    run_training(folder)
    assert (folder.state.best, folder.state.last) == ("iteration_000000", "iteration_000001")
    for name, array in numbers_of(source, source.state.last).items():
        assert (numbers_of(folder, "iteration_000000")[name] == array).all()


def test_the_critic_comes_along_from_a_run_that_has_its_state(cluster, tmp_path):
    first = begin(SMALL, settings_of(Start(), 2), tmp_path / "x")
    run_training(first)
    folder = begin(SMALL, settings_of(Start(str(first.path))), tmp_path / "one")
    assert set(folder.state.start) == {"actor.npz", "critic.npz"}
    with (
        np.load(folder.path / "start" / "critic.npz") as critic,
        np.load(first.checkpoint(first.state.best) / "training" / "rllib.npz") as state,
    ):
        held = [state[name] for name in state.files]
        assert critic["return_scale.code.updates"] > 0, "its values mean something by their code alone"
        assert all(any(np.array_equal(critic[name], each) for each in held) for name in critic.files)


def test_a_critic_tells_the_same_returns_in_the_run_that_it_comes_to(cluster, tmp_path):
    first = begin(SMALL, settings_of(Start(), 2), tmp_path / "x")
    run_training(first)
    folder = begin(SMALL, settings_of(Start(str(first.path), critic_warmup=1), 1), tmp_path / "one")
    learner = make_learner(SMALL, folder.settings.training)
    with closing(learner):
        begin_learner(folder, learner, lambda step: None, threading.Event())
        state = learner._algorithm.learner_group.get_state()["learner"]["rl_module"]["team"]
    with np.load(folder.path / "start" / "critic.npz") as critic:
        for name in ("mean", "deviation", "updates"):
            assert state[f"return_scale.code.{name}"] == critic[f"return_scale.code.{name}"]


def test_a_critic_of_another_kind_of_values_stays_behind(cluster, tmp_path):
    first = begin(SMALL, settings_of(Start(), 2), tmp_path / "x")
    run_training(first)
    for changes in ({"algorithm": "appo"}, {"stock": True}):
        settings = replace(settings_of(Start(str(first.path))).training, **changes)
        assert set(first_weights(source_of(str(first.path)), SMALL, settings)) == {"actor.npz"}


def test_the_folder_needs_its_source_no_more_and_damage_is_told(cluster, tmp_path):
    source = made_up_run(tmp_path / "x", **FEW)
    folder = begin(SMALL, settings_of(Start(str(source.path)), 1), tmp_path / "one")
    (source.path / "state.json").unlink()
    assert run_training(RunFolder.open_run(folder.path)).doing == "done"
    source = made_up_run(tmp_path / "y", **FEW)
    folder = begin(SMALL, settings_of(Start(str(source.path)), 1), tmp_path / "two")
    (folder.path / "start" / "actor.npz").write_bytes(b"other")
    with pytest.raises(FileError, match=r"is damaged: start/actor\.npz"):
        run_training(RunFolder.open_run(folder.path))


def test_weights_of_another_network_in_the_folder_are_damage(cluster, tmp_path):
    source = made_up_run(tmp_path / "x", **FEW)
    folder = begin(SMALL, settings_of(Start(str(source.path)), 1), tmp_path / "one")
    np.savez(folder.path / "start" / "actor.npz", other=np.zeros(3))
    state = json.loads((folder.path / "state.json").read_text())
    from traffic_marl.files import digest_of

    state["start"]["actor.npz"] = digest_of((folder.path / "start" / "actor.npz").read_bytes())
    (folder.path / "state.json").write_text(json.dumps(state))
    with pytest.raises(FileError, match=r"is damaged: start "):
        run_training(RunFolder.open_run(folder.path))


@pytest.mark.parametrize("stopped", [("training", 0), ("training", 1), ("training", 2)])
def test_a_warm_start_goes_on_as_if_never_stopped(cluster, tmp_path, stopped):
    source = made_up_run(tmp_path / "x", **FEW)
    start = Start(str(source.path), "longest_queue", critic_warmup=2)
    straight = begin(SMALL, settings_of(start), tmp_path / "straight")
    run_training(straight)
    folder = begin(SMALL, settings_of(start), tmp_path / "one")
    assert run_training(folder, stop_at(*stopped)).doing == "stopped"
    report = run_training(resume(RunFolder.open_run(folder.path)))
    assert (report.doing, report.agent_steps) == ("done", straight.state.agent_steps)
    assert report.imitated == straight.state.imitated
    last = RunFolder.open_run(folder.path)
    for name, array in numbers_of(straight, straight.state.last).items():
        assert (numbers_of(last, last.state.last)[name] == array).all(), name
    assert [row["iteration"] for row in last.progress()] == [0, 1, 2, 3, 4]


def test_an_imitation_that_is_stopped_is_done_again(cluster, tmp_path):
    folder = begin(SMALL, settings_of(Start(imitate="sotl"), 1), tmp_path / "one")
    report = run_training(folder, stop_at("imitating sotl: learning"))
    assert (report.doing, folder.state.last, folder.progress()) == ("stopped", None, [])
    report = run_training(resume(RunFolder.open_run(folder.path)))
    assert (report.doing, report.imitated.agent_steps > 0) == ("done", True)


def test_agent_steps_of_the_imitation_count_as_sampled(cluster, tmp_path):
    folder = begin(SMALL, settings_of(Start(imitate="sotl"), 1), tmp_path / "one")
    report = run_training(folder)
    first, last = folder.progress()
    assert first["agent_steps"] == report.imitated.agent_steps > 0
    assert last["agent_steps"] == report.agent_steps > first["agent_steps"]
    assert RunFolder.open_run(folder.path).state.imitated == report.imitated
    assert RunFolder.open_run(folder.path).settings.start == Start(imitate="sotl")


def test_tables_begin_with_tables(tmp_path):
    tables = {"algorithm": "tabular-q", "policy": "independent", "copies": 2, "observation": "local"}
    first = begin(SMALL, RunSettings(TrainingSettings(**tables), Budget(iterations=2), QUIET), tmp_path / "x")
    run_training(first)
    settings = RunSettings(TrainingSettings(**tables), Budget(iterations=1), QUIET, None, Start(str(first.path)))
    folder = begin(SMALL, settings, tmp_path / "one")
    run_training(folder)
    assert folder.progress()[0]["validation_delay"] == pytest.approx(first.state.best_delay)
    tries = [numbers_of(each, each.state.last)["tries"].sum() for each in (folder, first)]
    assert tries[0] > tries[1] / 2, "the tries of the source count"


def test_training_from_python_takes_the_settings_of_the_source(cluster, tmp_path):
    source = made_up_run(tmp_path / "x", **FEW, interval=10)
    report = traffic_marl.train(
        SMALL, tmp_path / "one", start=source.path, iterations=1, copies=3, validation=QUIET, imitate="sotl"
    )
    found = RunFolder.open_run(tmp_path / "one").settings
    assert (found.training.hidden, found.training.observation, found.training.interval) == ((8, 8), "local", 10)
    assert (found.training.copies, found.start) == (3, Start(str(source.path), "sotl", 4))
    assert report.start == found.start


@pytest.mark.parametrize(
    ("choices", "error", "message"),
    [
        ({"start": "runs/none"}, StrategyError, r"^runs/none: there is no such run"),
        ({"start": 3}, UsageError, r"^start: 3 is not a name"),
        ({"imitate": 3}, UsageError, r"^imitate: 3 is not a name"),
        ({"imitate": "actuatd"}, StrategyError, r"^imitate: unknown strategy 'actuatd'"),
        ({"critic_warmup": -1}, UsageError, r"^critic_warmup: -1 is too small"),
        (
            {"imitate": "max_pressure:interval_s=7", "interval": 5},
            UsageError,
            r"^imitate: .* decides every 7 s, the env",
        ),
        ({"imitate": "sotl", "algorithm": "dqn"}, UsageError, r"^imitate: dqn learns values"),
        ({"start": "X", "hidden": (9,)}, StrategyError, r"its hidden layers are 8,8, not 9"),
    ],
)
def test_wrong_starts_are_told_before_a_folder_is_made(tmp_path, choices, error, message):
    source = made_up_run(tmp_path / "x", **FEW)
    if choices.get("start") == "X":
        choices = {**choices, "start": source.path}
    with pytest.raises(error, match=message):
        traffic_marl.train(SMALL, tmp_path / "mine", iterations=1, **choices)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_strategy_of_a_file_that_a_folder_names_to_imitate_needs_trust(cluster, tmp_path):
    own = tmp_path / "mine.py"
    own.write_text("def still(conditions):\n    return lambda readings: readings.phase\n")
    folder = begin(SMALL, settings_of(Start(imitate=f"{own}:still"), 1), tmp_path / "one")
    assert code_of_training(RunFolder.open_run(folder.path)) == [str(own)]
    with pytest.raises(UsageError, match=r"mine\.py would be executed"):
        resume(RunFolder.open_run(folder.path))
    run_training(folder)
    assert code_of_training(RunFolder.open_run(folder.path)) == []


def test_a_strategy_to_imitate_is_tried_at_the_decisions_of_the_training(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text(SLOW)
    begin(SMALL, settings_of(Start(imitate=f"{own}:slow"), 1), tmp_path / "one")
    with pytest.raises(StrategyError, match="1 s is too short"):
        begin(SMALL, settings_of(Start(imitate=f"{own}:slow"), 1, action="gap_out", interval=1), tmp_path / "two")
    assert not (tmp_path / "two").exists()


def test_a_budget_that_the_imitation_would_use_up_is_refused(tmp_path):
    settings = replace(settings_of(Start(imitate="sotl"), 1), budget=Budget(agent_steps=400))
    with pytest.raises(UsageError, match=r"agent_steps: the imitation alone takes .*, and 400 leave none to train"):
        begin(SMALL, settings, tmp_path / "one")
    assert not (tmp_path / "one").exists()
