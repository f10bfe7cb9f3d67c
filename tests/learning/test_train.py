import csv
import json
import os
import signal
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

import traffic_marl
from tests.helpers.made_up_runs import HARDLY_ANY, SMALL
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.errors import FileError, TrafficError, UsageError
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import code_of_training, resume
from traffic_marl.learning.runs import loop
from traffic_marl.learning.runs.budget import Budget, Target, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.progress import STOPPING
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.runs.validation import seeds_to_validate
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin, run_training
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Messages, Sensors, Signals, cityflow_scenario
from traffic_marl.scenario.seeds import VALIDATION
from traffic_marl.strategies.catalogue import parse

TABLES = TrainingSettings(
    algorithm="tabular-q", policy="independent", learning_rate=0.1, copies=2, observation="local", seed=4
)
QUIET = Validation(every=2, seeds=2, classical=False)
NEEDS_ALL = """
from traffic_marl.errors import StrategyError


def needy(conditions):
    if conditions.unnoticed or conditions.messages.any:
        raise StrategyError("needy", "all of it has to work", "mend it")
    return lambda readings: readings.phase
"""


def settings(iterations=4, validation=QUIET):
    return RunSettings(TABLES, Budget(iterations=iterations), validation)


def values_of(folder):
    """The numbers of a run's last policy."""
    with np.load(folder.checkpoint(folder.state.last) / "policy.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


def table_of(folder):
    with (folder.path / "progress.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def stop_after(iterations):
    """A watcher that asks for a stop once so many iterations are done."""

    def watch(report):
        if report.doing == "training" and report.iteration == iterations:
            os.kill(os.getpid(), signal.SIGTERM)

    return watch


def test_a_run_leaves_all_that_belongs_to_it(tmp_path):
    folder = begin(SMALL, settings(), tmp_path / "runs" / "one")
    report = run_training(folder)
    assert (report.doing, report.iteration, report.agent_steps) == ("done", 4, 4 * 24 * 2 * 2)
    assert report.seconds_left == 0.0
    names = {path.name.partition(".out")[0] for path in folder.path.iterdir()}
    assert names >= {"scenario.json", "settings.json", "state.json", "versions.json", "progress.csv", "checkpoints"}
    assert [int(row["iteration"]) for row in table_of(folder)] == [0, 1, 2, 3, 4]
    assert [row["validation_delay"] != "" for row in table_of(folder)] == [True, False, True, False, True]
    assert float(table_of(folder)[-1]["validation_delay"]) == report.delay
    assert "python" in json.loads((folder.path / "versions.json").read_text())


def test_the_best_checkpoint_has_the_delay_that_a_comparison_measures(tmp_path):
    folder = begin(SMALL, settings(), tmp_path / "one")
    run_training(folder)
    delays = [float(row["validation_delay"]) for row in table_of(folder) if row["validation_delay"]]
    assert folder.state.best_delay == min(delays[1:])  # there is no checkpoint before the training
    assert folder.state.best == f"iteration_{2 * (1 + int(np.argmin(delays[1:]))):06d}"
    again = run(SMALL, load_learned(folder.path), folder.state.validation_seeds)
    assert again.measures.mean_delay.mean() == pytest.approx(min(delays[1:]))


@pytest.mark.parametrize(("seeds", "is_any"), [(4, True), (3, False)])
def test_seeds_without_vehicles_do_not_count(tmp_path, seeds, is_any):
    folder = begin(HARDLY_ANY, settings(2, replace(QUIET, seeds=seeds, classical=True)), tmp_path / "one")
    report = run_training(folder)
    state = RunFolder.open_run(folder.path).state
    assert (state, state.last) == (folder.state, "iteration_000002")
    delays = run(HARDLY_ANY, load_learned(folder.path), state.validation_seeds).measures.mean_delay
    assert np.isnan(delays).tolist() == [True, True, True, False][:seeds]
    assert report.best_delay == state.best_delay == (delays[3] if is_any else None)
    assert (state.best, bool(state.classical)) == (("iteration_000002", True) if is_any else (None, False))
    assert "nan" not in (folder.path / "progress.csv").read_text()


def test_a_target_without_vehicles_is_refused(tmp_path):
    folder = begin(HARDLY_ANY, replace(settings(), target=Target("actuated")), tmp_path / "one")
    with pytest.raises(UsageError, match=r"target: no vehicle departs on the validation seeds"):
        run_training(folder)


def test_a_run_that_was_stopped_goes_on_as_if_it_never_was(tmp_path):
    straight = begin(SMALL, settings(), tmp_path / "straight")
    run_training(straight)
    stopped = begin(SMALL, settings(), tmp_path / "stopped")
    told = []
    report = run_training(stopped, lambda report: [told.append(report.doing), stop_after(1)(report)])
    assert (report.doing, report.iteration, stopped.state.iteration) == ("stopped", 2, 2)
    assert told == ["starting", "validating", "training", "training", STOPPING, "stopped"]
    resumed = resume(RunFolder.open_run(stopped.path))
    report = run_training(resumed)
    assert (report.doing, report.iteration, report.agent_steps) == ("done", 4, straight.state.agent_steps)
    assert all((values_of(resumed)[name] == array).all() for name, array in values_of(straight).items())
    same = ("iteration", "agent_steps", "mean_return", "exploration", "learning_rate", "value_error")
    assert [[row[name] for name in same] for row in table_of(resumed)] == [
        [row[name] for name in same] for row in table_of(straight)
    ]


def test_iterations_after_the_last_checkpoint_are_done_again(tmp_path):
    folder = begin(SMALL, settings(), tmp_path / "one")

    class KilledError(Exception):
        pass

    def kill(report):
        if report.doing == "training" and report.iteration == 3:
            raise KilledError

    with pytest.raises(KilledError):
        run_training(folder, kill)
    assert len(table_of(folder)) == 4
    assert RunFolder.open_run(folder.path).state.iteration == 2
    run_training(resume(RunFolder.open_run(folder.path)))
    assert [int(row["iteration"]) for row in table_of(folder)] == [0, 1, 2, 3, 4]


def test_even_a_short_run_is_validated_twice_and_each_seed_counts(tmp_path):
    folder = begin(SMALL, settings(1, validation=Validation(every=15, seeds=3, classical=False)), tmp_path / "one")
    run_training(folder)
    first, last = (row for row in table_of(folder) if row["validation_delay"])
    assert (first["iteration"], first["agent_steps"], last["iteration"]) == ("0", "0", "1")
    delays = run(SMALL, load_learned(folder.path), folder.state.validation_seeds).measures.mean_delay
    for name, value in (("", delays.mean()), ("_least", delays.min()), ("_most", delays.max())):
        assert float(last[f"validation_delay{name}"]) == pytest.approx(value)
    for seed, delay in zip(folder.state.validation_seeds, delays, strict=True):
        assert float(last[f"validation_delay_of_{seed}"]) == pytest.approx(delay)


def test_a_longer_budget_may_be_given(tmp_path):
    folder = begin(SMALL, settings(2), tmp_path / "one")
    run_training(folder)
    with pytest.raises(UsageError, match=r"resume: .* has used its 2 iterations: .* give more iterations"):
        resume(RunFolder.open_run(folder.path))
    longer = resume(RunFolder.open_run(folder.path), Budget(iterations=3))
    assert run_training(longer).iteration == 3
    assert RunFolder.open_run(folder.path).settings.budget == Budget(iterations=3)


def test_minutes_end_a_run(tmp_path):
    settings = RunSettings(TABLES, Budget(minutes=0.02), QUIET)
    report = run_training(begin(SMALL, settings, tmp_path / "one"))
    assert report.doing == "done"
    assert report.seconds >= 1.2
    rates = [float(row["learning_rate"]) for row in table_of(RunFolder.open_run(tmp_path / "one"))[1:]]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.06


def test_a_budget_of_agent_steps_sets_the_schedules_and_goes_on_exactly(tmp_path):
    each = TABLES.copies * len(SMALL.build_network().intersections) * SMALL.duration_s // TABLES.interval
    by_steps = RunSettings(TABLES, Budget(agent_steps=3 * each + 1), QUIET)
    straight = begin(SMALL, by_steps, tmp_path / "straight")
    report = run_training(straight)
    assert (report.doing, report.iteration, report.agent_steps) == ("done", 4, 4 * each)
    rates = [float(row["learning_rate"]) for row in table_of(straight)[1:]]
    shares = [done * each / (3 * each + 1) for done in range(4)]
    assert rates == pytest.approx([TABLES.learning_rate_at(share) for share in shares])
    stopped = begin(SMALL, by_steps, tmp_path / "stopped")
    run_training(stopped, stop_after(1))
    resumed = resume(RunFolder.open_run(stopped.path))
    assert run_training(resumed).agent_steps == 4 * each
    assert all((values_of(resumed)[name] == array).all() for name, array in values_of(straight).items())
    with pytest.raises(UsageError, match=r"has used its [0-9]+ agent-steps: iteration 4, .* [0-9]+ agent-steps; give"):
        resume(RunFolder.open_run(stopped.path))


# Policies of RLlib


def learnt(**changes):
    """Settings for a few small updates of a network."""
    few = TrainingSettings(copies=2, minibatch=16, epochs=2, hidden=(8, 8))
    return RunSettings(replace(few, **changes), Budget(iterations=3), QUIET)


@pytest.mark.parametrize("changes", [{}, {"policy": "independent", "critic": "central"}, {"algorithm": "reinforce"}])
def test_a_policy_of_rllib_goes_on_as_if_never_stopped(cluster, tmp_path, changes):
    straight = begin(SMALL, learnt(**changes), tmp_path / "straight")
    assert run_training(straight).doing == "done"
    stopped = begin(SMALL, learnt(**changes), tmp_path / "stopped")
    assert run_training(stopped, stop_after(0)).iteration == 1
    resumed = resume(RunFolder.open_run(stopped.path))
    assert run_training(resumed).agent_steps == straight.state.agent_steps
    assert all((values_of(resumed)[name] == array).all() for name, array in values_of(straight).items())


def test_a_policy_of_rllib_is_a_strategy(cluster, tmp_path):
    folder = begin(SMALL, learnt(), tmp_path / "one")
    report = run_training(folder)
    again = run(SMALL, load_learned(f"{folder.path}:checkpoint=last"), folder.state.validation_seeds)
    assert again.measures.mean_delay.mean() == pytest.approx(report.delay)
    row = table_of(folder)[-1]
    assert float(row["learning_rate"]) == pytest.approx(7e-4 * (1 - 0.9 * 2 / 3))
    assert {"policy_loss", "value_loss", "entropy"} <= set(row)
    (folder.checkpoint(folder.state.last) / "training" / "random_state.npz").write_bytes(b"")
    report = run_training(resume(RunFolder.open_run(folder.path), Budget(iterations=4)))  # from the one before
    assert report.iteration == 4
    assert len(table_of(folder)) == 5, "one line for each iteration, and one for the beginning"


def test_signals_are_as_before_afterwards(tmp_path):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    run_training(begin(SMALL, settings(1), tmp_path / "one"), stop_after(0))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_run_may_go_on_in_another_thread(tmp_path):
    folder = begin(SMALL, settings(1), tmp_path / "one")
    thread = threading.Thread(target=run_training, args=(folder,))
    thread.start()
    thread.join(60)
    assert folder.state.iteration == 1


def test_a_watcher_is_called_at_every_step(tmp_path):
    told = []
    run_training(begin(SMALL, settings(2), tmp_path / "one"), told.append)
    assert [report.doing for report in told] == ["starting", "validating", *["training"] * 2, "validating", "done"]
    assert [report.iteration for report in told] == [0, 0, 0, 1, 2, 2]
    assert told[3].pace > 0
    assert told[3].seconds_left == pytest.approx(told[3].seconds)
    assert told[-1].delay == told[-1].best_delay


def test_scalars_go_to_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = begin(SMALL, settings(), tmp_path / "one")
    run_training(folder, stop_after(2))
    run_training(resume(RunFolder.open_run(folder.path)))
    rows = RunFolder.open_run(folder.path).progress()
    for path, column in ((folder.path, "iteration"), (folder.path / "by_agent_steps", "agent_steps")):
        events = EventAccumulator(str(path))
        events.Reload()
        for name in ("mean_return", "validation_delay", "learning_rate"):
            told = [(row[column], pytest.approx(row[name])) for row in rows if row[name] != ""]
            assert [(event.step, event.value) for event in events.Scalars(name)] == told
        scalars = set(events.Tags()["scalars"])
        assert not {"iteration", "seconds"} & scalars
        assert not any(name.startswith("validation_delay_of_") for name in scalars)


def test_settings_go_to_tensorboard_as_hyperparameters(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    folder = begin(SMALL, settings(1), tmp_path / "one")
    run_training(folder)
    events = EventAccumulator(str(folder.path))
    events.Reload()
    told = {}
    for content in events.PluginTagToContent("hparams").values():
        told |= dict(HParamsPluginData.FromString(content).session_start_info.hparams)
    assert set(told) == {"scenario", "budget", *folder.settings.training.to_json()}
    assert (told["algorithm"].string_value, told["scenario"].string_value) == ("tabular-q", "small")
    assert told["learning_rate"].number_value == folder.settings.training.learning_rate
    assert told["budget"].string_value == "1 iteration"
    assert (told["hidden"].string_value, told["fragment"].string_value) == ("32,32", "default")


# The classical strategies on the same seeds


def test_classical_strategies_are_measured_once(tmp_path, monkeypatch):
    calls = []

    def measured(scenario, seeds, tell):
        calls.append(seeds)
        tell("webster:longest_cycle_s=90")
        return (("actuated:gap_s=2", 12.5), ("webster", 20.0))

    monkeypatch.setattr(loop, "tuned", measured)
    told = []
    folder = begin(SMALL, settings(validation=Validation(every=2, seeds=2)), tmp_path / "one")
    run_training(folder, lambda report: [told.append(report), stop_after(1)(report)])
    run_training(resume(RunFolder.open_run(folder.path)), told.append)
    assert calls == [(VALIDATION[0], VALIDATION[1])]
    assert told[0].doing == "measuring webster:longest_cycle_s=90 for comparison"
    assert {report.classical for report in told[1:]} == {("actuated:gap_s=2", 12.5)}
    assert RunFolder.open_run(folder.path).state.classical[0] == ("actuated:gap_s=2", 12.5)


def test_fixed_traffic_is_judged_on_once(tmp_path):
    network = SMALL.build_network()
    write_roadnet(network, tmp_path / "roadnet.json")
    write_flow(SMALL.build_demand().draw(0), network, tmp_path / "flow.json")
    fixed = cityflow_scenario(tmp_path, phases=(1, 2), horizon_s=120)
    assert len(seeds_to_validate(SMALL, 3)) == 3
    assert len(seeds_to_validate(fixed, 3)) == 1


# A strategy to beat


def aimed(strategy, margin=0.02, iterations=4):
    validation = Validation(every=1, seeds=2, classical=False)
    return RunSettings(TABLES, Budget(iterations=iterations), validation, Target(strategy, margin))


def test_a_target_is_measured_once_on_the_validation_seeds_as_a_comparison_measures_it(tmp_path):
    told = []
    folder = begin(SMALL, aimed("longest_queue", 0.99), tmp_path / "one")
    run_training(folder, lambda report: [told.append(report), stop_after(1)(report)])
    run_training(resume(RunFolder.open_run(folder.path)), told.append)
    assert [report.doing for report in told].count("measuring longest_queue, the target") == 1
    delay = run(SMALL, parse("longest_queue"), folder.state.validation_seeds).measures.mean_delay.mean()
    assert folder.state.target == ("longest_queue", pytest.approx(delay))
    assert told[-1].goal == pytest.approx(0.01 * delay)
    assert (told[-1].doing, told[-1].iteration, told[-1].is_reached) == ("done", 4, False)


def test_a_policy_that_beats_the_target_before_any_training_is_kept(tmp_path):
    folder = begin(SMALL, aimed("fixed_time:green_s=60"), tmp_path / "one")
    report = run_training(folder)
    assert (report.doing, report.iteration, report.is_reached) == ("done", 0, True)
    again = run(SMALL, load_learned(folder.path), folder.state.validation_seeds)
    assert again.measures.mean_delay.mean() == pytest.approx(report.best_delay)


def test_settings_without_a_target_are_written_as_before(tmp_path):
    folder = begin(SMALL, settings(), tmp_path / "one")
    assert set(json.loads((folder.path / "settings.json").read_text())) == {"training", "budget", "validation"}
    aim = begin(SMALL, aimed("sotl", 0.25), tmp_path / "two")
    assert RunFolder.open_run(aim.path).settings.target == Target("sotl", 0.25)


def test_a_target_that_cannot_keep_the_rules_is_refused_before_a_folder_is_made(tmp_path):
    tight = SMALL.model_copy(update={"signals": Signals(max_red_s=40)})
    with pytest.raises(TrafficError, match="fixed_time"):
        begin(tight, aimed("fixed_time"), tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [{"sensors": Sensors(blind_share=0.1)}, {"messages": Messages(lost_share=0.1)}])
def test_a_target_that_needs_what_may_fail_is_refused_before_a_folder_is_made(tmp_path, failing):
    own = tmp_path / "mine.py"
    own.write_text(NEEDS_ALL)
    begin(SMALL, aimed(f"{own}:needy"), tmp_path / "sound")
    with pytest.raises(TrafficError, match="all of it has to work"):
        begin(SMALL.model_copy(update=failing), aimed(f"{own}:needy"), tmp_path / "failing")
    assert not (tmp_path / "failing").exists()


@pytest.mark.parametrize("target", [3, None, "", ["actuated"]])
def test_a_target_is_named_in_text(target):
    with pytest.raises(UsageError, match=r"^target: .* is not a name; give the name of a strategy"):
        Target(target)


def test_a_strategy_of_a_file_that_a_folder_names_as_its_target_needs_trust(tmp_path):
    own = tmp_path / "mine.py"
    own.write_text("import traffic_marl\n\n\ndef still(conditions):\n    return lambda readings: readings.phase\n")
    folder = begin(SMALL, aimed(f"{own}:still"), tmp_path / "one")
    assert code_of_training(RunFolder.open_run(folder.path)) == [str(own)]
    with pytest.raises(UsageError, match=r"mine\.py would be executed"):
        resume(RunFolder.open_run(folder.path))
    run_training(resume(RunFolder.open_run(folder.path), trust=True), stop_after(1))
    assert code_of_training(RunFolder.open_run(folder.path)) == []  # its delay is known


# What is refused


def test_what_makes_no_environment_is_refused_before_a_folder_is_made(tmp_path):
    for wrong, reason in (({"reward": "money"}, "'money'"), ({"algorithm": "tabular-q"}, "independent")):
        with pytest.raises(TrafficError, match=reason):
            begin(SMALL, RunSettings(TrainingSettings(**wrong), Budget(iterations=1), QUIET), tmp_path / "one")
    short = SMALL.model_copy(update={"network": GridNetwork(rows=1, columns=2, block_m=1.0)})
    with pytest.raises(TrafficError, match="it is 1 m long, which is too short for the widths of"):
        begin(short, settings(), tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("library", ["torch", "ray"])
def test_without_the_libraries_the_remedy_is_told(tmp_path, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=rf'{library} is not installed; run: pip install "traffic-marl\[learning\]"'):
        begin(SMALL, RunSettings(TrainingSettings(), Budget(iterations=1), QUIET), tmp_path / "one")
    assert list(tmp_path.iterdir()) == []
    run_training(begin(SMALL, settings(1), tmp_path / "tables"))


def test_a_damaged_checkpoint_is_told(tmp_path):
    folder = begin(SMALL, settings(), tmp_path / "one")
    run_training(folder, stop_after(1))
    for name in ("draws.json", "tables.npz"):
        (folder.checkpoint(folder.state.last) / "training" / name).write_text("{}")
        with pytest.raises(FileError, match=r"is damaged: checkpoints/iteration_000002/training"):
            run_training(resume(RunFolder.open_run(folder.path)))


def test_a_folder_that_holds_only_a_policy_cannot_go_on(tmp_path):
    from traffic_marl.learning.runs.export import export

    folder = begin(SMALL, settings(), tmp_path / "one")
    run_training(folder, stop_after(1))
    export(str(folder.path), tmp_path / "small")
    with pytest.raises(UsageError, match="holds a policy without the state of its training"):
        resume(RunFolder.open_run(tmp_path / "small"))


# From Python


def test_training_is_one_call_in_python(tmp_path):
    told = []
    report = traffic_marl.train(
        SMALL,
        tmp_path / "mine",
        iterations=2,
        validation=QUIET,
        watch=told.append,
        algorithm="tabular-q",
        copies=2,
        observation="local",
    )
    assert (report.doing, report.iteration) == ("done", 2)
    assert told[-1] == report
    settings = RunFolder.open_run(tmp_path / "mine").settings
    assert (settings.training.policy, settings.training.learning_rate) == ("independent", 0.2)
    assert settings.budget == Budget(iterations=2)
    measures = run(SMALL, load_learned(tmp_path / "mine"), (10_000, 10_001)).measures
    assert measures.mean_delay.mean() == pytest.approx(report.best_delay)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"algoritm": "dqn"}, r"settings\.algoritm: there is no such setting; did you mean algorithm"),
        ({"algorithm": 3}, r"algorithm: 3 is not a name; available: ppo"),
        ({"algorithm": "tabular-q", "clip": 0.1}, r"clip: tabular-q does not use it"),
        ({"iterations": 0}, r"iterations: 0 is too small"),
        ({"iterations": "many"}, r"iterations: 'many' is not a whole number"),
        ({"minutes": "long"}, r"minutes: 'long' is not a number; give minutes, more than 0"),
        ({"minutes": 0}, r"minutes: 0 is not a duration; give minutes"),
        ({"validation": 5}, r"validation: 5 is not a Validation"),
        ({"watch": 5}, r"watch: 5 is not a function; give a function of \(report\)"),
        ({"also": 5}, r"also: 5 is not a list of names"),
        ({"iterations": 1, "minutes": 1.0}, r"minutes: a budget is one of iterations, minutes and agent-steps"),
    ],
)
def test_wrong_arguments_of_train_are_told_by_name(tmp_path, choices, message):
    with pytest.raises(UsageError, match=f"^{message}"):
        traffic_marl.train(SMALL, tmp_path / "mine", **choices)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_path_is_told():
    with pytest.raises(UsageError, match=r"^out: None is not a path"):
        traffic_marl.train(SMALL, None)
