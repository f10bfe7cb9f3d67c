"""Slots: the order of an intersection's movements in its observation, and the movements that lead to its roads."""

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.network.room import exit_places
from traffic_marl.observation.features import TURN_RANKS
from traffic_marl.observation.tables import ObservedRoads

TURN_ORDER = ("right", "through", "left")  # clockwise, by where they lead to
AROUND = 360.0  # [degrees]


def observed_roads(network: Network) -> ObservedRoads:
    """The tables of a network for the kernel."""
    tables = network.tables
    sender_start, sender = senders(network)
    return ObservedRoads(
        movement=slots(network),
        phase_count=tables.phase_count,
        served=tables.served,
        intersection=tables.movement_intersection,
        rank=np.array([TURN_RANKS[turn] for turn in network.movement_turns], np.int32),
        lane_start=tables.movement_lane_start,
        lane=tables.movement_lane,
        exit_start=tables.movement_exit_start,
        exit=tables.movement_exit,
        exit_places=exit_places(tables),
        sender_start=sender_start,
        sender=sender,
    )


def slots(network: Network) -> Ints:
    """Movements in the slots of each phase, (N, P, S), NONE where there is none.

    A movement that every phase serves has no slot, because no choice changes its green. Within a phase the movements
    are sorted by the direction they come from, clockwise, and from right to left within a direction. The first
    direction is that of the movement which is first in the network.
    """
    tables = network.tables
    phases = tables.served.shape[1]
    held = [movements_of(network, n) for n in range(len(tables.phase_count))]
    most = max(1, *(len(group) for groups in held for group in groups))
    table = np.full((len(held), phases, most), NONE, np.int32)
    for n, groups in enumerate(held):
        for p, group in enumerate(groups):
            table[n, p, : len(group)] = group
    return table


def movements_of(network: Network, n: int) -> list[list[int]]:
    """Movements of each phase of an intersection in the order of their slots, without those that all phases serve."""
    tables = network.tables
    count = int(tables.phase_count[n])
    here = np.flatnonzero(tables.movement_intersection == n)
    some = here[~tables.served[here, :count].all(axis=1)]
    return [in_order(network, [int(m) for m in some if tables.served[m, p]]) for p in range(count)]


def in_order(network: Network, movements: list[int]) -> list[int]:
    """Movements clockwise by the direction they come from, starting with the first, and then from right to left."""
    if not movements:
        return []
    first = heading(network, movements[0])

    def key(m: int) -> tuple[float, int, int]:
        turned = round((first - heading(network, m)) % AROUND, 3) % AROUND
        return turned, TURN_ORDER.index(network.movement_turns[m]), m

    return sorted(movements, key=key)


def heading(network: Network, m: int) -> float:
    """[degrees] counterclockwise from east: the direction in which a movement comes to its stop line."""
    line = network.lane_lines[network.tables.movement_lane[network.tables.movement_lane_start[m]]]
    east, north = line[-1] - line[-2]
    return float(np.degrees(np.arctan2(north, east)))


def senders(network: Network) -> tuple[Ints, Ints]:
    """The movements that lead to the road of each movement, as slices (M + 1,) of an array."""
    into: dict[str, list[int]] = {}
    for m, (_, road) in enumerate(network.movement_roads):
        into.setdefault(road, []).append(m)
    lists = [into.get(road, []) for road, _ in network.movement_roads]
    start = np.cumsum([0, *(len(each) for each in lists)]).astype(np.int32)
    return start, np.array([m for each in lists for m in each], np.int32)
