"""Efficient max pressure: pressure from mean queues a lane."""

from dataclasses import dataclass
from typing import ClassVar

from traffic_marl.strategies.classical.incidence import exit_lanes, movement_lanes, rows_averaged
from traffic_marl.strategies.classical.max_pressure import PressureController
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class EfficientMaxPressure(BaseStrategy):
    """The phase with the greatest difference of mean queues a lane, before and behind the intersection.

    The efficient pressure of a movement is the mean of the halted vehicles over its entering lanes less the mean over
    all lanes of its exit road; a phase has the sum over its movements. What counts and how ties are settled is as in
    max pressure.

    Source: Wu et al. 2021, Efficient pressure: improving efficiency for signalized intersections, arXiv 2112.02336.
    """

    name: ClassVar[str] = "efficient_max_pressure"

    def start(self, conditions: Conditions) -> PressureController:
        """A controller; it remembers nothing."""
        network = conditions.network
        weights = rows_averaged(movement_lanes(network)) - rows_averaged(exit_lanes(network))
        return PressureController(network, weights)
