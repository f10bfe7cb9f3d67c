"""One strategy on all seeds of a comparison: its results, or its failure, and how far it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from traffic_marl.arrays import Ints
from traffic_marl.errors import TrafficError
from traffic_marl.measures import Measures
from traffic_marl.rollout import DecisionObserver, Rollout, RunRecord, run
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Readings, Simulator
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


@dataclass
class Course:
    """How far the runs of a strategy are, on their part of a comparison. The share that is told never falls."""

    tell: Callable[[float], None] | None = None  # called with the share of the comparison that is done, if anybody asks
    first: float = 0.0  # share before these runs
    last: float = 1.0  # share after them
    reached: float = field(init=False)  # share that is done now

    def __post_init__(self) -> None:
        self.reached = self.first

    def observer(self, horizon: int) -> DecisionObserver | None:
        """Tells at each decision of a run. The clearing time after the horizon [s] counts as the last percent."""
        if self.tell is None:
            return None

        def note(simulation: Simulator, readings: Readings, phases: Ints) -> None:
            self._reach(min(0.99, readings.time / horizon))

        return note

    def parts(self, sizes: Iterable[int]) -> list["Course"]:
        """What is left, divided among batches of runs that follow each other, by their numbers of seeds."""
        before = list(accumulate(sizes, initial=0))  # [seeds] before each batch, and of all batches
        left = self.last - self.reached
        bounds = [self.reached + left * seeds / max(1, before[-1]) for seeds in before]
        return [Course(self.tell, *pair) for pair in pairwise(bounds)]

    def _reach(self, share: float) -> None:
        """Tells that this share, 0 to 1, of these runs is done."""
        self.reached = min(self.last, self.first + share * (self.last - self.first))
        if self.tell is not None:
            self.tell(self.reached)


class FailedError(Exception):
    """A strategy failed on some seeds."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


def outcome_of(terms: Terms, strategy: NamedStrategy, course: Course) -> Outcome:
    """The results of a strategy on all seeds, which run as one batch.

    Raises:
        FailedError: it cannot run on a seed.
    """
    rollouts = list(rollouts_of(terms, strategy, terms.seeds, course))
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


def rollouts_of(terms: Terms, strategy: NamedStrategy, seeds: Sequence[int], course: Course) -> Iterator[Rollout]:
    """The runs of a strategy on these seeds, as one batch. If that fails, each seed runs alone.

    Raises:
        FailedError: it cannot run on a seed. The runs on all other seeds have been given before.
    """
    try:
        whole = _run(terms, strategy, seeds, course)
    except TrafficError as error:
        if len(seeds) == 1:
            raise FailedError(Failure(strategy.label, tuple(seeds), error)) from error
        yield from _one_by_one(terms, strategy, seeds, course, error)
    else:
        yield whole


def _one_by_one(
    terms: Terms,
    strategy: NamedStrategy,
    seeds: Sequence[int],
    course: Course,
    together: TrafficError,
) -> Iterator[Rollout]:
    """The runs of a strategy that failed with an error on all seeds together.

    Raises:
        FailedError: after the last seed.
    """
    errors: dict[int, TrafficError] = {}
    found = []
    for seed, part in zip(seeds, course.parts([1] * len(seeds)), strict=True):
        try:
            found.append(_run(terms, strategy, (seed,), part))
        except TrafficError as error:
            errors[seed] = error
    if not errors:  # it fails in company only, so none of its runs can be trusted
        raise FailedError(Failure(strategy.label, tuple(seeds), together)) from together
    yield from found
    raise FailedError(Failure(strategy.label, tuple(errors), next(iter(errors.values()))))


def _run(terms: Terms, strategy: NamedStrategy, seeds: Sequence[int], course: Course) -> Rollout:
    return run(
        terms.scenario,
        strategy,
        seeds,
        interval=terms.interval,
        threads=terms.threads,
        simulator=terms.simulator,
        by_movement=terms.by_movement,
        each_decision=course.observer(terms.scenario.horizon),
    )
