"""What a run and the processes that move its copies tell each other."""

from dataclasses import dataclass

from traffic_marl.arrays import Ints
from traffic_marl.demand.trips import Trips
from traffic_marl.exchange.sumo.actuated import ActuatedControl
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation import Disturbances, Faults, Positions, Readings, Records, Visits


@dataclass(frozen=True)
class Start:
    """Build the copy."""

    simulator: str
    network: Network
    trips: Trips
    timing: Timing
    seed: int
    log_until: int  # [s]
    places_until: int  # [s]
    faults: Faults | None
    own_control: ActuatedControl | None  # control by the simulator itself. None: it shows the signals that it is given
    disturbances: Disturbances


@dataclass(frozen=True)
class Advance:
    """Move the copy on."""

    phases: Ints  # (1, N)
    seconds: int  # [s]
    continues: bool


@dataclass(frozen=True)
class TakeRecords:
    """Give the records."""

    gridlock: bool


@dataclass(frozen=True)
class TakePositions:
    """Give the positions."""


@dataclass(frozen=True)
class TakeSignals:
    """Give the rows that signals have shown."""


@dataclass(frozen=True)
class TakeVisits:
    """Give the visits to intersections and the queues."""


@dataclass(frozen=True)
class State:
    """The copy now."""

    time: int  # [s]
    readings: Readings
    detected: Readings
    under_way: int  # [veh]
    completed: int  # [veh]
    is_clear: bool


@dataclass(frozen=True)
class Failure:
    """The copy cannot go on."""

    error: Exception
    traceback: str


Request = Start | Advance | TakeRecords | TakePositions | TakeSignals | TakeVisits
Reply = State | Records | Positions | Ints | Visits | Failure
