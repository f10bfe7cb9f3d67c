"""Efficient max pressure: pressure from mean queues per lane."""

from dataclasses import dataclass
from typing import ClassVar

from traffic_marl.strategies.classical.incidence import exit_lanes, movement_lanes, rows_averaged
from traffic_marl.strategies.classical.max_pressure import PressureController
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class EfficientMaxPressure(BaseStrategy):
    """The phase with the greatest difference of mean queues per lane, before and behind the intersection.

    The efficient pressure of a movement is the mean queue of its entering lanes less the mean queue of all lanes of
    its exit road. The pressure of a phase is the sum over its movements. The phase of greatest pressure is green, and
    of equal phases the first one. Roads with many lanes do not weigh more than others, unlike in max pressure.

    Senses:
        At each decision: the halted vehicles on each lane.

    Limits:
        As of max pressure: right turns and movements that are green in every phase do not count, and travel times
        between intersections are not considered. Asked every few seconds, it changes too often.

    Source:
        Wu et al. 2021, Efficient pressure: improving efficiency for signalized intersections, arXiv 2112.02336. So
        are the 15 s between decisions.
    """

    name: ClassVar[str] = "efficient_max_pressure"
    default_interval: ClassVar[int | None] = 15  # [s] as in its source

    def start(self, conditions: Conditions) -> RecallController:
        """A controller without memory."""
        network = conditions.network
        before, behind = rows_averaged(movement_lanes(network)), rows_averaged(exit_lanes(network))
        return RecallController(PressureController(network, before, behind), conditions)
