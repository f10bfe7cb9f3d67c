"""What every strategy is: something that looks at readings and asks for phases."""

from dataclasses import dataclass
from typing import Protocol

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings


@dataclass(frozen=True)
class Conditions:
    """Where and under which rules a strategy is about to work; known before the first vehicle moves."""

    network: Network
    timing: Timing
    interval: int  # [s] between two decisions
    flow: Floats  # [veh/s] (M,) expected demand of each movement, averaged over the demand's duration
    seeds: tuple[int, ...]  # (B,) of the copies, for strategies that draw lots


class Controller(Protocol):
    """A strategy at work on B copies; may remember what it saw."""

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N), each within 0 .. phase_count - 1 of its intersection."""
        ...


class Strategy(Protocol):
    """A way of controlling signals, with its parameters; a frozen dataclass."""

    @property
    def interval(self) -> int | None:
        """[s] between decisions if the strategy insists on one; None leaves it to the scenario."""
        ...

    def start(self, conditions: Conditions) -> Controller:
        """A controller for a new run."""
        ...
