"""Training on random scenarios."""

import os
import signal

import numpy as np
import pytest

from traffic_marl import Validation, run, train
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.rllib.build import architecture_of
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import RANDOM, begin, run_training
from traffic_marl.learning.validating.traffic import ValidationTraffic
from traffic_marl.scenario import load_scenario, random_scenario
from traffic_marl.scenario.seeds import TRAINING, VALIDATION

SHORT = random_scenario(VALIDATION[0], duration_s=120)
FEW = TrainingSettings(random=2, action="gap_out", interval=1, copies=2, minibatch=64, epochs=1, hidden=(8, 8))
QUIET = Validation(every=2, seeds=2, classical=False)


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
    assert load_scenario(RANDOM).name == "random_10000"
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
        {"also": ("arterial_1x6",)},
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
    del former["random"]

    assert TrainingSettings.from_json(former).random is None
    assert TrainingSettings.from_json(FEW.to_json()) == FEW
