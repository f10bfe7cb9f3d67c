"""SUMO's own actuated control of signals, as one more strategy for runs in SUMO."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.exchange.sumo.actuated import LONGEST_GREEN, SHORTEST_GREEN, ActuatedControl
from traffic_marl.simulation import Readings
from traffic_marl.strategies.parameters import number, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions, Decide


@dataclass(frozen=True)
class SumoActuated(BaseStrategy):
    """SUMO's actuated control: all phases in turn, each green extended while vehicles follow within a gap.

    It is SUMO's `tlLogic type="actuated"` with a loop on each lane. The loop lies where the last vehicle of the queue
    stands that leaves in the shortest green, or at 2 s of driving if that is nearer. Lanes that are green in every
    phase have no loop. It does not skip phases and does not know the max red. It runs in SUMO alone, whatever phases
    are asked for.

    Source: https://sumo.dlr.de/docs/Simulation/Traffic_Lights.html (type actuated).
    """

    name: ClassVar[str] = "sumo_actuated"

    shortest_green_s: int = seconds(SHORTEST_GREEN, "green time before a gap ends a green, at least the min green")
    longest_green_s: int = seconds(LONGEST_GREEN, "green time after which a green ends, at most the max green")
    gap_s: float | None = number(
        None,
        "s",
        "a duration",
        "time without a vehicle on its loops that ends a green; by default 3 s and the mean headway over 1 s",
    )

    def start(self, conditions: Conditions) -> Decide:
        """Asks for the phases that are shown anyway."""

        def as_shown(readings: Readings) -> Ints:
            return np.asarray(readings.phase)

        return as_shown

    def control(self) -> ActuatedControl:
        """The same as SUMO's files take it."""
        return ActuatedControl(self.shortest_green_s, self.longest_green_s, self.gap_s)
