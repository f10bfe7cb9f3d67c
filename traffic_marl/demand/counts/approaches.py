"""Approaches as counts name them: the road that enters, or the side that its traffic comes from."""

import math
from collections.abc import Iterator

from traffic_marl.errors import DemandError
from traffic_marl.network.model import Road, roads_of, unsignalised_nodes
from traffic_marl.network.network import Network

SIDES = ("E", "N", "W", "S")  # counterclockwise from the east
OPPOSITE = {"E": "W", "N": "S", "W": "E", "S": "N"}
WORDS = {"N": "north", "E": "east", "S": "south", "W": "west"}


def junctions(network: Network) -> tuple[str, ...]:
    """Names of the places where vehicles can be counted: intersections with signals, then junctions without."""
    return (*network.intersections, *(node.name for node in unsignalised_nodes(network.graph)))


class Approaches:
    """The roads that enter each junction, by name and by side."""

    def __init__(self, network: Network) -> None:
        index = {name: road for road, name in enumerate(network.roads)}
        self._by_name: dict[str, dict[str, int]] = {name: {} for name in junctions(network)}
        self._by_side: dict[str, dict[str, list[str]]] = {name: {} for name in self._by_name}
        for road in roads_of(network.graph):
            if road.end in self._by_name:
                self._by_name[road.end][road.name] = index[road.name]
                self._by_side[road.end].setdefault(side_of(road), []).append(road.name)

    def road(self, intersection: str, approach: str, where: str) -> int:
        """The road that an approach of an intersection is.

        Args:
            intersection: one with signals.
            approach: name of the road, a side such as `N` or `north`, or a heading such as `SB` or `southbound`.
            where: the line, for messages.

        Raises:
            DemandError: the intersection has no such approach, or several roads come from this side.
        """
        roads = self._by_name[intersection]
        if approach in roads:
            return roads[approach]
        named = self._by_side[intersection].get(_side_named(approach), [])
        if len(named) == 1:
            return roads[named[0]]
        problem = f"several roads, {', '.join(named)}, come from {approach!r}" if named else f"no approach {approach!r}"
        listed = ", ".join(self._described(intersection))
        raise DemandError(where, f"{intersection} has {problem}", f"name one of its roads: {listed}")

    def _described(self, intersection: str) -> Iterator[str]:
        for side, names in self._by_side[intersection].items():
            yield from (f"{name} (from {WORDS[side]})" for name in names)


def side_of(road: Road) -> str:
    """The side of its end that a road comes from."""
    (x, y), (u, v) = road.points[-2:]
    return SIDES[round(math.atan2(y - v, x - u) / (math.pi / 2)) % 4]


def _side_named(approach: str) -> str:
    """The side that a word means, empty if none. Traffic bound for the south comes from the north."""
    word = approach.strip().lower().removeprefix("from ").removesuffix(" approach")
    for side, name in WORDS.items():
        if word in (side.lower(), name):
            return side
        if word in (f"{side.lower()}b", f"{name}bound"):
            return OPPOSITE[side]
    return ""
