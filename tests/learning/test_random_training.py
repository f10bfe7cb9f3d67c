"""Training on random scenarios."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from traffic_marl import Validation, run, train
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import STAND_IN, ScenarioEnvironment
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.rllib.build import architecture_of
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting import imitation
from traffic_marl.learning.starting.start import Start
from traffic_marl.learning.train import begin, run_training
from traffic_marl.learning.validating.traffic import ValidationTraffic
from traffic_marl.scenario import load_scenario, random_scenario
from traffic_marl.scenario.seeds import TRAINING, VALIDATION

SHORT = random_scenario(VALIDATION[0], duration_s=120)
FEW = TrainingSettings(random=2, action="gap_out", interval=1, copies=2, minibatch=64, epochs=1, hidden=(8, 8))
QUIET = Validation(every=2, seeds=2, classical=False)


SMOKE = load_scenario("grid_2x2_smoke").within(until_s=120)


@pytest.fixture
def further(tmp_path):
    """The path of an arterial that lasts as long as the other scenarios."""
    path = tmp_path / "further.json"
    load_scenario("arterial_1x6").within(until_s=120).save(path)
    return str(path)


def numbers_of(folder):
    """The numbers of a run's last policy."""
    with np.load(folder.checkpoint(folder.state.last) / "policy.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


def stop_after(iterations):
    """A watcher that asks for a stop once so many iterations are done."""

    def watch(report):
        if report.doing == "training" and report.iteration == iterations:
            os.kill(os.getpid(), signal.SIGTERM)

    return watch


def test_the_environment_has_random_scenarios_of_training_seeds_alone():
    env = ScenarioEnvironment(SHORT, FEW)(2, runner=1, runners=3)
    env.reset()

    assert [part.scenario.name for part in env.parts] == [f"random_{TRAINING[1]}", f"random_{TRAINING[4]}"]
    assert env.steps == 120
    assert architecture_of(SHORT, FEW).agents == len(env.intersections)
    assert architecture_of(SHORT, FEW).layout == env.layout


def test_a_policy_of_random_scenarios_is_validated_on_others_and_works_anywhere(cluster, tmp_path):
    settings = RunSettings(FEW, Budget(iterations=2), QUIET)
    folder = begin(SHORT, settings, tmp_path / "random")
    report = run_training(folder)
    traffic = ValidationTraffic(SHORT, FEW, folder.state.validation_seeds)

    assert report.doing == "done"
    assert folder.state.validation_seeds == (10_000, 10_001)
    learned = load_learned(f"{folder.path}:checkpoint=last")
    assert traffic.mean_delay(learned) == pytest.approx(report.delay)
    arterial = load_scenario("arterial_1x6").within(until_s=60)
    assert np.isfinite(run(arterial, learned, (1,)).measures.mean_delay).all()


def test_named_scenarios_are_trained_on_beside_random_ones(further):
    env = ScenarioEnvironment(SMOKE, replace(FEW, also=(further,)))(2, runner=1, runners=3)
    env.reset()

    assert [part.scenario.name for part in env.parts[2:]] == ["grid_2x2_smoke", "arterial_1x6"]
    assert [part.scenario.name for part in env.parts[:2]] == [f"random_{TRAINING[1]}", f"random_{TRAINING[4]}"]
    assert all(part.episode_seeds == (TRAINING[1], TRAINING[4]) for part in env.parts)


def test_further_scenarios_stand_beside_random_ones_alone(further):
    env = ScenarioEnvironment(SHORT, replace(FEW, also=(further,)))(2)
    env.reset()

    assert [part.scenario.name for part in env.parts[2:]] == ["arterial_1x6"]


def test_scenarios_for_validation_are_not_trained_on():
    for scenario, also in ((random_scenario(VALIDATION[3], duration_s=120), ()), (SMOKE, (f"random_{VALIDATION[3]}",))):
        with pytest.raises(UsageError, match="random_10003: policies of random scenarios are validated on it"):
            ScenarioEnvironment(scenario, replace(FEW, also=also))(2)
    assert ScenarioEnvironment(random_scenario(VALIDATION[3]), TrainingSettings())(1).scenario.name == "random_10003"


def test_scenarios_of_another_length_are_refused_before_anything_is_written(tmp_path):
    settings = RunSettings(replace(FEW, also=("arterial_1x6",)), Budget(iterations=1), QUIET)
    with pytest.raises(UsageError, match=r"random scenarios and arterial_1x6: differ in decisions \(120, 3600\)"):
        begin(SMOKE, settings, tmp_path / "mixed")
    assert not (tmp_path / "mixed").exists()


def test_random_scenarios_are_drawn_within_the_ranges():
    settings = replace(FEW, ranges=("intersections=2:5", "phases=two", "load=0.9"))
    env = ScenarioEnvironment(SHORT, settings)(2)
    env.reset()
    validated = ValidationTraffic(SHORT, settings, VALIDATION[:3])

    for scenario in (*(part.scenario for part in env.parts), *(scenario for scenario, _ in validated.runs)):
        assert scenario.signals.phases == "two"
        assert 2 <= len(scenario.build_network().intersections) <= 5
        assert scenario.horizon == 120
    assert TrainingSettings.from_json(settings.to_json()) == settings
    assert settings == replace(settings, ranges=settings.ranges[::-1])


def test_ranges_need_random_scenarios_and_are_checked_at_once():
    with pytest.raises(UsageError, match="ranges: random scenarios are drawn within it, and there are none"):
        TrainingSettings(ranges=("load=0.4:1.1",))
    with pytest.raises(UsageError, match="ranges: in load=3, "):
        TrainingSettings(random=2, ranges=("load=3",))


def test_a_run_on_both_kinds_begins_with_a_policy_and_with_a_strategy_and_is_validated_on_all(
    cluster, tmp_path, further, monkeypatch
):
    monkeypatch.setattr(imitation, "SAMPLED", 500)
    both = replace(FEW, also=(further,), ranges=("intersections=2:5",))
    first = begin(SMOKE, RunSettings(both, Budget(iterations=1), QUIET), tmp_path / "first")
    run_training(first)
    start = Start(source=str(first.path), imitate="actuated", critic_warmup=1)
    second = begin(SMOKE, RunSettings(both, Budget(iterations=1), QUIET, None, start), tmp_path / "second")
    report = run_training(second)
    traffic = ValidationTraffic(SMOKE, both, second.state.validation_seeds)

    assert [scenario.name for scenario, _ in traffic.runs] == [
        *("random_10000", "random_10001"),
        *("grid_2x2_smoke", "arterial_1x6"),
    ]
    learned = load_learned(f"{second.path}:checkpoint=last")
    assert traffic.mean_delay(learned) == pytest.approx(report.delay)
    assert second.state.imitated is not None
    resumed = resume(RunFolder.open_run(second.path), Budget(iterations=2))
    assert run_training(resumed).iteration == 2


def test_a_strategy_to_imitate_is_tried_on_every_named_scenario_at_the_beginning(tmp_path, further, monkeypatch):
    settings = RunSettings(replace(FEW, also=(further,)), Budget(1), QUIET, None, Start(imitate="actuated"))
    met = []
    monkeypatch.setattr("traffic_marl.learning.train.ensure_usable", lambda scenario, *_: met.append(scenario.name))
    begin(SMOKE, settings, tmp_path / "run")
    assert met == ["grid_2x2_smoke", "arterial_1x6"]


def test_a_run_on_random_scenarios_goes_on_as_if_never_stopped(cluster, tmp_path):
    settings = RunSettings(FEW, Budget(iterations=2), QUIET)
    straight = begin(SHORT, settings, tmp_path / "straight")
    stopped = begin(SHORT, settings, tmp_path / "stopped")
    run_training(straight)
    assert run_training(stopped, stop_after(0)).iteration == 1
    resumed = resume(RunFolder.open_run(stopped.path))
    run_training(resumed)

    assert resumed.state.iteration == 2
    assert all((numbers_of(resumed)[name] == array).all() for name, array in numbers_of(straight).items())


def test_the_scenario_may_be_left_out_with_random_scenarios_alone(tmp_path):
    assert load_scenario(STAND_IN).name == "random_10000"
    with pytest.raises(UsageError, match="scenario: there is none to train on; give one, or random=8"):
        train(out=tmp_path / "none")
    with pytest.raises(UsageError, match="out: None is not a path"):
        train(random=2)


@pytest.mark.parametrize(
    "choices",
    [
        {"policy": "independent"},
        {"policy": "attention"},
        {"critic": "central"},
        {"stock": True},
        {"random": 0},
        {"random": 1001},
        {"algorithm": "tabular-q", "policy": "independent"},
    ],
)
def test_what_depends_on_one_network_is_refused(choices):
    with pytest.raises(UsageError):
        TrainingSettings(**{"random": 2, **choices})


def test_settings_of_former_versions_have_no_random_scenarios():
    former = TrainingSettings().to_json()
    del former["random"], former["ranges"]

    assert TrainingSettings.from_json(former) == TrainingSettings()
    assert TrainingSettings.from_json(FEW.to_json()) == FEW
