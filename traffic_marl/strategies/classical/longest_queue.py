"""Longest queue: green for the phase with most halted vehicles."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import BAND_EDGES
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.incidence import (
    available_phases,
    best_phase,
    counted_movements,
    phase_lanes,
    phase_scores,
)
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import number, one_of
from traffic_marl.strategies.strategy import BaseStrategy, Conditions

TIE_BONUS = 1e-6  # [veh] makes the phase shown win ties, where it is favoured at all
REACHES = (0, *(int(edge) for edge in BAND_EDGES))  # [m] distances from the stop line that readings resolve


@dataclass(frozen=True)
class LongestQueue(BaseStrategy):
    """The phase with most halted vehicles on the lanes that it serves.

    Each lane counts once for a phase. `reach_m` adds the vehicles that approach within that distance of the stop line.
    `hold` favours the phase that is shown, because a change costs an intergreen; that phase then also wins ties. Of
    other equal phases the first one is green.

    Senses:
        At each decision: the halted vehicles on each lane, moving vehicles within `reach_m` of the stop line, and the
        phase shown.

    Limits:
        It ignores traffic downstream and may fill a road that is blocked. A short queue can wait long beside a busy
        street, until the max red of the signals. Right turns, movements that are green in every phase and the backlog
        do not count. Asked every few seconds, it changes too often, because it does not weigh the intergreen.

    Source:
        None. It is a common baseline, named after its rule. The 15 s between decisions are those of max pressure.
    """

    name: ClassVar[str] = "longest_queue"
    default_interval: ClassVar[int | None] = 15  # [s] as for max pressure

    reach_m: int = one_of(
        0,
        REACHES,
        "m",
        "a distance that readings resolve",
        "distance from the stop line within which moving vehicles count too",
    )
    hold: float = number(0.0, "veh", "a number of vehicles", "bonus for the phase that is shown")

    def start(self, conditions: Conditions) -> RecallController:
        """A controller without memory."""
        return RecallController(LongestQueueController(conditions.network, self.reach_m, self.hold), conditions)


class LongestQueueController:
    """Asks for the phase with most vehicles on its lanes."""

    def __init__(self, network: Network, reach: int, hold: float) -> None:
        self.network = network
        self.reach = reach  # [m]
        self.hold = hold  # [veh]
        self.available: Bools = available_phases(network)
        self.lanes = phase_lanes(network, counted_movements(network))

    def decide(self, readings: Readings) -> Ints:
        """Phases with most vehicles on their lanes, (B, N)."""
        scores = phase_scores(self.lanes, near_vehicles(readings, self.reach), self.network)
        shown = np.arange(scores.shape[2]) == readings.phase[:, :, None]
        bonus = self.hold + TIE_BONUS if self.hold > 0.0 else 0.0
        return best_phase(scores + bonus * shown, self.available)


def near_vehicles(readings: Readings, reach: int) -> Ints:
    """[veh] (B, K) halted anywhere on the lane, or moving within `reach` [m] (one of REACHES) of its end."""
    bands = REACHES.index(reach)
    return np.asarray(readings.queue + readings.moving[:, :, :bands].sum(axis=2), dtype=np.int32)
