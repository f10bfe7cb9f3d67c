"""A network in words and numbers: what a user checks before the first run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.kernels.tables import WORD
from traffic_marl.network.model import Road, roads_of, unsignalised_nodes
from traffic_marl.network.network import Network

SIDES = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")  # counterclockwise from the east
QUARTERS = SIDES[::2]


@dataclass(frozen=True)
class Size:
    """Counts of a network."""

    intersections: int
    junctions: int  # without signals
    roads: int
    lanes: int
    lane_length: float  # [m] of all lanes together
    entries: int
    exits: int


@dataclass(frozen=True)
class MovementFacts:
    """One movement of an intersection."""

    number: int  # in the network
    from_road: str
    side: str  # that its traffic comes from
    turn: str
    to_road: str
    lanes: tuple[int, ...]  # of the road it leaves, 0 next to the centre line
    phases: tuple[int, ...]  # in which it is green
    conflicts: tuple[int, ...]  # movements whose paths cross or join its own


def size_of(network: Network) -> Size:
    """The counts of a network."""
    lanes = len(network.lane_names)
    return Size(
        intersections=len(network.intersections),
        junctions=len(unsignalised_nodes(network.graph)),
        roads=len(network.roads),
        lanes=lanes,
        lane_length=float(network.tables.length[:lanes].sum()),
        entries=len(network.entry_roads),
        exits=len(network.exit_roads),
    )


def movements_at(network: Network, place: int) -> list[MovementFacts]:
    """The movements of an intersection, in the network's order."""
    tables = network.tables
    sides = sides_of(network)
    conflicts = movement_conflicts(network, place)
    found = []
    for movement in np.flatnonzero(tables.movement_intersection == place).tolist():
        from_road, to_road = network.movement_roads[movement]
        first = network.lanes_of(from_road)[0]
        lanes = tables.movement_lane[tables.movement_lane_start[movement] : tables.movement_lane_start[movement + 1]]
        found.append(
            MovementFacts(
                movement,
                from_road,
                sides[from_road],
                network.movement_turns[movement],
                to_road,
                tuple((lanes - first).tolist()),
                tuple(np.flatnonzero(tables.served[movement]).tolist()),
                tuple(sorted(conflicts[movement])),
            )
        )
    return found


def movement_conflicts(network: Network, place: int) -> dict[int, set[int]]:
    """For each movement of an intersection, the others whose paths cross or join its own."""
    tables = network.tables
    own = np.flatnonzero(tables.intersection == place)
    found: dict[int, set[int]] = {int(movement): set() for movement in tables.movement[own]}
    bit = tables.bit[own]
    for connection in own.tolist():
        words = tables.conflicts[connection]
        meets: Bools = (words[bit // WORD] >> (bit % WORD).astype(np.uint64)) & np.uint64(1) != 0
        movement = int(tables.movement[connection])
        found[movement] |= set(tables.movement[own[meets]].tolist()) - {movement}
    return found


def yielding_pairs(movements: list[MovementFacts], phase: int) -> list[tuple[int, int]]:
    """Pairs of movements that are green together in a phase although their paths meet. One yields to the other."""
    green = {each.number for each in movements if phase in each.phases}
    return [
        (each.number, other)
        for each in movements
        if each.number in green
        for other in each.conflicts
        if other in green and each.number < other
    ]


def sides_of(network: Network) -> dict[str, str]:
    """The side that the traffic of each road comes from at its end, by the name of the road."""
    return {road.name: side_of(road) for road in roads_of(network.graph)}


def side_of(road: Road, among: Sequence[str] = SIDES) -> str:
    """The compass point that the traffic of a road comes from at its end.

    Args:
        road: the road.
        among: points at equal angles, counterclockwise from the east: the eight `SIDES`, or the four `QUARTERS`.
    """
    (x, y), (u, v) = road.points[-2:]
    return among[round(math.atan2(y - v, x - u) / (math.tau / len(among))) % len(among)]


def road_length(network: Network, road: str) -> float:
    """[m] mean length of the lanes of a road."""
    lengths: Floats = network.tables.length[list(network.lanes_of(road))]
    return float(lengths.mean())
