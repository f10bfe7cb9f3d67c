"""Actuated longest queue: detectors end greens, and the phase with most vehicles follows."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.actuated import ZONE, ActuatedController, Successor
from traffic_marl.strategies.classical.incidence import needs_green, phase_lanes, phase_scores
from traffic_marl.strategies.classical.longest_queue import near_vehicles
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class ActuatedLongestQueue(BaseStrategy):
    """Greens that end as those of actuated control, each followed by the phase with most vehicles.

    Calls, gap-out and max-out are those of `actuated`: with a call elsewhere, a green ends when its zones have been
    empty for the gap, or when it has lasted the longest green. Of the phases that have a call, the one with most
    vehicles on its lanes follows. Vehicles count that have halted anywhere on the lane or are within 60 m of the stop
    line. Each lane counts once for a phase. Of equal phases the one that has not been green for longest follows. Phases
    for which a vehicle has stood still for the longest wait come before all others. Without any call the signal rests
    in green.

    Senses:
        Each second: the vehicles in the detection zone of each lane, halted vehicles anywhere on the lane and how
        long they have stood, the state of the signals, and the time since each phase was green. Movements that are
        green in every phase do not count.

    Limits:
        Intersections are not coordinated. No order of the phases is kept, so that single vehicles wait longer than
        under `actuated`. A vehicle that has stood for the longest wait still waits for the end of a green and for other
        such vehicles. The longest wait of ten runs of `grid_4x4_rush_hour` is 242 s, and 144 s under `actuated`. On the
        data set of Jinan it is 236 s, and 146 s.

    Source:
        None. It joins the gap-out of `actuated` to the choice of `longest_queue`. Gap-out and max-out: Signal Timing
        Manual, 2nd ed., 2015, NCHRP 812, doi 10.17226/22097.
    """

    name: ClassVar[str] = "actuated_longest_queue"
    interval: ClassVar[int | None] = 1  # gaps are watched each second

    gap_s: int = seconds(1, "time for which the zones have to be empty before a green ends", least=0)
    longest_green_s: int = seconds(40, "green time after which a call elsewhere is served in any case")
    longest_wait_s: int = seconds(180, "standstill of a vehicle after which its phase comes before others")

    def start(self, conditions: Conditions) -> RecallController:
        """A controller that has seen no vehicle yet."""
        network = conditions.network
        successor = fullest_called(network, self.longest_wait_s)
        return RecallController(ActuatedController(network, self.gap_s, self.longest_green_s, successor), conditions)


def fullest_called(network: Network, longest_wait: int) -> Successor:
    """The phase with most vehicles of those that have a call, and of equal ones the one served longest ago.

    Args:
        network: its phases serve lanes.
        longest_wait: [s] standstill of a vehicle after which its phase comes before those of others.
    """
    lanes = phase_lanes(network, needs_green(network))

    def successor(readings: Readings, calls: Bools) -> Ints:
        overdue = calls & (phase_scores(lanes, readings.longest_wait >= longest_wait, network) > 0.0)
        first = np.where(overdue.any(axis=2, keepdims=True), overdue, calls)
        vehicles = np.where(first, phase_scores(lanes, near_vehicles(readings, ZONE), network), -1.0)
        fullest = first & (vehicles == vehicles.max(axis=2, keepdims=True))
        return np.asarray(np.where(fullest, readings.since_served, -1).argmax(axis=2), dtype=np.int32)

    return successor
