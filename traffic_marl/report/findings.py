"""Findings: all that a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from traffic_marl.comparison.comparison import Comparison
from traffic_marl.report.details import Detail
from traffic_marl.viewer.recording.recording import Recording


@dataclass(frozen=True, eq=False)
class Findings:
    """A comparison with what became of the vehicles, and recordings of one seed."""

    comparison: Comparison
    details: Mapping[str, Detail]  # by label of the strategy
    recordings: tuple[Recording, ...] = ()  # of none, one or two strategies, on the same trips
    command: str = ""  # that makes the report again, if there is one
    versions: Mapping[str, str] = field(default_factory=dict)  # of libraries, by name
