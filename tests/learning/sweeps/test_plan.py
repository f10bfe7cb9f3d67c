"""The plan of a sweep: its checks, and its way through JSON."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.plan import GRID, OPTUNA, RANDOM, Plan

PLAN = Plan(
    dimensions=dimensions_of(["algorithm=dqn,ppo", "hidden=16,16;32"]),
    settings={"copies": 4, "seed": 5, "also": ("arterial_1x6",)},
    seeds=3,
    budget=Budget(agent_steps=5000),
    validation=Validation(times=4, seeds=2, classical=False),
    start={"critic_warmup": 2},
    stops_early=True,
)


def test_a_plan_survives_its_file():
    assert Plan.from_json(json.loads(json.dumps(PLAN.to_json()))) == PLAN


def test_a_run_has_the_shared_settings_its_own_values_and_its_seed():
    plan = replace(PLAN, start={})
    run = plan.run_settings({"algorithm": "dqn", "hidden": (32,)}, 6)
    assert (run.training.algorithm, run.training.hidden, run.training.seed, run.training.copies) == ("dqn", (32,), 6, 4)
    assert list(plan.all_seeds) == [5, 6, 7]
    assert run.budget == Budget(agent_steps=5000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dimensions": ()}, "over: no setting is given"),
        ({"seeds": 0}, "seeds: 0"),
        ({"search": "luck"}, "search: unknown search 'luck'"),
        ({"search": RANDOM}, "trials: a random search has no end"),
        ({"search": OPTUNA, "trials": 0}, "trials: 0"),
        ({"search": GRID, "trials": 3}, "trials: a grid tries all combinations"),
        ({"settings": {"algorithm": "ppo"}}, "algorithm: the sweep goes over it"),
        ({"settings": {"copiez": 4}}, "there is no such setting"),
        ({"settings": {"copies": 0}}, "copies: 0"),
    ],
)
def test_wrong_plans_are_told(change, said):
    with pytest.raises(UsageError, match=said):
        replace(PLAN, **change)


@pytest.mark.parametrize(
    ("times", "shares", "due"),
    [
        (4, (0.0, 0.1, 0.25, 0.3, 0.9, 1.0), (False, True, False, True, True)),
        (1, (0.0, 0.5, 1.0), (False, True)),
        (3, (0.0, 1 / 3, 2 / 3, 1.0), (True, True, True)),
    ],
)
def test_validations_are_spread_over_the_budget(times, shares, due):
    validation = Validation(times=times)
    steps = pairwise(shares)
    assert tuple(validation.is_due(1, before, now) for before, now in steps) == due


def test_validations_of_a_plain_training_come_every_few_iterations_and_keep_their_form():
    validation = Validation(every=3)
    assert [validation.is_due(number, 0.0, 1.0) for number in (1, 2, 3, 6)] == [False, False, True, True]
    assert validation.to_json() == {"every": 3, "seeds": 5, "classical": True}
    assert Validation(**Validation(times=4).to_json()) == Validation(times=4)
