"""Degradation: the delay of strategies against the severity of each perturbation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.checks import at_least_one, checked_seeds
from traffic_marl.comparison.comparison import Comparison, check, compare
from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.outcomes import OnFailure
from traffic_marl.comparison.robustness.notation import perturbations_of
from traffic_marl.comparison.robustness.perturbations import Perturbation
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.simulators import OWN
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.tasks import Tasks

TOGETHER = "all together"
DEFAULT_STEPS = 4
MOST_STEPS = 100


@dataclass(frozen=True, eq=False)
class Series:
    """Strategies under one perturbation, or under all of them, at rising severity."""

    name: str  # of the perturbation as given, or TOGETHER
    text: str  # what a value is
    unit: str  # of a value
    values: tuple[float, ...]
    comparisons: tuple[Comparison, ...]  # one for each value, with the same strategies, seeds and reference

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the strategies that ran at every value, least mean delay at the first value first."""
        ran = [{row.label for row in comparison.rows} for comparison in self.comparisons]
        return tuple(row.label for row in self.comparisons[0].rows if all(row.label in each for each in ran))


@dataclass(frozen=True, eq=False)
class Degradation:
    """Strategies under several perturbations, each on its own and then, if there are several, together."""

    scenario: Scenario  # without the perturbations
    seeds: tuple[int, ...]
    series: tuple[Series, ...]
    simulator: str = OWN


@dataclass(frozen=True)
class Planned:
    """A series before it has run."""

    name: str
    text: str
    unit: str
    values: tuple[float, ...]
    scenarios: tuple[Scenario, ...]  # one for each value


def degrade(
    scenario: Scenario | str | Path,
    perturbations: str | Sequence[Perturbation],
    strategies: str | Iterable[StrategyLike],
    seeds: Sequence[int],
    *,
    steps: int = DEFAULT_STEPS,
    reference: str | None = None,
    interval: int | None = None,
    threads: int | None = None,
    simulator: str = OWN,
    progress: Progress | None = None,
    on_failure: OnFailure | None = None,
    tasks: Tasks | None = None,
) -> Degradation:
    """Compares strategies at rising severity of each perturbation. All strategies meet the same, drawn by the seed.

    Args:
        scenario: as for `compare`.
        perturbations: a text as for `perturbations_of`, or what that gives.
        strategies: as for `compare`.
        seeds: as for `compare`.
        steps: number of values after the first one of each perturbation, 1 to 100.
        reference: as for `compare`.
        interval: as for `compare`.
        threads: as for `compare`.
        simulator: as for `compare`.
        progress: called as the comparisons proceed.
        on_failure: as for `compare`. A strategy that fails at one value of a series is left out of the whole series.
        tasks: as for `compare`.

    Raises:
        UsageError: as for `compare`, or a perturbation or the number of steps is wrong.
        TrafficError: the scenario, also when perturbed, or a strategy cannot be used.
    """
    scenario, chosen = load_scenario(scenario), choose_strategies(strategies)
    seeds = checked_seeds(seeds)
    check(chosen, seeds, reference)
    planned = plan(scenario, perturbations, steps)
    different = list(dict.fromkeys(each for series in planned for each in series.scenarios))
    results: dict[Scenario, Comparison] = {}
    for place, perturbed in enumerate(different):
        results[perturbed] = compare(
            perturbed,
            chosen,
            seeds,
            reference=reference,
            interval=interval,
            threads=threads,
            simulator=simulator,
            progress=None if progress is None else _part(progress, place, len(different)),
            on_failure=on_failure,
            tasks=tasks,
        )
    series = [
        Series(each.name, each.text, each.unit, each.values, tuple(results[one] for one in each.scenarios))
        for each in planned
    ]
    return Degradation(scenario, tuple(seeds), tuple(series), simulator)


def plan(
    scenario: Scenario, perturbations: str | Sequence[Perturbation], steps: int, where: str = "perturbations"
) -> tuple[Planned, ...]:
    """The scenarios of each series. All of them are built, so that a mistake is told before a long run.

    Raises:
        TrafficError: a perturbation or the number of steps is wrong, or a perturbed scenario cannot be built.
    """
    if at_least_one("steps", steps) > MOST_STEPS:
        raise UsageError("steps", f"{steps} are too many", f"give at most {MOST_STEPS}")
    given = perturbations_of(perturbations, where) if isinstance(perturbations, str) else tuple(perturbations)
    begun = [each.begun(scenario) for each in given]
    found = [_alone(scenario, each, steps, where) for each in begun]
    if len(begun) > 1:
        found.append(_together(scenario, begun, steps))
    for series in found:
        for each in series.scenarios:
            each.build_demand()
            each.disturbances([0])
    return tuple(found)


def _alone(scenario: Scenario, perturbation: Perturbation, steps: int, where: str) -> Planned:
    """The series of one perturbation."""
    values = perturbation.values(steps)
    if len(values) < 2:
        what = f"{perturbation.name} ends at {perturbation.last:g}, which the scenario has already"
        raise UsageError(where, what, "give another value, or FIRST:LAST")
    scenarios = tuple(perturbation.kind.apply(scenario, value) for value in values)
    return Planned(perturbation.name, perturbation.kind.text, perturbation.kind.unit, values, scenarios)


def _together(scenario: Scenario, perturbations: Sequence[Perturbation], steps: int) -> Planned:
    """The series of all perturbations at once, from the scenario as it is to the last value of each."""
    shares = tuple(step / steps for step in range(steps + 1))
    scenarios = []
    for share in shares:
        perturbed = scenario
        for each in perturbations:
            perturbed = each.at(perturbed, share)
        scenarios.append(perturbed)
    return Planned(TOGETHER, "share of the way to the last value of each perturbation", "", shares, tuple(scenarios))


def _part(progress: Progress, place: int, count: int) -> Callable[[str, float], None]:
    """Progress of one comparison out of several."""
    return lambda label, share: progress(f"{place + 1}/{count} {label}", (place + share) / count)
