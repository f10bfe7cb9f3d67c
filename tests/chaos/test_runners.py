"""A runner in a process of its own is killed while it samples, and the training comes to its end."""

from dataclasses import replace

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.chaos.enduring import Endurance
from traffic_marl.chaos.schedule import schedule_of
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin

SPREAD = TrainingSettings(runners=1, copies=2, fragment=20, hidden=(8, 8))
ONCE = Validation(every=10, seeds=1, classical=False)


@pytest.mark.slow
def test_a_training_survives_the_loss_of_a_runner(tmp_path):
    settings = RunSettings(SPREAD, Budget(iterations=30), ONCE)
    folder = begin(scenario(duration_s=100), settings, tmp_path / "run")
    strikes = schedule_of("runner@0.2").strikes_for(0)
    course = Endurance(folder.path, tmp_path / "run.json", strikes, 0).run(lambda share: None)
    assert course.failure is None
    assert [hit.strike for hit in course.hits] == ["runner@0.2"]
    assert course.hits[0].iteration >= 6
    assert course.hits[0].recovery_s > 0.0
    assert RunFolder.open_run(folder.path).state.iteration == 30


@pytest.mark.slow
def test_what_is_sampled_again_after_the_loss_of_a_learner_is_counted(tmp_path):
    settings = RunSettings(replace(SPREAD, runners=0, learners=1), Budget(iterations=30), ONCE)
    folder = begin(scenario(duration_s=100), settings, tmp_path / "run")
    strikes = schedule_of("learner@0.5").strikes_for(0)
    course = Endurance(folder.path, tmp_path / "run.json", strikes, 0).run(lambda share: None)
    assert course.failure is None
    (hit,) = course.hits
    steps = hit.agent_steps // hit.iteration
    assert 15 <= hit.iteration < 20
    assert hit.lost_agent_steps == (hit.iteration - 10) * steps  # a validation kept the 10th
    assert hit.recovery_s > 0.0
