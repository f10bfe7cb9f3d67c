"""Gathers what a report needs: the runs of a comparison, and recordings of some strategies on one seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from traffic_marl.comparison.comparison import Comparison, compare
from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.outcomes import OnFailure
from traffic_marl.errors import UsageError
from traffic_marl.report.details import Detail, detail_of
from traffic_marl.report.findings import Findings
from traffic_marl.rollout import Rollout
from traffic_marl.scenario import Scenario
from traffic_marl.simulators import OWN
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.viewer.recording.recorder import take
from traffic_marl.viewer.recording.recording import Recording

MOST_RECORDED = 2  # strategies that fit side by side
COMPARING = 0.6  # share of the time that the comparison takes, if strategies are recorded too


@dataclass(frozen=True)
class Recorded:
    """The strategies whose traffic is shown second by second."""

    labels: tuple[str, ...] | None = None  # None: the best one and the reference, or the next best
    seed: int = 0
    is_wanted: bool = True


def gather(
    scenario: Scenario,
    strategies: Sequence[NamedStrategy],
    seeds: Sequence[int],
    *,
    recorded: Recorded,
    reference: str | None = None,
    interval: int | None = None,
    threads: int | None = None,
    simulator: str = OWN,
    progress: Progress | None = None,
    on_failure: OnFailure | None = None,
) -> Findings:
    """Compares strategies and records some of them.

    Args:
        scenario: network, demand and rules.
        strategies: to compare.
        seeds: draws of the demand.
        recorded: the strategies to record.
        reference: as for `compare`, like all that follow.
        interval: [s] between decisions.
        threads: most threads.
        simulator: what moves the vehicles.
        progress: called as the work proceeds.
        on_failure: called with each strategy that cannot run on every seed.

    Raises:
        UsageError: a strategy that is to be recorded has failed.
        TrafficError: the scenario or a strategy cannot be used.
    """
    details: dict[str, Detail] = {}

    def keep(rollout: Rollout) -> None:
        details[rollout.strategy.label] = detail_of(rollout)

    share = COMPARING if recorded.is_wanted else 1.0
    comparison = compare(
        scenario,
        strategies,
        seeds,
        reference=reference,
        interval=interval,
        threads=threads,
        simulator=simulator,
        progress=None if progress is None else lambda label, done: progress(label, share * done),
        each_rollout=keep,
        on_failure=on_failure,
    )
    findings = Findings(comparison, details)
    if not recorded.is_wanted:
        return findings
    shown = recorded.labels or shown_at_first(comparison)
    for failure in comparison.failures:
        if failure.label in shown:
            raise UsageError("--show", f"{failure.label} cannot run on every seed", "show another strategy")
    chosen = [next(each for each in strategies if each.label == label) for label in shown]
    return replace(findings, recordings=tuple(_recordings(comparison, chosen, recorded.seed, interval, progress)))


def shown_at_first(comparison: Comparison) -> tuple[str, ...]:
    """Labels of the best strategy and of the reference, or of the two best ones."""
    labels = [row.label for row in comparison.rows]
    beside = comparison.reference if comparison.reference != labels[0] else next(iter(labels[1:]), labels[0])
    return tuple(dict.fromkeys((labels[0], beside)))


def _recordings(
    comparison: Comparison,
    strategies: Iterable[NamedStrategy],
    seed: int,
    interval: int | None,
    progress: Progress | None,
) -> Iterable[Recording]:
    """The recordings of these strategies on one seed."""
    strategies = tuple(strategies)
    share = (1.0 - COMPARING) / len(strategies)
    for place, strategy in enumerate(strategies):
        begun = COMPARING + share * place

        def tell(_: str, done: float, label: str = strategy.label, begun: float = begun) -> None:
            if progress is not None:
                progress(f"recording {label}", begun + share * done)

        yield take(
            comparison.scenario, strategy, seed, interval=interval, simulator=comparison.simulator, progress=tell
        )


def with_origin(findings: Findings, command: str, versions: Mapping[str, str]) -> Findings:
    """The findings, with the command that makes them and the versions of libraries."""
    return replace(findings, command=command, versions=versions)
