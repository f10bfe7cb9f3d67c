"""The results of all strategies of a comparison, one after the other, new or from a results folder."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from traffic_marl.comparison.outcomes import Course, FailedError, Failure, OnFailure, Outcome, Terms
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.results.growing import entry_of
from traffic_marl.errors import UsageError
from traffic_marl.files import locked
from traffic_marl.strategies.named import NamedStrategy

Progress = Callable[[str, float], None]  # label of the strategy that is running, share of the comparison done
Make = Callable[[Terms, NamedStrategy, Course], Outcome]


def all_outcomes(
    make: Make,
    terms: Terms,
    strategies: Sequence[NamedStrategy],
    progress: Progress | None,
    on_failure: OnFailure | None,
) -> tuple[list[Outcome], list[Failure]]:
    """The results of all strategies that run on every seed, and the failures of the others.

    Raises:
        TrafficError: a strategy fails and nobody is to be told, or all fail.
    """
    outcomes, failures = [], []
    for place, strategy in enumerate(strategies):
        course = _course(progress, strategy.label, place, len(strategies))
        try:
            outcomes.append(make(terms, strategy, course))
        except FailedError as failed:
            failures.append(failed.failure)
            if on_failure is None or len(failures) == len(strategies):
                raise failures[0].error from failed
            on_failure(failed.failure)
    if progress is not None:
        progress(strategies[-1].label, 1.0)
    return outcomes, failures


@contextmanager
def opened(
    path: Path, terms: Terms, strategies: Sequence[NamedStrategy], reference: str | None
) -> Iterator[ResultsFolder]:
    """The results folder of a comparison, locked, with all that is asked for written into it.

    Args:
        path: of the folder, which is made if there is none.
        terms: of the comparison.
        strategies: all that are asked for.
        reference: label of the reference, if one is named.

    Raises:
        FileError: it cannot be used for this comparison, or another process is at work in it.
        StrategyError: the runs of a strategy cannot be kept.
    """
    entries = [entry_of(terms, strategy) for strategy in strategies]
    if not ResultsFolder.exists(path):
        ResultsFolder.create(path, terms.scenario)
    with locked(path):
        folder = ResultsFolder.open_folder(path)
        folder.ensure_can_grow(terms.scenario)
        folder.sweep()
        _ensure_interval(folder, terms.interval)
        scope = folder.scope.widened(terms.seeds, (terms.simulator,), entries)
        named = scope.reference if reference is None else reference
        folder.write_scope(replace(scope, interval=terms.interval, reference=named))
        yield folder


def _ensure_interval(folder: ResultsFolder, interval: int | None) -> None:
    """Checks that the runs of a folder were made with the same interval [s] for strategies that need no certain one.

    Raises:
        UsageError: they were not.
    """
    if folder.scope.strategies and folder.scope.interval != interval:
        former = "without one" if folder.scope.interval is None else f"with one of {folder.scope.interval} s"
        what = f"the runs in {folder.path} were made {former}"
        raise UsageError("interval", what, "give the same, or name another folder of results")


def _course(progress: Progress | None, label: str, place: int, strategies: int) -> Course:
    """The course of a strategy, by its place among all of them."""
    if progress is None:
        return Course()
    progress(label, place / strategies)
    return Course(partial(progress, label), place / strategies, (place + 1) / strategies)
