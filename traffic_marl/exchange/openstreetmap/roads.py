"""The roads that netconvert made of a map: their streets, ways and class, and what the map does not say of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.errors import NetworkError
from traffic_marl.exchange.openstreetmap.extract import Extract, Way
from traffic_marl.exchange.openstreetmap.road_types import CLASSES, class_of
from traffic_marl.network.formats.sumo.document import Kind, read_document
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.network.formats.sumo.lanes import is_road

LANES, LIMIT = "numLanes", "speed"  # netconvert's words for values that it took from the class
BACKWARD = "-"  # how netconvert begins the names of such roads
LANE_COUNT = re.compile("[0-9]{1,3}")  # what a map may say, which anybody may have written
UNKNOWN = "unclassified"  # the class of a road without one


@dataclass(frozen=True)
class MappedRoad:
    """A road of the network, as the map describes it."""

    street: str  # name of the street, empty without one
    road_class: str  # one of CLASSES
    ways: tuple[Way, ...]  # of which it is made
    lacking: frozenset[str]  # of LANES and LIMIT, those that the map does not say
    is_backward: bool  # against the direction in which the ways are drawn

    @property
    def share(self) -> float:
        """The traffic of a lane at the rim, relative to other classes."""
        return CLASSES[self.road_class].share

    @property
    def has_turn_lanes(self) -> bool:
        """Whether the map says where the lanes lead."""
        wanted = {"turn:lanes:backward"} if self.is_backward else {"turn:lanes", "turn:lanes:forward"}
        return any(wanted & way.tags for way in self.ways)

    @property
    def is_split_by_guess(self) -> bool:
        """Whether an odd number of lanes was divided between two directions of which the map does not say more."""
        return any(_is_odd(way) for way in self.ways)


def read_mapped_roads(net: Path, extract: Extract) -> dict[str, MappedRoad]:
    """The roads by name, in the order of the file.

    Args:
        net: the network that netconvert made.
        extract: of which it was made.
    """
    root = read_document(net, (Kind.NETWORK,), ("edge", "lane", "param"), NetworkError).root
    return {edge.text("id"): _mapped(edge, extract.ways) for edge in root.named("edge") if is_road(edge)}


def _mapped(edge: Element, ways: Mapping[str, Way]) -> MappedRoad:
    names = [name for lane in edge.named("lane") for name in _parameter(lane, "origId").split()]
    own = tuple(ways[name] for name in dict.fromkeys(names) if name in ways)
    return MappedRoad(
        street=next((way.name for way in own if way.name), ""),  # netconvert escapes some letters of it twice
        road_class=class_of(edge.find("type") or "") or UNKNOWN,
        ways=own,
        lacking=frozenset(_parameter(edge, "osmDefaults").split()),
        is_backward=edge.text("id").startswith(BACKWARD),
    )


def _parameter(element: Element, key: str) -> str:
    return next((each.find("value") or "" for each in element.named("param") if each.find("key") == key), "")


def _is_odd(way: Way) -> bool:
    """Whether a way of two directions has an odd number of lanes, and the map does not say how many lead on."""
    is_divided = "oneway" in way.tags or any(tag in way.tags for tag in ("lanes:forward", "lanes:backward"))
    lanes = int(way.lanes) if LANE_COUNT.fullmatch(way.lanes) else 0
    return lanes > 1 and lanes % 2 == 1 and not is_divided
