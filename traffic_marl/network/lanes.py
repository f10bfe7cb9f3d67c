"""Lanes whose turns get in each other's way, and turns that no lane of an approach allows."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.model import Road, Turn, roads_of
from traffic_marl.network.network import Network

AHEAD = 0.7  # least product of two headings that are the same, least cross product of a turn


class BlockedLane(NamedTuple):
    """A lane whose first vehicle blocks the others, because no phase serves all its turns."""

    lane: int
    intersection: int
    movements: tuple[int, ...]  # of which each is green in some phase


def blocked_lanes(network: Network) -> list[BlockedLane]:
    """Lanes with turns that are never green together. Movements that no phase serves are left aside."""
    served = network.tables.served
    found = []
    for lane, movements in _movements_of_lanes(network):
        green = tuple(movement for movement in movements if served[movement].any())
        if green and not served[list(green)].all(axis=0).any():
            found.append(BlockedLane(lane, int(network.tables.lane_intersection[lane]), green))
    return found


def signalled_lanes(network: Network) -> int:
    """Number of lanes that end at an intersection with signals."""
    return int((network.tables.lane_intersection != NONE).sum())


def described(network: Network, blocked: BlockedLane) -> str:
    """Lane, intersection and turns, with the phases of each."""
    turns = (f"{_turn(network, movement)} in {_phases(network, movement)}" for movement in blocked.movements)
    name, where = network.lane_names[blocked.lane], network.intersections[blocked.intersection]
    return f"lane {name} at {where}, which goes {', '.join(turns)}"


def check_lanes(network: Network) -> None:
    """Checks that no lane blocks itself.

    Raises:
        NetworkError: a lane does. The message names it, its intersection, its turns and their phases.
    """
    blocked = blocked_lanes(network)
    if blocked:
        what = f"no phase serves all turns of {described(network, blocked[0])}, so its first vehicle blocks the others"
        remedy = 'use the phases "two", or give a lane only turns that are green together'
        raise NetworkError("phases", what, remedy)


def lacking_turns(network: Network) -> list[tuple[str, Turn]]:
    """Turns that no lane of an approach allows although a road leads on that way, as (approach, turn).

    The roads meet at right angles, as in the generated networks.
    """
    joined = set(network.movement_roads)
    roads = roads_of(network.graph)
    leaving = {start: list(group) for start, group in groupby(sorted(roads, key=_start), key=_start)}
    nodes = network.graph.nodes
    return [
        (entering.name, _turn_between(entering, exit_road))
        for entering in roads
        if not nodes[entering.end]["node"].virtual
        for exit_road in leaving.get(entering.end, ())
        if not _leads_back(entering, exit_road) and (entering.name, exit_road.name) not in joined
    ]


def _movements_of_lanes(network: Network) -> list[tuple[int, list[int]]]:
    """The lanes with their movements, in order."""
    tables = network.tables
    owner = np.repeat(np.arange(len(network.movement_roads)), np.diff(tables.movement_lane_start))
    pairs = sorted(zip(tables.movement_lane.tolist(), owner.tolist(), strict=True))
    return [(lane, [movement for _, movement in group]) for lane, group in groupby(pairs, key=lambda pair: pair[0])]


def _turn(network: Network, movement: int) -> str:
    return f"{network.movement_turns[movement]} to {network.movement_roads[movement][1]}"


def _phases(network: Network, movement: int) -> str:
    """Names of the phases that serve a movement."""
    names = network.phase_names[network.tables.movement_intersection[movement]]
    if network.tables.served[movement, : len(names)].all():
        return "all phases"
    return " and ".join(f'"{names[phase]}"' for phase in np.flatnonzero(network.tables.served[movement]).tolist())


def _start(road: Road) -> str:
    return road.start


def _leads_back(entering: Road, leaving: Road) -> bool:
    """Whether a road leads to where the other one comes from, or against its direction."""
    (x, y), (u, v) = _heading(entering.points[-2:]), _heading(leaving.points[:2])
    return leaving.end == entering.start or x * u + y * v < -AHEAD


def _turn_between(entering: Road, leaving: Road) -> Turn:
    (x, y), (u, v) = _heading(entering.points[-2:]), _heading(leaving.points[:2])
    if x * u + y * v > AHEAD:
        return "through"
    return "left" if x * v - y * u > 0 else "right"


def _heading(ends: Sequence[tuple[float, float]]) -> tuple[float, float]:
    step = np.subtract(ends[1], ends[0])
    x, y = (step / np.linalg.norm(step)).tolist()
    return x, y
