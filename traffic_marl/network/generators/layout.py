"""Right-angled street layouts: sites, the streets between them, and the lanes of each approach.

Sides and headings are compass points: x grows to the east, y to the north. Traffic drives on the right. Coordinates are
whole multiples of 1/64 m, so that they are exact as floating point numbers and as decimals in a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.phase_choice import PhaseChoice
from traffic_marl.network.generators.pockets import Lanes, Part, PocketChoice, parts_of
from traffic_marl.network.model import TURNS, Point

SIDES = ("E", "N", "W", "S")  # counterclockwise
QUARTERS = {"left": 1, "through": 0, "right": -1}  # [90 degrees] counterclockwise
GRAIN = 64  # [1/m] coordinates are multiples of 1 / GRAIN
MARGIN = 3.0  # [m] from the kerb of the crossing street to the stop line, unless a width is given


@dataclass(frozen=True)
class Street:
    """Lanes and speed limit of the roads of a street, the same in both directions."""

    lanes: Lanes
    limit: float  # [m/s]


@dataclass(frozen=True)
class StreetLayout:
    """Sites and their legs. A label such as `2_1` makes the names `intersection_2_1` and `road_2_1_E`."""

    sites: dict[str, Point]  # [m] by label, in the order of the network
    rim: frozenset[str]  # labels of the sites where the network ends
    legs: dict[str, dict[str, str]]  # label -> side -> label of the site next to it on that side
    streets: dict[tuple[str, str], Street]  # by label and side of the leg, the same at both of its ends
    width: float  # [m] of the intersections
    lane_width: float  # [m]
    phases: PhaseChoice
    road_lanes: Mapping[str, Lanes] = field(default_factory=dict)  # of roads unlike their street, by name
    pockets: PocketChoice = field(default_factory=PocketChoice)

    @cached_property
    def approaches(self) -> dict[tuple[str, str], Lanes]:
        """Lanes of the road that enters a site from a side, by label and side."""
        return {(label, side): _approach_lanes(self, label, side) for label in self.sites for side in self.legs[label]}

    @cached_property
    def parts(self) -> dict[tuple[str, str], list[Part]]:
        """The parts of the road that enters a site from a side, by label and side."""
        return {at: parts_of(lanes, self.pockets.of(self.entering(*at))) for at, lanes in self.approaches.items()}

    def node_name(self, label: str) -> str:
        """Name of a site's node."""
        return label if label in self.rim else f"intersection_{label}"

    def entering(self, label: str, side: str) -> str:
        """Name of the road that enters a site from a side."""
        return road_name(self.legs[label][side], opposite(side))

    @cached_property
    def roads(self) -> dict[str, tuple[str, str]]:
        """Names of all roads, each with the label and the side of the site that it enters."""
        return {self.entering(label, side): (label, side) for label in self.sites for side in self.legs[label]}


def road_name(label: str, side: str) -> str:
    """Name of the road that leaves a site on a side."""
    return f"road_{label}_{side}"


def exact(length: float) -> float:
    """The multiple of 1 / GRAIN next to a length, [m]."""
    return round(length * GRAIN) / GRAIN


def turned(heading: str, turn: str) -> str:
    """The heading after a turn from this heading."""
    return SIDES[(SIDES.index(heading) + QUARTERS[turn]) % 4]


def opposite(side: str) -> str:
    """The side across."""
    return SIDES[(SIDES.index(side) + 2) % 4]


def smallest_width(lanes: Sequence[Lanes], lane_width: float) -> float:
    """[m] Half of the widest street; stop lines closer to the centre would lie on the crossing lanes."""
    return max(map(len, lanes)) * lane_width


def default_width(lanes: Sequence[Lanes], lane_width: float) -> float:
    """[m] From centre to stop line: beyond the crossing lanes, with room for opposite left turns to pass."""
    lefts = max(sum("left" in lane for lane in each) for each in lanes)
    least = smallest_width(lanes, lane_width)
    return max(least + MARGIN, least + (lefts - 1) * lane_width)


def _approach_lanes(layout: StreetLayout, label: str, side: str) -> Lanes:
    """Lanes of the road that enters a site from a side, of which each has a turn that exists there.

    At the rim these are all lanes of the street, without a turn.
    """
    lanes = layout.road_lanes.get(layout.entering(label, side), layout.streets[label, side].lanes)
    if label in layout.rim:
        return tuple(() for _ in lanes)
    heading = opposite(side)
    existing = {turn for turn in TURNS if turned(heading, turn) in layout.legs[label]}
    possible = [tuple(turn for turn in TURNS if turn in lane and turn in existing) for lane in lanes]
    kept = tuple(lane for lane in possible if lane)
    if not kept:
        what = f"the approach of {layout.node_name(label)} from {side} has no movement"
        raise NetworkError("lanes", what, "allow a turn that exists there, or leave the leg out")
    return kept
