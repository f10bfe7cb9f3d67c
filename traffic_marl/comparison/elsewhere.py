"""The results of all strategies of a comparison, whose batches of seeds run elsewhere at the same time.

Each seed gives the same run in any batch, so the results are those of a comparison in one process, to the last digit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.outcomes import Course, FailedError, Failure, OnFailure, Outcome, Terms, rollouts_of
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.results.growing import TOGETHER, entry_of
from traffic_marl.measures import Measures
from traffic_marl.rollout import Rollout, RunRecord
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.origin import origin_of
from traffic_marl.tasks import Tasks, ensure_same, shared

ROUNDS = 2  # batches that each process gets, so that those of slow strategies are spread out


@dataclass(frozen=True, eq=False)
class Batch:
    """The runs of a strategy on some seeds, without the traffic itself."""

    interval: int  # [s] between decisions
    measures: Measures
    records: tuple[RunRecord, ...]  # one a seed

    @classmethod
    def of(cls, rollout: Rollout) -> "Batch":
        """The results of a run."""
        return cls(rollout.interval, rollout.measures, tuple(rollout.run_records()))


@dataclass(frozen=True, eq=False)
class Attempt:
    """What a strategy gives on some seeds: runs, and a failure if it cannot run on all of them."""

    batches: tuple[Batch, ...]
    failure: Failure | None = None


@dataclass
class Gathered:
    """What a strategy has given so far, by the place of its first seed."""

    batches: dict[int, tuple[Batch, ...]] = field(default_factory=dict)
    failures: dict[int, Failure] = field(default_factory=dict)

    def failure(self) -> Failure | None:
        """All failures in one. None if there is none."""
        if not self.failures:
            return None
        in_turn = [self.failures[place] for place in sorted(self.failures)]
        seeds = tuple(seed for each in in_turn for seed in each.seeds)
        return replace(in_turn[0], seeds=seeds)

    def in_turn(self) -> list[Batch]:
        """All batches in the order of their seeds."""
        return [batch for place in sorted(self.batches) for batch in self.batches[place]]


def attempt(terms: Terms, strategy: NamedStrategy, seeds: tuple[int, ...], scenario_hash: str) -> Attempt:
    """Runs a strategy on some seeds. It is called in another process.

    Raises:
        ScenarioError: a file that the scenario names is another one there.
    """
    ensure_same(terms.scenario, scenario_hash)
    batches = []
    try:
        for rollout in rollouts_of(terms, strategy, seeds, Course()):
            batches.append(Batch.of(rollout))
    except FailedError as failed:
        return Attempt(tuple(batches), failed.failure)
    return Attempt(tuple(batches))


def outcomes_elsewhere(
    tasks: Tasks,
    terms: Terms,
    strategies: Sequence[NamedStrategy],
    progress: Progress | None,
    on_failure: OnFailure | None,
    folder: ResultsFolder | None = None,
) -> tuple[list[Outcome], list[Failure]]:
    """The results of all strategies that run on every seed, and the failures of the others.

    Args:
        tasks: run elsewhere.
        terms: of the comparison.
        strategies: all that are compared.
        progress: called after each batch.
        on_failure: called with each strategy that fails.
        folder: keeps each batch as soon as it is finished, and gives those that it holds already.

    Raises:
        TrafficError: a strategy fails and nobody is to be told, or all fail.
        ProcessError: a process has died again and again. What the folder keeps is not lost.
    """
    calls, owners = _calls(tasks, terms, strategies, folder)
    gathered = [Gathered() for _ in strategies]
    for done, (place, found) in enumerate(tasks.results(attempt, calls), start=1):
        number = owners[place]
        _take(gathered[number], place, found, strategies[number], terms, folder)
        if progress is not None:
            progress(strategies[number].label, done / len(calls))
    return _judged(gathered, terms, strategies, on_failure, folder)


def _calls(
    tasks: Tasks, terms: Terms, strategies: Sequence[NamedStrategy], folder: ResultsFolder | None
) -> tuple[list[tuple[Terms, NamedStrategy, tuple[int, ...], str]], list[int]]:
    """The arguments of `attempt` for each batch, and the number of its strategy."""
    there = replace(terms, threads=tasks.threads, each_rollout=None)
    scenario_hash = terms.scenario.hash()
    parts = -(-ROUNDS * tasks.slots // len(strategies))
    calls, owners = [], []
    for number, strategy in enumerate(strategies):
        seeds: tuple[int, ...] = tuple(terms.seeds)
        if folder is not None:
            seeds = folder.missing(entry_of(terms, strategy), terms.simulator, seeds)
        for batch in shared(seeds, parts, TOGETHER):
            calls.append((there, strategy, batch, scenario_hash))
            owners.append(number)
    return calls, owners


def _take(
    gathered: Gathered,
    place: int,
    found: Attempt,
    strategy: NamedStrategy,
    terms: Terms,
    folder: ResultsFolder | None,
) -> None:
    """Adds what one batch gave."""
    gathered.batches[place] = found.batches
    if found.failure is not None:
        gathered.failures[place] = found.failure
    if folder is not None:
        for batch in found.batches:
            folder.keep(entry_of(terms, strategy), batch.records)


def _judged(
    gathered: Sequence[Gathered],
    terms: Terms,
    strategies: Sequence[NamedStrategy],
    on_failure: OnFailure | None,
    folder: ResultsFolder | None,
) -> tuple[list[Outcome], list[Failure]]:
    """The results and the failures, in the order of the strategies."""
    outcomes, failures = [], []
    for strategy, each in zip(strategies, gathered, strict=True):
        failure = each.failure()
        if failure is None:
            outcomes.append(_outcome(strategy, each, terms, folder))
            continue
        failures.append(failure)
        if on_failure is None or len(failures) == len(strategies):
            raise failures[0].error
        on_failure(failure)
    return outcomes, failures


def _outcome(strategy: NamedStrategy, gathered: Gathered, terms: Terms, folder: ResultsFolder | None) -> Outcome:
    """The results of a strategy on all seeds."""
    if folder is not None:
        found = folder.outcome(entry_of(terms, strategy), terms.simulator, terms.seeds)
        assert found is not None, "all runs were made"
        return found
    batches = gathered.in_turn()
    records = tuple(record for batch in batches for record in batch.records)
    bound, origin = strategy.longest_wait, origin_of(strategy)
    return Outcome(strategy.label, batches[0].interval, joined(batches), records, longest_wait=bound, origin=origin)


def joined(batches: Sequence[Batch]) -> Measures:
    """The measures of several batches as one."""
    columns = {each.name: list(_column(batches, each.name)) for each in fields(Measures)}
    return Measures(**{name: np.concatenate(parts) for name, parts in columns.items()})


def _column(batches: Sequence[Batch], name: str) -> Iterator[np.ndarray[tuple[int], np.dtype[np.generic]]]:
    for batch in batches:
        yield getattr(batch.measures, name)
