"""Moment: everything that an action space may know at a decision."""

from dataclasses import dataclass

from traffic_marl.arrays import Bools
from traffic_marl.simulation import Readings


@dataclass(frozen=True)
class Moment:
    """A decision: the readings, the phases that the signals would grant, and the calls that are overdue."""

    readings: Readings
    allowed: Bools  # (B, N, P) phases that would be granted if they were asked for now
    planned: Bools  # (B, N) a plan foresees less delay with another phase next than with the one shown
