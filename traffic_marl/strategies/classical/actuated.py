"""Actuated: detectors extend greens, and phases without a call are skipped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import GREEN
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.incidence import (
    available_phases,
    lane_values_by,
    movement_lanes,
    needs_green,
    phase_movements,
    phase_scores,
    served_now,
)
from traffic_marl.strategies.classical.longest_queue import REACHES, near_vehicles
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import seconds
from traffic_marl.strategies.strategy import BaseStrategy, Conditions

ZONE = REACHES[1]  # [m] length of the detection zone before the stop line

Successor: TypeAlias = Callable[[Readings, Bools], Ints]  # readings, calls (B, N, P) -> phase to follow (B, N)


@dataclass(frozen=True)
class Actuated(BaseStrategy):
    """Greens that last as long as vehicles keep coming, in the order of the phases, and only where there is a call.

    A phase has a call while a vehicle is in the detection zone of a movement that it serves and that is red now. The
    zone is the last 60 m before the stop line. With a call elsewhere, a green ends when its own zones have been empty
    for the gap (gap-out), or when it has lasted the longest green (max-out). The next phase in order that has a call
    follows, and phases without a call are skipped. Without any call the signal rests in green.

    Senses:
        Each second: the vehicles in the detection zone of each lane, halted vehicles anywhere on the lane, and the
        state of the signals. Halted vehicles count beyond the zone, because a queue that starts in the zone may be
        longer than it. Movements that are green in every phase neither call nor extend a green.

    Limits:
        Intersections are not coordinated. A vehicle takes four to six seconds to cross the zone, so a short gap
        suffices. The shortest green is the min green of the signals.

    Source:
        Signal Timing Manual, 2nd ed., 2015, NCHRP 812, doi 10.17226/22097. We time the longest green from its start,
        not from the first call elsewhere. We measure the gap between visits to a zone, not between passages over a
        loop.
    """

    name: ClassVar[str] = "actuated"
    interval: ClassVar[int | None] = 1  # gaps are watched each second

    gap_s: int = seconds(1, "time for which the zones have to be empty before a green ends", least=0)
    longest_green_s: int = seconds(60, "green time after which a call elsewhere is served in any case")

    def start(self, conditions: Conditions) -> RecallController:
        """A controller that has seen no vehicle yet."""
        network = conditions.network
        return RecallController(
            ActuatedController(network, self.gap_s, self.longest_green_s, next_called(network)), conditions
        )


class ActuatedController:
    """Ends greens by gap-out and max-out. It remembers when the zones of the present green were last occupied.

    Args:
        network: its movements have the detection zones.
        gap: [s] for which the zones have to be empty before a green ends.
        longest_green: [s] after which a call elsewhere ends a green.
        successor: chooses the phase that follows a green. It is asked at each decision, and heard where a green ends.
    """

    def __init__(self, network: Network, gap: int, longest_green: int, successor: Successor) -> None:
        self.network = network
        self.gap = gap  # [s]
        self.longest_green = longest_green  # [s]
        self.successor = successor
        self.available: Bools = available_phases(network)
        self.lanes = movement_lanes(network)
        self.movements = phase_movements(network, needs_green(network))
        self.occupied_at: Ints | None = None  # [s] (B, N) last time the zones of the green were, or it was not green

    def decide(self, readings: Readings) -> Ints:
        """The phase shown, or the one that follows where the green has ended, (B, N)."""
        called: Bools = lane_values_by(self.lanes, near_vehicles(readings, ZONE)) > 0.0  # (B, M)
        green = served_now(self.network, readings.phase)
        calls = self._any(called & ~green) & self.available
        over = self._gap_is_out(readings, called & green) | (readings.age >= self.longest_green)
        leaves = (readings.interval == GREEN) & over & calls.any(axis=2)
        return np.where(leaves, self.successor(readings, calls), readings.phase).astype(np.int32)

    def _gap_is_out(self, readings: Readings, extending: Bools) -> Bools:
        """(B, N) whether the zones of the green have been empty for the gap."""
        own = np.take_along_axis(self._any(extending), readings.phase[:, :, None], axis=2)[:, :, 0]
        kept = own | (readings.interval != GREEN)
        before = readings.time if self.occupied_at is None else self.occupied_at
        self.occupied_at = np.where(kept, readings.time, before).astype(np.int32)
        return np.asarray(~own & (readings.time - self.occupied_at >= self.gap))

    def _any(self, movements: Bools) -> Bools:
        """(B, N, P) whether any of these movements (B, M) belongs to the phase."""
        return phase_scores(self.movements, movements, self.network) > 0.0


def next_called(network: Network) -> Successor:
    """The first phase with a call after the present one, in cyclic order."""
    count = network.tables.phase_count[:, None]

    def successor(readings: Readings, calls: Bools) -> Ints:
        ahead = (np.arange(calls.shape[2]) - readings.phase[:, :, None] - 1) % count  # (B, N, P)
        return np.asarray(np.where(calls, ahead, calls.shape[2]).argmin(axis=2), dtype=np.int32)

    return successor
