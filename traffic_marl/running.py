"""`traffic_marl.run`: one strategy on the seeds of a scenario, trained policies included."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from traffic_marl import rollout
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.rollout import DecisionObserver, Rollout, SecondObserver
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.conversion import StrategyLike


class RunOptions(TypedDict, total=False):
    """The options of a run, as for `rollout.run`."""

    interval: int | None  # [s] between decisions
    until: int | None  # [s]
    threads: int | None
    simulator: str  # `own`, `sumo` or `cityflow`
    audit: bool
    log_signals: bool
    by_movement: bool
    each_decision: DecisionObserver | None
    each_second: SecondObserver | None


def run(
    scenario: Scenario | str | Path, strategy: StrategyLike, seeds: Sequence[int], **options: Unpack[RunOptions]
) -> Rollout:
    """Runs a strategy on all seeds of a scenario, one copy a seed.

    Args:
        scenario: network, demand and rules: a scenario, or what `load_scenario` takes.
        strategy: as for `compare`: a name with or without parameters, `path/to/file.py:Name`, the folder of a trained
            policy, or an object with `start(conditions)`.
        seeds: one a copy, at least one.
        options: `interval` and `until` [s], `threads`, `simulator`, `audit`, `log_signals`, `by_movement`,
            `each_decision` and `each_second`, as for `rollout.run`.

    Raises:
        UsageError: an argument is wrong.
        TrafficError: the scenario or the strategy cannot be used.
    """
    return rollout.run(scenario, choose_strategy(strategy), seeds, **options)
