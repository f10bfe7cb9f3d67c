"""Numbers of phases and detectors, as a controller has them. Its phase is what is called a movement elsewhere here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.kernels.tables import NONE
from traffic_marl.local_measures.places import places_of
from traffic_marl.local_measures.tables import Place
from traffic_marl.network.network import Network

# The usual numbers of four approaches: even for through traffic, odd for the left turns that meet the through traffic
# of the next number, and through plus 8 for right turns.
THROUGH = {"W": 2, "E": 6, "S": 4, "N": 8}  # by the side that traffic comes from
LEFT = {"E": 1, "W": 5, "N": 3, "S": 7}
ORDER = ("through", "left", "right")  # of the movement whose phase a lane's detectors call
ZONE = 10.0  # [m] before the stop line that a presence detector covers, or the whole lane if it is shorter
PRESENCE, ADVANCE = "Presence", "Advance"


@dataclass(frozen=True)
class Detector:
    """A detector of one lane."""

    intersection: int  # in the network
    number: int  # at its intersection, from 1
    phase: int  # that it calls
    function: str  # PRESENCE at the stop line or ADVANCE at the beginning of the lane
    lane: int  # in the network
    distance: float  # [m] from the stop line to its upstream end
    delay: float  # [s] between a vehicle's arrival and the event: the free travel time to the stop line, or 0


@dataclass(frozen=True, eq=False)
class Numbering:
    """Phases and detectors of all intersections."""

    phases: tuple[int, ...]  # (M,) of each movement at a signal, at its intersection
    movements: tuple[Place, ...]  # (M,)
    detectors: tuple[Detector, ...]


def numbering(network: Network) -> Numbering:
    """The numbers of a network. Intersections with other approaches than the usual four count from 1."""
    _, _, movements = places_of(network)
    at = network.tables.movement_intersection
    phases = np.zeros(len(movements.places), np.int64)
    for place in range(len(network.intersections)):
        own = np.flatnonzero(at == place)
        phases[own] = _phases([movements.places[m] for m in own.tolist()])
    numbers = tuple(phases.tolist())
    return Numbering(numbers, movements.places, tuple(_detectors(network, numbers)))


def _phases(movements: Sequence[Place]) -> list[int]:
    """The phases of the movements of one intersection."""
    usual = [_usual(movement) for movement in movements]
    if None in usual or len(set(usual)) < len(usual):
        return list(range(1, len(movements) + 1))
    return [phase for phase in usual if phase is not None]


def _usual(movement: Place) -> int | None:
    """The usual phase of a movement, None for a side between two of the four."""
    if movement.turn == "left":
        return LEFT.get(movement.side)
    through = THROUGH.get(movement.side)
    return through if through is None or movement.turn == "through" else through + 8


def _detectors(network: Network, phases: Sequence[int]) -> list[Detector]:
    """A presence and an advance detector for each lane at a signal that movements leave."""
    tables = network.tables
    found: list[Detector] = []
    for place in range(len(network.intersections)):
        lanes = [
            lane
            for lane in np.flatnonzero(tables.lane_intersection == place).tolist()
            if _called(network, lane) != NONE
        ]
        for function in (PRESENCE, ADVANCE):
            first = len(lanes) if function == ADVANCE else 0
            for number, lane in enumerate(lanes, first + 1):
                length = float(tables.length[lane])
                phase = phases[_called(network, lane)]
                reach = min(ZONE, length) if function == PRESENCE else length
                delay = 0.0 if function == PRESENCE else length / float(tables.limit[lane])
                found.append(Detector(place, number, phase, function, lane, reach, delay))
    return found


def _called(network: Network, lane: int) -> int:
    """The movement whose phase a lane's detectors call: through before left before right. NONE without movements."""
    tables = network.tables
    leaving = tables.leaving[tables.leaving_start[lane] : tables.leaving_start[lane + 1]] - len(network.lane_names)
    movements = sorted(set(tables.movement[leaving].tolist()))
    return min(movements, key=lambda m: ORDER.index(network.movement_turns[m]), default=NONE)
