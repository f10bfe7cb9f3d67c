"""Findings: all that a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from traffic_marl.comparison.comparison import Comparison
from traffic_marl.learning.curves import Curve
from traffic_marl.local_measures import LocalMeasures
from traffic_marl.report.details import Detail
from traffic_marl.viewer.recording.recording import Recording


@dataclass(frozen=True, eq=False)
class Findings:
    """A comparison with what became of the vehicles, and recordings of one seed."""

    comparison: Comparison
    details: Mapping[str, Detail]  # by label of the strategy
    recordings: tuple[Recording, ...] = ()  # of none, one or two strategies, on the same trips
    local: Mapping[str, LocalMeasures] = field(default_factory=dict)  # by label, where they were measured
    wanted: tuple[str, ...] = ()  # labels of the strategies to show; none: the best one and the reference
    curves: tuple[Curve, ...] = ()  # learning curves of the trained policies
    command: str = ""  # that makes the report again, if there is one
    versions: Mapping[str, str] = field(default_factory=dict)  # of libraries, by name

    @property
    def shown(self) -> tuple[str, ...]:
        """Labels of the strategies that maps and tables of places show."""
        return self.wanted or shown_at_first(self.comparison)


def shown_at_first(comparison: Comparison) -> tuple[str, ...]:
    """Labels of the best strategy and of the reference, or of the two best ones."""
    labels = [row.label for row in comparison.rows]
    beside = comparison.reference if comparison.reference != labels[0] else next(iter(labels[1:]), labels[0])
    return tuple(dict.fromkeys((labels[0], beside)))
