"""Policies that observe the plans of their intersections are trained and used."""

import io

import numpy as np
import pytest

from tests.helpers.made_up_runs import made_up_run
from tests.helpers.two_intersections import scenario
from traffic_marl import run, train
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.sources import first_weights, source_of
from traffic_marl.scenario import Messages, validation_seeds

PLAIN = scenario(duration_s=300)
FAILING = scenario(duration_s=300, messages=Messages(lost_share=0.3, false_share=0.5, delay_s=10))
SHORT = {"iterations": 1, "copies": 2, "hidden": (8, 8), "fragment": 20}
ONCE = Validation(every=1, seeds=2, classical=False)
OBSERVATION = "queue+plan"


@pytest.mark.parametrize(
    ("one", "choices"),
    [
        (PLAIN, {"policy": "shared"}),
        (PLAIN, {"policy": "shared", "network": "mlp"}),
        pytest.param(PLAIN, {"policy": "independent", "action": "gap_out"}, marks=pytest.mark.slow),
        (FAILING, {"policy": "attention"}),
        (FAILING, {"policy": "message"}),
    ],
)
def test_a_policy_that_sees_plans_is_used_as_it_was_validated(cluster, tmp_path, one, choices):
    report = train(one, tmp_path / "run", observation=OBSERVATION, validation=ONCE, **SHORT, **choices)
    delays = run(one, f"{tmp_path}/run:checkpoint=last", validation_seeds(2)).measures.mean_delay
    assert delays.mean() == report.delay


def test_a_policy_without_plans_begins_one_that_does_not_care_for_them_yet(tmp_path):
    source = made_up_run(tmp_path / "source", PLAIN, observation="queue", hidden=(8, 8))
    with np.load(source.checkpoint(source.state.last) / "policy.npz") as arrays:
        before = dict(arrays)
    settings = TrainingSettings(observation=OBSERVATION, hidden=(8, 8))
    begun = np.load(io.BytesIO(first_weights(source_of(str(source.path)), PLAIN, settings)["actor.npz"]))
    (name,) = (each for each in before if each.endswith(".phase.weight"))
    assert np.array_equal(begun[name][:, :3], before[name])
    assert begun[name].shape[1] == 5
    assert (begun[name][:, 3:] == 0.0).all()
