"""Self-organising traffic lights: waiting vehicles add up at red until their phase turns green."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import GREEN
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.incidence import (
    available_phases,
    best_phase,
    lane_values_by,
    movement_lanes,
    needs_green,
    phase_lanes,
    phase_movements,
    phase_scores,
    served_now,
)
from traffic_marl.strategies.classical.longest_queue import REACHES, near_vehicles
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import count, number, one_of, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class Sotl(BaseStrategy):
    """A red phase turns green once the vehicles before it have waited long enough in sum.

    Each movement at red adds up, second by second, the vehicles that wait or approach within `reach_m`. At green its
    sum is zero. The signal changes to the phase with the largest sum, once that sum reaches the threshold and the
    green has lasted the shortest green. It does not change while a small platoon is about to pass the green.

    Senses:
        Each second: halted vehicles on each lane, moving vehicles within `reach_m` of the stop line, and the state of
        the signals.

    Limits:
        Intersections are not coordinated directly. The threshold has to suit the demand: a low one changes often, a
        high one keeps minor streets waiting. Movements that are green in every phase do not count. A lane that two
        movements share counts for both.

    Source:
        Gershenson 2005, Self-organizing traffic lights, Complex Systems 16, 29-53. Cools, Gershenson and D'Hooghe
        2013, doi 10.1007/978-1-4471-5113-5_3 (platoon variant). We look for the platoon in the first 60 m and count
        moving vehicles only. We allow more than two phases. Halted vehicles count anywhere on the lane.
    """

    name: ClassVar[str] = "sotl"
    interval: ClassVar[int | None] = 1  # sums are kept by the second

    reach_m: int = one_of(
        120,
        REACHES[1:],
        "m",
        "a distance that readings resolve",
        "distance from the stop line within which vehicles at red count",
    )
    threshold_veh_s: float = number(300.0, "veh s", "a sum of waiting", "sum at which a red phase calls")
    shortest_green_s: int = seconds(10, "shortest green, unless the min green of the signals is longer", least=0)
    platoon_veh: int = count(
        4, "veh", "a number of vehicles", "largest platoon that is let through; 0 lets none through"
    )

    def start(self, conditions: Conditions) -> RecallController:
        """A controller with all sums at zero."""
        return RecallController(SotlController(conditions.network, self), conditions)


class SotlController:
    """Remembers the waiting sum of each movement at red."""

    def __init__(self, network: Network, rules: Sotl) -> None:
        self.network = network
        self.rules = rules
        self.available: Bools = available_phases(network)
        self.lanes = movement_lanes(network)
        self.movements = phase_movements(network, needs_green(network))
        self.green_lanes = phase_lanes(network, needs_green(network))
        self.waited: Floats = np.zeros((1, len(network.movement_turns)))  # [veh s] (B, M)
        self.time = 0  # [s] of the last decision

    def decide(self, readings: Readings) -> Ints:
        """The phase shown, or the phase with the largest sum where that calls, (B, N)."""
        self._add_waiting(readings)
        sums = phase_scores(self.movements, self.waited, self.network)
        largest = np.where(self.available, sums, -np.inf).max(axis=2)
        calls = (largest > 0.0) & (largest >= self.rules.threshold_veh_s)
        long_enough = (readings.interval == GREEN) & (readings.age >= self.rules.shortest_green_s)
        switches = calls & long_enough & ~self._platoon_passes(readings)
        return np.where(switches, best_phase(sums, self.available), readings.phase).astype(np.int32)

    def _add_waiting(self, readings: Readings) -> None:
        """Adds the vehicles before each red movement for the time since the last decision."""
        waiting = lane_values_by(self.lanes, near_vehicles(readings, self.rules.reach_m))
        total = self.waited + waiting * (readings.time - self.time)
        self.waited = np.where(served_now(self.network, readings.phase), 0.0, total)
        self.time = readings.time

    def _platoon_passes(self, readings: Readings) -> Bools:
        """(B, N) whether a small platoon is about to pass the green."""
        close = phase_scores(self.green_lanes, readings.moving[:, :, 0], self.network)
        own = np.take_along_axis(close, readings.phase[:, :, None], axis=2)[:, :, 0]
        return (own > 0.0) & (own <= self.rules.platoon_veh)
