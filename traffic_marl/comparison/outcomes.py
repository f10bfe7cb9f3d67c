"""One strategy on all seeds of a comparison: its results, or its failure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from traffic_marl.errors import TrafficError
from traffic_marl.measures import Measures
from traffic_marl.rollout import DecisionObserver, Rollout, RunRecord, run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.origin import Origin, origin_of


@dataclass(frozen=True, eq=False)
class Outcome:
    """The results of one strategy on all seeds, before they are compared."""

    label: str
    interval: int  # [s] between decisions
    measures: Measures  # copy b met seed b
    records: tuple[RunRecord, ...]  # one a seed
    longest_wait: int | None = field(default=None, kw_only=True)  # [s] the strategy's own bound of waits, if it has one
    origin: Origin | None = field(default=None, kw_only=True)  # of its parameters, if it is known


@dataclass(frozen=True, eq=False)
class Failure:
    """A strategy that could not run on some seeds, and so has no row in the comparison."""

    label: str
    seeds: tuple[int, ...]  # on which it failed
    error: TrafficError  # on the first of them

    def __str__(self) -> str:
        return f"{self.label} failed on {told_seeds(self.seeds)}: {self.error}"


def told_seeds(seeds: tuple[int, ...]) -> str:
    """Seeds in words, such as `seeds 0, 3`."""
    return f"seed{'' if len(seeds) == 1 else 's'} {', '.join(map(str, seeds))}"


RolloutObserver = Callable[[Rollout], None]
OnFailure = Callable[[Failure], None]


@dataclass(frozen=True)
class Terms:
    """All of a comparison except its strategies."""

    scenario: Scenario
    seeds: tuple[int, ...]
    interval: int | None  # [s] between decisions of strategies that need no certain one; None leaves it to them
    threads: int | None
    simulator: str
    each_rollout: RolloutObserver | None = None  # called with each run of a strategy that has not failed
    by_movement: bool = False  # whether runs are measured by intersection, approach and movement too


class FailedError(Exception):
    """A strategy failed on some seeds."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


def outcome_of(terms: Terms, strategy: NamedStrategy, watch: DecisionObserver | None) -> Outcome:
    """The results of a strategy on all seeds, which run as one batch.

    Raises:
        FailedError: it cannot run on a seed.
    """
    rollouts = list(rollouts_of(terms, strategy, terms.seeds, watch))
    assert len(rollouts) == 1, "all seeds are one batch, unless one fails"
    rollout = rollouts[0]
    if terms.each_rollout is not None:
        terms.each_rollout(rollout)
    records = tuple(rollout.run_records())
    return Outcome(
        strategy.label,
        rollout.interval,
        rollout.measures,
        records,
        longest_wait=strategy.longest_wait,
        origin=origin_of(strategy),
    )


def rollouts_of(
    terms: Terms, strategy: NamedStrategy, seeds: Sequence[int], watch: DecisionObserver | None
) -> Iterator[Rollout]:
    """The runs of a strategy on these seeds, as one batch. If that fails, each seed runs alone.

    Raises:
        FailedError: it cannot run on a seed. The runs on all other seeds have been given before.
    """
    try:
        whole = _run(terms, strategy, seeds, watch)
    except TrafficError as error:
        if len(seeds) == 1:
            raise FailedError(Failure(strategy.label, tuple(seeds), error)) from error
        yield from _one_by_one(terms, strategy, seeds, watch, error)
    else:
        yield whole


def _one_by_one(
    terms: Terms,
    strategy: NamedStrategy,
    seeds: Sequence[int],
    watch: DecisionObserver | None,
    together: TrafficError,
) -> Iterator[Rollout]:
    """The runs of a strategy that failed with an error on all seeds together.

    Raises:
        FailedError: after the last seed.
    """
    errors: dict[int, TrafficError] = {}
    found = []
    for seed in seeds:
        try:
            found.append(_run(terms, strategy, (seed,), watch))
        except TrafficError as error:
            errors[seed] = error
    if not errors:  # it fails in company only, so none of its runs can be trusted
        raise FailedError(Failure(strategy.label, tuple(seeds), together)) from together
    yield from found
    raise FailedError(Failure(strategy.label, tuple(errors), next(iter(errors.values()))))


def _run(terms: Terms, strategy: NamedStrategy, seeds: Sequence[int], watch: DecisionObserver | None) -> Rollout:
    return run(
        terms.scenario,
        strategy,
        seeds,
        interval=terms.interval,
        threads=terms.threads,
        simulator=terms.simulator,
        by_movement=terms.by_movement,
        each_decision=watch,
    )
