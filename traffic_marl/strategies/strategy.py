"""The protocol of strategies, and a base class for writing one.

A strategy starts a controller under given conditions. The controller then asks for phases, decision by decision.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import Timing
from traffic_marl.messages import NO_FAULTS, MessageFaults
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings
from traffic_marl.strategies.parameters import check_parameters


@dataclass(frozen=True)
class Conditions:
    """Roadway, traffic and control conditions of a run, known before the first vehicle moves."""

    network: Network
    timing: Timing  # of the signals
    interval: int  # [s] between two decisions
    flow: Floats  # [veh/s] (M,) expected demand of each movement, averaged over the demand's duration
    seeds: tuple[int, ...]  # (B,) of the copies, for strategies that decide at random
    unnoticed: bool = False  # detectors may fail without notice, so that failing ones have to be found out
    messages: MessageFaults = NO_FAULTS  # ways in which messages between intersections fail


Decide: TypeAlias = Callable[[Readings], Ints]  # phases asked for (B, N), each one of its intersection


class Controller(Protocol):
    """A strategy at work on B copies. It may remember earlier readings."""

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N), each within 0 .. phase_count - 1 of its intersection."""
        ...


class Strategy(Protocol):
    """A way of controlling signals, with its parameters. Any object with these two members is one.

    It may also have a `default_interval`: the seconds between decisions where neither user nor scenario give any.
    """

    @property
    def interval(self) -> int | None:
        """[s] between decisions if the strategy needs a certain one; None leaves it to the user and the scenario."""
        ...

    def start(self, conditions: Conditions) -> Controller | Decide:
        """A controller for a new run, or a function that decides as `Controller.decide` does."""
        ...


class BaseStrategy(ABC):
    """A convenient base for strategies: frozen dataclasses whose parameters are checked when they are made.

    A subclass declares its parameters as fields (see `strategies.parameters`) and defines `start`. Its name in tables
    and messages is `name`, or that of the class.
    """

    name: ClassVar[str]
    interval: ClassVar[int | None] = None  # [s] between decisions, if the strategy needs a certain one
    default_interval: ClassVar[int | None] = None  # [s] where neither user nor scenario give one

    def __init_subclass__(cls) -> None:
        """Names the class after itself if it has no name of its own."""
        super().__init_subclass__()
        if "name" not in vars(cls):
            cls.name = cls.__name__

    def __post_init__(self) -> None:
        check_parameters(self)

    @abstractmethod
    def start(self, conditions: Conditions) -> Controller | Decide:
        """A controller for a new run, or a function that decides."""
