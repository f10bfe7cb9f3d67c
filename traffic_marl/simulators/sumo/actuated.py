"""SUMO's own actuated control of signals, as one more strategy for runs in SUMO."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import BaseStrategy, Conditions, Decide


@dataclass(frozen=True)
class SumoActuated(BaseStrategy):
    """SUMO's actuated control: all phases in turn, each green extended while vehicles follow within a gap.

    It is SUMO's `tlLogic type="actuated"` with SUMO's own detectors and gap. Greens last at least the min green and at
    most the max green of the scenario, or 60 s where it states none. It does not know the max red. It runs in SUMO
    alone, whatever phases are asked for.

    Source: https://sumo.dlr.de/docs/Simulation/Traffic_Lights.html (type actuated).
    """

    name = "sumo_actuated"

    def start(self, conditions: Conditions) -> Decide:
        """Asks for the phases that are shown anyway."""

        def as_shown(readings: Readings) -> Ints:
            return np.asarray(readings.phase)

        return as_shown
