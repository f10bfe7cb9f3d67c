"""Max pressure: green for the phase whose queues most exceed the queues they would join."""

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
from traffic_marl.strategies.parameters import choice
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class MaxPressure(BaseStrategy):
    """The phase whose movements' queues most exceed the queues on their exit roads.

    The pressure of a phase is the sum, over its movements, of the halted vehicles on the entering lanes less those
    downstream. Right turns and movements that are green in every phase do not count; of equal phases the first wins.
    A lane that two movements of a phase share counts for both.

    With `exit=sum`, the form of the reinforcement learning benchmarks, downstream are the halted vehicles on all lanes
    of the exit road. With `exit=mean` it is Varaiya's: the queues of the movements that continue from the exit road,
    averaged with their expected turning shares (equal shares where no flow is expected); zero at the rim.

    Source: Varaiya 2013, doi 10.1016/j.trc.2013.08.014. We depart from it in leaving out saturation flows, which are
    equal here, and in counting halted vehicles rather than all.
    """

    name: ClassVar[str] = "max_pressure"

    exit: str = choice("sum", ("sum", "mean"), "a measure of the exit road", "what of the exit road is subtracted")

    def start(self, conditions: Conditions) -> "PressureController":
        """A controller; it remembers nothing."""
        network = conditions.network
        downstream = exit_lanes(network) if self.exit == "sum" else joined_lanes(conditions)
        return PressureController(network, movement_lanes(network) - downstream)


class PressureController:
    """Asks for the phase with the greatest pressure.

    Args:
        network: where it works.
        movement_weights: sparse (M, K), what a halted vehicle on each lane adds to the pressure of each movement.
    """

    def __init__(self, network: Network, movement_weights: Any) -> None:
        self.network = network
        self.available: Bools = available_phases(network)
        self.weights = phase_movements(network, counted_movements(network)) @ movement_weights

    def decide(self, readings: Readings) -> Ints:
        """Phases of greatest pressure, (B, N)."""
        return best_phase(phase_scores(self.weights, readings.queue, self.network), self.available)


def joined_lanes(conditions: Conditions) -> Any:
    """Sparse (M, K): the share of a movement's vehicles that goes on by a movement leaving from the lane.

    The shares are those of the expected flow on the exit road; equal ones where none is expected there.
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
