"""Comparison of several strategies on the same seeds, with differences, intervals and ranks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from traffic_marl.arrays import Floats
from traffic_marl.checks import at_least_one, boolean, check_name, checked_path, checked_seeds, ensure_function, shown
from traffic_marl.comparison.elsewhere import outcomes_elsewhere
from traffic_marl.comparison.gathering import Progress, all_outcomes, opened
from traffic_marl.comparison.outcomes import Failure, OnFailure, Outcome, RolloutObserver, Terms, outcome_of
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.results.growing import kept_outcome
from traffic_marl.comparison.statistics import Estimate, Standing, Verdict, estimate, paired, standings, verdict
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.simulators import OWN, check_simulator
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.tasks import Tasks

DEFAULT_REFERENCE = "fixed_time"  # if it is among the strategies


@dataclass(frozen=True, eq=False)
class Row(Outcome):
    """The results of one strategy, with intervals and ranks."""

    delay: Estimate  # [s/veh] mean delay, with the interval of this strategy alone
    difference: Estimate | None  # [s/veh] mean delay less the reference's; None for the reference itself
    verdict: Verdict | None  # against the reference
    standing: Standing | None  # None with fewer than two seeds


@dataclass(frozen=True, eq=False)
class Comparison:
    """Strategies that met the same traffic, least mean delay first."""

    scenario: Scenario
    seeds: tuple[int, ...]
    horizon: int  # [s] when the demand ended
    reference: str  # label of the strategy the others are compared to
    rows: tuple[Row, ...]
    simulator: str = OWN  # that moved the vehicles
    failures: tuple[Failure, ...] = ()  # strategies that have no row because they could not run on every seed

    def row(self, label: str) -> Row:
        """The results of the strategy with this label.

        Raises:
            UsageError: no strategy has it.
        """
        check_name("label", label, [row.label for row in self.rows])
        return next(row for row in self.rows if row.label == label)


def compare(
    scenario: Scenario | str | Path,
    strategies: str | Iterable[StrategyLike],
    seeds: Sequence[int],
    *,
    reference: str | None = None,
    interval: int | None = None,
    threads: int | None = None,
    simulator: str = OWN,
    progress: Progress | None = None,
    each_rollout: RolloutObserver | None = None,
    by_movement: bool = False,
    results: str | Path | None = None,
    on_failure: OnFailure | None = None,
    tasks: Tasks | None = None,
) -> Comparison:
    """Runs each strategy on all seeds and compares their mean delays, seed by seed.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        strategies: at least one, as a list or as text with commas, each in a form that
            `learning.choosing.choose_strategy` takes. All labels are different.
        seeds: one run each, all different, such as `range(10)`. Intervals need at least two.
        reference: label or name of the strategy that the others are compared to. None takes `fixed_time` if it is among
            them, else the first.
        interval: [s] between decisions of strategies that need no certain one. None takes the scenario's, or else the
            default of each strategy.
        threads: most threads to step copies on, or processes for another simulator. None takes the CPUs this process
            may use.
        simulator: what moves the vehicles: `own`, or `sumo` or `cityflow` where it is installed.
        progress: called as the comparison proceeds.
        each_rollout: called with the run of each strategy, which holds what became of every vehicle. It is not kept.
            Runs of a results folder are not given.
        by_movement: whether these runs are measured by intersection, approach and movement too.
        results: folder that keeps each finished run; see `comparison.results`. It is made if there is none. Runs that
            it holds already are not made again, so that an interrupted comparison goes on.
        on_failure: called with each strategy that cannot run on every seed. It has no row then, and the others are
            compared. None lets the first failure end the comparison.
        tasks: run the seeds elsewhere, in batches, with the same results. They have threads of their own.

    Raises:
        UsageError: no or repeated strategies or seeds, an unknown reference, or an argument of a wrong type.
        TrafficError: the scenario or a strategy cannot be used.
    """
    scenario, seeds, chosen = load_scenario(scenario), checked_seeds(seeds), choose_strategies(strategies)
    is_named, reference = reference is not None, check(chosen, seeds, reference)
    interval, threads = _optional("interval", interval), _optional("threads", threads)
    simulator = check_simulator(simulator, "simulator")
    if progress is not None:
        ensure_function("progress", progress, ("label", "share"))
    if each_rollout is not None:
        ensure_function("each_rollout", each_rollout, ("rollout",))
    by_movement = boolean("by_movement", by_movement)
    terms = Terms(scenario, tuple(seeds), interval, threads, simulator, each_rollout, by_movement)
    if tasks is not None:
        _ensure_sendable(terms)
    if results is None:
        outcomes, failures = _gather(terms, chosen, progress, on_failure, tasks)
    else:
        path, named = checked_path("results", results), reference if is_named else None
        with opened(path, terms, chosen, named) as folder:
            outcomes, failures = _gather(terms, chosen, progress, on_failure, tasks, folder)
    if reference not in [each.label for each in outcomes]:  # it has failed
        reference = usual_reference([each.label for each in outcomes])
    rows = judge(outcomes, reference)
    return Comparison(scenario, tuple(seeds), scenario.horizon, reference, rows, simulator, tuple(failures))


def _gather(
    terms: Terms,
    strategies: Sequence[NamedStrategy],
    progress: Progress | None,
    on_failure: OnFailure | None,
    tasks: Tasks | None,
    folder: ResultsFolder | None = None,
) -> tuple[list[Outcome], list[Failure]]:
    """The results of all strategies, made in this process or elsewhere, and kept in a folder if there is one."""
    if tasks is not None:
        return outcomes_elsewhere(tasks, terms, strategies, progress, on_failure, folder)
    make = outcome_of if folder is None else partial(kept_outcome, folder)
    return all_outcomes(make, terms, strategies, progress, on_failure)


def _ensure_sendable(terms: Terms) -> None:
    """Checks that the results of a comparison can be sent from other processes.

    Raises:
        UsageError: the runs themselves are asked for, with all their vehicles.
    """
    if terms.each_rollout is not None or terms.by_movement:
        name = "by_movement" if terms.each_rollout is None else "each_rollout"
        raise UsageError(name, "it needs whole runs, which stay where they are made", "leave it out, or tasks")


def check(strategies: Sequence[NamedStrategy], seeds: Sequence[int], reference: str | None) -> str:
    """The label of the reference, if strategies, seeds and reference make a comparison.

    Raises:
        UsageError: no or repeated strategies or seeds, or an unknown reference.
    """
    labels = [strategy.label for strategy in strategies]
    if not labels:
        raise UsageError("strategies", "no strategy is given", "give at least one")
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError("strategies", f"{label} is given twice", "give each strategy once")
    if not seeds or len(set(seeds)) < len(seeds):
        raise UsageError("seeds", "no seed is given, or one is repeated", "give at least one, each once")
    if reference is None:
        return usual_reference(labels)
    found = _find(reference, labels) if isinstance(reference, str) else None
    if found is None:
        what = f"{reference if isinstance(reference, str) else shown(reference)} is not among the strategies"
        raise UsageError("reference", what, f"choose one of {', '.join(labels)}")
    return found


def usual_reference(labels: list[str]) -> str:
    """The label of the reference where none is named."""
    return _find(DEFAULT_REFERENCE, labels) or labels[0]


def _optional(where: str, value: Any) -> int | None:
    """A duration or a count, if it is given."""
    return None if value is None else at_least_one(where, value)


def _find(name: str, labels: list[str]) -> str | None:
    """The label `name`, or else the first label of this strategy with parameters."""
    alike = [label for label in labels if label.partition(":")[0] == name]
    return name if name in labels else next(iter(alike), None)


def judge(outcomes: Sequence[Outcome], reference: str) -> tuple[Row, ...]:
    """Differences, verdicts and ranks of strategies that met the same traffic, least mean delay first.

    The intervals of all differences to the reference hold jointly with the stated confidence, and so do all ranks.
    """
    delays = [outcome.measures.mean_delay for outcome in outcomes]
    base = next(outcome.measures.mean_delay for outcome in outcomes if outcome.label == reference)
    rows = [
        _row(outcome, standing, None if outcome.label == reference else base, len(outcomes) - 1)
        for outcome, standing in zip(outcomes, standings(delays), strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.delay.seeds == 0, row.delay.mean)))


def _row(outcome: Outcome, standing: Standing | None, base: Floats | None, comparisons: int) -> Row:
    """An outcome with its statistics; `base` is the reference's mean delay (B,), None for the reference itself."""
    delay = outcome.measures.mean_delay
    difference = None if base is None else paired(delay, base, comparisons=comparisons)
    return Row(
        label=outcome.label,
        interval=outcome.interval,
        measures=outcome.measures,
        records=outcome.records,
        longest_wait=outcome.longest_wait,
        origin=outcome.origin,
        delay=estimate(delay),
        difference=difference,
        verdict=None if difference is None else verdict(difference),
        standing=standing,
    )
