"""Self-organising traffic lights: red phases collect vehicles until they outweigh the green."""

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
    phase_movements,
    phase_scores,
    served_now,
)
from traffic_marl.strategies.classical.longest_queue import REACHES, near_vehicles
from traffic_marl.strategies.parameters import count, number, one_of, seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class Sotl(BaseStrategy):
    """Self-organising lights: a red phase turns green once its vehicles have waited long enough in sum.

    Each movement at red adds up, over time, the vehicles that wait or approach within `reach_m`; a movement at green
    starts anew from zero. The phase whose red movements have the largest sum is asked for once that exceeds the
    threshold and the green has lasted the shortest green, unless a small platoon is about to pass the green.

    Source: Gershenson 2005, Self-organizing traffic lights, Complex Systems 16, 29-53; Cools, Gershenson and D'Hooghe
    2013, doi 10.1007/978-1-4471-5113-5_3 (platoon variant). We depart from it where readings or phases ask for it:
    the platoon is looked for in the first band, 60 m, and made of moving vehicles only; there may be more than two
    phases; halted vehicles count anywhere on the lane; movements that are green in every phase do not count; a lane
    that two movements share counts for both.
    """

    name: ClassVar[str] = "sotl"
    interval: ClassVar[int | None] = 1  # sums are kept by the second

    reach_m: int = one_of(
        120, REACHES[1:], "m", "a distance that readings resolve", "distance within which vehicles at red are counted"
    )
    threshold_veh_s: float = number(300.0, "vehicle seconds", "a sum of waiting", "sum at which a red phase calls")
    shortest_green_s: int = seconds(10, "shortest green, if the signals' min green is not longer", least=0)
    platoon_veh: int = count(4, "vehicles", "a number of vehicles", "largest platoon that is let through; 0: none")

    def start(self, conditions: Conditions) -> "SotlController":
        """A controller with all sums at zero."""
        return SotlController(conditions.network, self)


class SotlController:
    """Remembers what has gathered at the movements at red."""

    def __init__(self, network: Network, rules: Sotl) -> None:
        self.network = network
        self.rules = rules
        self.available: Bools = available_phases(network)
        self.lanes = movement_lanes(network)
        self.movements = phase_movements(network, needs_green(network))
        self.green_lanes = ((self.movements @ self.lanes) > 0).astype(np.float64)  # (N P, K) each lane once
        self.gathered: Floats = np.zeros((1, len(network.movement_turns)))  # [veh s] (B, M)
        self.time = 0  # [s] of the last decision

    def decide(self, readings: Readings) -> Ints:
        """The phase shown, or the one with the largest sum where it calls, (B, N)."""
        self._gather(readings)
        sums = phase_scores(self.movements, self.gathered, self.network)
        largest = np.where(self.available, sums, -np.inf).max(axis=2)
        ripe = (largest > 0.0) & (largest >= self.rules.threshold_veh_s)
        old = (readings.interval == GREEN) & (readings.age >= self.rules.shortest_green_s)
        switches = ripe & old & ~self._platoon_passes(readings)
        return np.where(switches, best_phase(sums, self.available), readings.phase).astype(np.int32)

    def _gather(self, readings: Readings) -> None:
        """Adds the vehicles before each red movement for the time since the last decision."""
        waiting = lane_values_by(self.lanes, near_vehicles(readings, self.rules.reach_m))
        total = self.gathered + waiting * (readings.time - self.time)
        self.gathered = np.where(served_now(self.network, readings.phase), 0.0, total)
        self.time = readings.time

    def _platoon_passes(self, readings: Readings) -> Bools:
        """(B, N) a few moving vehicles are about to pass the green."""
        close = phase_scores(self.green_lanes, readings.moving[:, :, 0], self.network)
        own = np.take_along_axis(close, readings.phase[:, :, None], axis=2)[:, :, 0]
        return (own > 0.0) & (own <= self.rules.platoon_veh)
