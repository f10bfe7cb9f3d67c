"""The costs of an iteration, read from the results of RLlib."""

import math
from collections.abc import Mapping
from typing import Any

from ray.rllib.utils.metrics import ALL_MODULES, ENV_RUNNER_RESULTS, LEARNER_RESULTS

from traffic_marl.learning.costs.costs import Age, Bytes, Costs, LearnerCosts, RunnerCosts
from traffic_marl.learning.rllib.costs.learner import (
    AGE,
    AGE_IN_SECONDS,
    GRADIENTS,
    LEARNING,
    MOST,
    ROWS,
    TIMED_ROWS,
)
from traffic_marl.learning.rllib.costs.runner import COPIES, COSTS, DECISIONS, MOVING, SAMPLES, SAMPLING, WEIGHTS

Figures = Mapping[str, Any]  # of one runner or learner, by name


def costs_of(results: Mapping[str, Any], seconds: float, *, is_asynchronous: bool) -> Costs:
    """What an iteration cost.

    Args:
        results: of one `train()` of RLlib.
        seconds: [s] that it took.
        is_asynchronous: whether it samples and learns at the same time.
    """
    runners = _by_number(results.get(ENV_RUNNER_RESULTS, {}).get(COSTS, {}))
    learners = _by_number(results.get(LEARNER_RESULTS, {}).get(ALL_MODULES, {}).get(COSTS, {}))
    everybody = [*runners.values(), *learners.values()]
    return Costs(
        seconds=seconds,
        is_asynchronous=is_asynchronous,
        runners={number: _runner(figures) for number, figures in runners.items()},
        learners={number: _learner(figures) for number, figures in learners.items()},
        moved=Bytes(*(sum(_number(each, name) for each in everybody) for name in (SAMPLES, WEIGHTS, GRADIENTS))),
        age=_age(learners, AGE, ROWS),
        age_in_seconds=_age(learners, AGE_IN_SECONDS, TIMED_ROWS),
    )


def _by_number(figures: Mapping[str, Figures]) -> dict[int, Figures]:
    """The figures of runners or learners that worked in this iteration, in the order of their numbers."""
    found = {int(number): each for number, each in figures.items()}
    return {number: found[number] for number in sorted(found) if _worked(found[number])}


def _worked(figures: Figures) -> bool:
    """Whether any figure is new. RLlib gives zeros for those of a process that has been lost."""
    return any(_number(figures, name) > 0.0 for name in (SAMPLING, LEARNING))


def _runner(figures: Figures) -> RunnerCosts:
    return RunnerCosts(
        copies=round(_number(figures, COPIES)),
        sampling=_number(figures, SAMPLING),
        moving=_number(figures, MOVING),
        decisions=_number(figures, DECISIONS),
    )


def _learner(figures: Figures) -> LearnerCosts:
    return LearnerCosts(learning=_number(figures, LEARNING), moving=_number(figures, MOVING))


def _age(learners: Mapping[int, Figures], name: str, counted: str) -> Age | None:
    """Mean and greatest age over all learners."""
    rows = sum(_number(each, counted) for each in learners.values())
    if not rows:
        return None
    most = max(_number(each, f"{name}{MOST}") for each in learners.values())
    return Age(sum(_number(each, name) for each in learners.values()) / rows, most)


def _number(figures: Figures, name: str) -> float:
    """A figure, 0 if it is missing or was not measured in this iteration."""
    value = float(figures.get(name, 0.0))
    return value if math.isfinite(value) else 0.0
