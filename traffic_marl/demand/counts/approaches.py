"""Approaches as counts name them: the road that enters, or the side that its traffic comes from."""

import re
from collections.abc import Iterator

from traffic_marl.errors import DemandError
from traffic_marl.network.described import QUARTERS, SIDES, side_of
from traffic_marl.network.model import roads_of, unsignalised_nodes
from traffic_marl.network.network import Network

NAMES = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
WORDS = dict(zip(SIDES, NAMES, strict=True))
SEPARATORS = re.compile(r"[\s_-]+")  # within a word such as south-west


def junctions(network: Network) -> tuple[str, ...]:
    """Names of the places where vehicles can be counted: intersections with signals, then junctions without."""
    return (*network.intersections, *(node.name for node in unsignalised_nodes(network.graph)))


class Approaches:
    """The roads that enter each junction, by name and by side."""

    def __init__(self, network: Network) -> None:
        index = {name: road for road, name in enumerate(network.roads)}
        self._by_name: dict[str, dict[str, int]] = {name: {} for name in junctions(network)}
        self._by_side: dict[str, dict[str, list[str]]] = {name: {} for name in self._by_name}
        self._by_quarter: dict[str, dict[str, list[str]]] = {name: {} for name in self._by_name}
        for road in roads_of(network.graph):
            if road.end in self._by_name:
                self._by_name[road.end][road.name] = index[road.name]
                self._by_side[road.end].setdefault(side_of(road), []).append(road.name)
                self._by_quarter[road.end].setdefault(side_of(road, QUARTERS), []).append(road.name)

    def road(self, intersection: str, approach: str, where: str) -> int:
        """The road that an approach of an intersection is.

        Args:
            intersection: one with signals.
            approach: name of the road, a side such as `N` or `north-east`, or a heading such as `SB` or `southbound`.
                Where no road comes from the north itself, `N` is a road from the quarter around it.
            where: the line, for messages.

        Raises:
            DemandError: the intersection has no such approach, or several roads come from this side.
        """
        roads = self._by_name[intersection]
        if approach in roads:
            return roads[approach]
        side = _side_named(approach)
        named = self._by_side[intersection].get(side) or self._by_quarter[intersection].get(side, [])
        if len(named) == 1:
            return roads[named[0]]
        problem = f"several roads, {', '.join(named)}, come from {approach!r}" if named else f"no approach {approach!r}"
        listed = ", ".join(self._described(intersection))
        raise DemandError(where, f"{intersection} has {problem}", f"name one of its roads: {listed}")

    def _described(self, intersection: str) -> Iterator[str]:
        for side, names in self._by_side[intersection].items():
            yield from (f"{name} (from {WORDS[side]})" for name in names)


def _side_named(approach: str) -> str:
    """The side that a word means, empty if none. Traffic bound for the south comes from the north."""
    word = SEPARATORS.sub("", approach.lower()).removeprefix("from").removesuffix("approach")
    for place, (side, name) in enumerate(WORDS.items()):
        letters, plain = side.lower(), SEPARATORS.sub("", name)
        if word in (letters, plain):
            return side
        if word in (f"{letters}b", f"{plain}bound"):
            return SIDES[(place + len(SIDES) // 2) % len(SIDES)]
    return ""
