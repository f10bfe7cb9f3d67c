"""Gathers what a report needs: the runs of a comparison, and recordings of some strategies on one seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from traffic_marl.comparison.comparison import Comparison, compare
from traffic_marl.comparison.gathering import Progress
from traffic_marl.comparison.outcomes import OnFailure
from traffic_marl.errors import TrafficError
from traffic_marl.imported import is_reference
from traffic_marl.learning.curves import Curve, Validated, curve_of, grouped, read_runs
from traffic_marl.learning.learned import is_learned, split_options
from traffic_marl.local_measures import LocalMeasures
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
    """The strategies that are shown by place, and second by second if they are recorded."""

    labels: tuple[str, ...] = ()  # one or two; none: the best one and the reference, or the two best ones
    seed: int = 0  # of the recorded traffic
    is_wanted: bool = True  # whether they are recorded


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
        TrafficError: the scenario or a strategy cannot be used.
    """
    details: dict[str, Detail] = {}
    local: dict[str, LocalMeasures] = {}

    def keep(rollout: Rollout) -> None:
        details[rollout.strategy.label] = detail_of(rollout)
        if rollout.local is not None:
            local[rollout.strategy.label] = rollout.local

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
        by_movement=True,
        on_failure=on_failure,
    )
    labels = [row.label for row in comparison.rows]  # of strategies that have not failed
    wanted = tuple(label for label in recorded.labels if label in labels)
    findings = Findings(comparison, details, local=local, wanted=wanted, curves=learning_curves(labels))
    if not recorded.is_wanted:
        return findings
    chosen = [next(each for each in strategies if each.label == label) for label in findings.shown]
    return replace(findings, recordings=tuple(_recordings(comparison, chosen, recorded.seed, interval, progress)))


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


def learning_curves(labels: Iterable[str]) -> tuple[Curve, ...]:
    """The learning curves of the trained policies among these strategies, as far as their folders have them."""
    named = (label for label in labels if not is_reference(label) and is_learned(label))
    runs = [run for name in dict.fromkeys(split_options(label)[0] for label in named) for run in _validated(name)]
    return tuple(curve_of(group) for group in grouped(runs))


def _validated(name: str) -> list[Validated]:
    """The validations of a run. None of a run without them or with damaged ones: the comparison is worth more."""
    try:
        return read_runs([name])
    except TrafficError:
        return []


def with_origin(findings: Findings, command: str, versions: Mapping[str, str]) -> Findings:
    """The findings, with the command that makes them and the versions of libraries."""
    return replace(findings, command=command, versions=versions)
