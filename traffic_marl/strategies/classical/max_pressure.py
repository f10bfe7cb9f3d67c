"""Max pressure: queues before the intersection less the queues behind it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from traffic_marl.arrays import Bools, Ints
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.incidence import (
    available_phases,
    best_phase,
    counted_movements,
    exit_lanes,
    movement_lanes,
    phase_movements,
    phase_scores,
)
from traffic_marl.strategies.classical.recall import RecallController
from traffic_marl.strategies.parameters import choice
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class MaxPressure(BaseStrategy):
    """The phase whose queues most exceed the queues that they would join.

    The pressure of a movement is its queue less the queue downstream. The pressure of a phase is the sum over its
    movements. The phase of greatest pressure is green, and of equal phases the first one.

    With `exit=sum` the queue downstream counts all halted vehicles on the exit road, as in benchmarks of learned
    signal control. With `exit=mean` it is Varaiya's: the queues of the movements that continue from the exit road,
    averaged with their expected turning shares. Equal shares are taken where no flow is expected. Roads that leave the
    network have no queue.

    Senses:
        At each decision: the halted vehicles on each lane. With `exit=mean` also the expected flows, once before the
        run.

    Limits:
        Right turns and movements that are green in every phase do not count. A lane that two movements of a phase
        share counts for both. Travel times between intersections are not considered. A change costs an intergreen,
        which it does not weigh: asked every few seconds, it changes too often.

    Source:
        Varaiya 2013, doi 10.1016/j.trc.2013.08.014. We leave out saturation flows, which are equal here, and count
        halted vehicles only. The paper leaves the length of a period open. The 15 s are those of Wu et al. 2021, arXiv
        2112.02336, who compare with it.
    """

    name: ClassVar[str] = "max_pressure"
    default_interval: ClassVar[int | None] = 15  # [s] as in benchmarks of learned signal control

    exit: str = choice(
        "sum", ("sum", "mean"), "a measure of the exit road", "measure of the exit road that is subtracted"
    )

    def start(self, conditions: Conditions) -> RecallController:
        """A controller without memory."""
        network = conditions.network
        downstream = exit_lanes(network) if self.exit == "sum" else joined_lanes(conditions)
        return RecallController(PressureController(network, movement_lanes(network), downstream), conditions)


class PressureController:
    """Asks for the phase of greatest pressure. The queues behind an intersection are what its neighbours tell.

    Args:
        network: the network that it controls.
        before: sparse (M, K), the pressure that a halted vehicle on each lane adds to each movement.
        behind: sparse (M, K), the pressure that a halted vehicle on each lane takes from each movement.
    """

    def __init__(self, network: Network, before: Any, behind: Any) -> None:
        self.network = network
        self.available: Bools = available_phases(network)
        phases = phase_movements(network, counted_movements(network))
        self.weights = phases @ (before - behind)  # (N P, K) of queues that are known alike before and behind
        self._before, self._behind = phases @ before, phases @ behind

    def decide(self, readings: Readings) -> Ints:
        """Phases of greatest pressure, (B, N)."""
        own, told = readings.queue, readings.neighbours.queue
        if told is own:
            return best_phase(phase_scores(self.weights, own, self.network), self.available)
        scores = phase_scores(self._before, own, self.network) - phase_scores(self._behind, told, self.network)
        return best_phase(scores, self.available)


def joined_lanes(conditions: Conditions) -> Any:
    """Sparse (M, K): the share of a movement's vehicles that continue by a movement from the lane.

    The shares are those of the expected flow on the exit road, or equal where no flow is expected.
    """
    tables = conditions.network.tables
    lanes = movement_lanes(conditions.network)
    entry_road = tables.lane_road[tables.movement_lane[tables.movement_lane_start[:-1]]]
    exit_road = tables.lane_road[tables.movement_exit[tables.movement_exit_start[:-1]]]
    roads = int(tables.lane_road.max()) + 1
    flow = np.bincount(entry_road, conditions.flow, minlength=roads)
    ways = np.bincount(entry_road, minlength=roads)
    without_flow = flow[entry_road] == 0.0
    share = np.where(without_flow, 1.0, conditions.flow) / np.where(without_flow, ways[entry_road], flow[entry_road])
    movement = np.arange(len(entry_road))
    shape = (len(movement), roads)
    leads_to = sparse.csr_array((np.ones(len(movement)), (movement, exit_road)), shape=shape)
    shares_of = sparse.csr_array((share, (entry_road, movement)), shape=shape[::-1])
    return leads_to @ shares_of @ lanes
