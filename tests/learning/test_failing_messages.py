"""Policies that hear of neighbours are trained and used where messages fail."""

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import run, train
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.scenario import Messages, validation_seeds

FAILING = scenario(messages=Messages(lost_share=0.3, false_share=0.5, delay_s=10), duration_s=300)
PLAIN = scenario(duration_s=300)
ONCE = Validation(every=1, seeds=2, classical=False)


@pytest.mark.parametrize("policy", ["attention", "message"])
def test_a_policy_is_validated_under_the_faults_of_its_training_and_used_anywhere(cluster, tmp_path, policy):
    report = train(
        FAILING, tmp_path / "run", iterations=1, policy=policy, copies=2, hidden=(8, 8), validation=ONCE, fragment=20
    )
    delays = {
        one.hash(): float(run(one, f"{tmp_path}/run:checkpoint=last", validation_seeds(2)).measures.mean_delay.mean())
        for one in (FAILING, PLAIN)
    }
    assert delays[FAILING.hash()] == report.delay
    assert delays[PLAIN.hash()] != report.delay
