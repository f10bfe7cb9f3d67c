"""The list of all that had to be guessed of a map: one line for each value that it does not say."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from traffic_marl.exchange.openstreetmap.extract import Extract, classes_of
from traffic_marl.exchange.openstreetmap.road_types import CLASSES
from traffic_marl.exchange.openstreetmap.roads import LANES, LIMIT, MappedRoad
from traffic_marl.network.described import MovementFacts, movements_at
from traffic_marl.network.network import Network
from traffic_marl.units import KMH

HEADS = ("element", "name", "street", "guessed", "value", "reason")
MOST_STREETS = 4  # that a line names
JOINED = ("cluster", "joined", "GS_")  # how the names of junctions begin that netconvert has joined
Roads = Mapping[str, MappedRoad]
Facts = Sequence[Sequence[MovementFacts]]  # of each intersection, its movements


class Guess(NamedTuple):
    """One value that the map does not say."""

    element: str  # road, approach, intersection or network
    name: str  # of the road or intersection
    street: str
    guessed: str  # what was guessed
    value: str
    reason: str


def guesses_of(network: Network, roads: Roads, extract: Extract, *, left_hand: bool) -> list[Guess]:
    """All guesses, those about the whole network first.

    Args:
        network: that was made of the map.
        roads: its roads, as the map describes them.
        extract: the map.
        left_hand: whether traffic keeps to the left because the user has said so.
    """
    facts = [movements_at(network, place) for place in range(len(network.intersections))]
    return [
        *_about_network(network, extract, left_hand),
        *_about_intersections(network, roads, facts),
        *_about_approaches(network, roads, facts),
        *_about_roads(network, roads),
    ]


def table_of(guesses: Sequence[Guess]) -> str:
    """The list as CSV."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([HEADS, *guesses])
    return file.getvalue()


def streets_of(movements: Sequence[MovementFacts], roads: Roads) -> str:
    """Names of the streets that meet at an intersection with these movements."""
    names = [name for each in movements for name in (each.from_road, each.to_road)]
    streets = dict.fromkeys(roads[name].street for name in names if roads[name].street)
    return " / ".join(list(streets)[:MOST_STREETS])


def _about_network(network: Network, extract: Extract, left_hand: bool) -> Iterator[Guess]:
    where = ("network", extract.path.name, "")
    if not left_hand:
        yield Guess(*where, "side of traffic", "right", "the map does not say it; --left-hand is for the left")
    here = len(network.intersections)
    why = "signals some metres apart belong to one intersection, and those where no streets meet are left out"
    yield Guess(*where, "intersections with signals", str(here), f"the map has {extract.signals} signals; {why}")
    if extract.crossings:
        why = "vehicles do not stop at crossings"
        yield Guess(*where, "signals for pedestrians", "left out", f"{extract.crossings} in the map; {why}")
    for name, count in sorted(classes_of(extract).items()):
        if name not in CLASSES:
            yield Guess(*where, f"ways of class {name}", "left out", f"{count} in the map; not for general traffic")


def _about_intersections(network: Network, roads: Roads, facts: Facts) -> Iterator[Guess]:
    for name, movements in zip(network.intersections, facts, strict=True):
        where = ("intersection", name, streets_of(movements, roads))
        rows = network.graph.nodes[name]["node"].rows
        count = len(network.phase_names[network.intersections.index(name)])
        plan = f"{count} phase{'' if count == 1 else 's'} in a cycle of {sum(row.time for row in rows):g} s"
        yield Guess(*where, "phases and greens", plan, "maps have no programs of signals; made of the geometry")
        if name.startswith(JOINED):
            yield Guess(*where, "extent", "one intersection", "several nodes of the map lie close together")


def _about_approaches(network: Network, roads: Roads, facts: Facts) -> Iterator[Guess]:
    """The turns of lanes before signals, where the map does not say them."""
    lanes = dict(zip(network.roads, np.bincount(network.tables.lane_road).tolist(), strict=True))
    for movements in facts:
        for name in dict.fromkeys(each.from_road for each in movements):
            own = [each for each in movements if each.from_road == name]
            if lanes[name] > 1 and len(own) > 1 and not roads[name].has_turn_lanes:
                turns = " | ".join(_turns(own, lane) for lane in range(lanes[name]))
                why = "the map has no turn:lanes here; from the centre line outwards"
                yield Guess("approach", name, roads[name].street, "turns of the lanes", turns, why)


def _turns(movements: Sequence[MovementFacts], lane: int) -> str:
    return "+".join(dict.fromkeys(each.turn for each in movements if lane in each.lanes)) or "none"


def _about_roads(network: Network, roads: Roads) -> Iterator[Guess]:
    lanes = np.bincount(network.tables.lane_road).tolist()
    limits = network.tables.limit[np.cumsum([0, *lanes[:-1]])] / KMH
    for place, name in enumerate(network.roads):
        road = roads[name]
        why = f"the map does not say it; usual for class {road.road_class}"
        where = ("road", name, road.street)
        if LANES in road.lacking:
            yield Guess(*where, "lanes in this direction", str(lanes[place]), why)
        elif road.is_split_by_guess:
            given = " and ".join(way.lanes for way in road.ways if way.lanes)
            why_split = f"the map says {given} of both directions together"
            yield Guess(*where, "lanes in this direction", str(lanes[place]), why_split)
        if LIMIT in road.lacking:
            yield Guess(*where, "speed limit [km/h]", f"{limits[place]:.0f}", why)
