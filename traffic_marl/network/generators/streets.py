"""Right-angled street layouts: from sites and the streets between them to a Network.

Sides and headings are compass points: x grows to the east, y to the north. Traffic drives on the right. Coordinates are
whole multiples of 1/64 m, so that they are exact as floating point numbers and as decimals in a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from traffic_marl.errors import NetworkError
from traffic_marl.network.assemble import build_network
from traffic_marl.network.checks import check_phases
from traffic_marl.network.generators.phase_sets import phase_table
from traffic_marl.network.geometry import cubic
from traffic_marl.network.model import TURNS, Connection, Lane, Line, Movement, Node, Point, Road, Turn
from traffic_marl.network.network import Network

SIDES = ("E", "N", "W", "S")  # counterclockwise
QUARTERS = {"left": 1, "through": 0, "right": -1}  # [90 degrees] counterclockwise
ARM = {"left": 0.4, "through": 0.4, "right": 0.55}  # of a curve, as a share of the way to where its tangents meet
GRAIN = 64  # [1/m] coordinates are multiples of 1 / GRAIN
MARGIN = 3.0  # [m] from the kerb of the crossing street to the stop line, unless a width is given

Lanes = tuple[tuple[Turn, ...], ...]  # turns that each lane of an approach allows, from the centre line outwards


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
    phases: str  # one of PHASE_SETS

    @cached_property
    def approaches(self) -> dict[tuple[str, str], Lanes]:
        """Lanes of the road that enters a site from a side, by label and side."""
        return {(label, side): _approach_lanes(self, label, side) for label in self.sites for side in self.legs[label]}


def build(layout: StreetLayout) -> Network:
    """The network of a layout, with its phase tables checked.

    Raises:
        NetworkError: an approach without a movement, more lanes than its movements can use, or paths that cross in
            a phase.
    """
    roads = [_road(layout, label, side) for label in layout.sites for side in SIDES if side in layout.legs[label]]
    network = build_network([_node(layout, label) for label in layout.sites], roads)
    check_phases(network, permitted_lefts=layout.phases == "two")
    return network


def exact(length: float) -> float:
    """The multiple of 1 / GRAIN next to a length, [m]."""
    return round(length * GRAIN) / GRAIN


def turned(heading: str, turn: str) -> str:
    """The heading after a turn from this heading."""
    return SIDES[(SIDES.index(heading) + QUARTERS[turn]) % 4]


def opposite(side: str) -> str:
    """The side across."""
    return SIDES[(SIDES.index(side) + 2) % 4]


def smallest_width(streets: Sequence[Street], lane_width: float) -> float:
    """[m] Half of the widest street; stop lines closer to the centre would lie on the crossing lanes."""
    return max(len(street.lanes) for street in streets) * lane_width


def default_width(streets: Sequence[Street], lane_width: float) -> float:
    """[m] From centre to stop line: beyond the crossing lanes, with room for opposite left turns to pass."""
    lefts = max(sum("left" in lane for lane in street.lanes) for street in streets)
    least = smallest_width(streets, lane_width)
    return max(least + MARGIN, least + (lefts - 1) * lane_width)


def node_name(layout: StreetLayout, label: str) -> str:
    """Name of a site's node."""
    return label if label in layout.rim else f"intersection_{label}"


def _approach_lanes(layout: StreetLayout, label: str, side: str) -> Lanes:
    """Lanes of the road that enters a site from a side, of which each has a turn that exists there.

    At the rim these are all lanes of the street, without a turn.
    """
    lanes = layout.streets[label, side].lanes
    if label in layout.rim:
        return tuple(() for _ in lanes)
    heading = opposite(side)
    existing = {turn for turn in TURNS if turned(heading, turn) in layout.legs[label]}
    possible = [tuple(turn for turn in TURNS if turn in lane and turn in existing) for lane in lanes]
    kept = tuple(lane for lane in possible if lane)
    if not kept:
        what = f"the approach of {node_name(layout, label)} from {side} has no movement"
        raise NetworkError("lanes", what, "allow a turn that exists there, or leave the leg out")
    return kept


def _road(layout: StreetLayout, label: str, side: str) -> Road:
    """The road that leaves a site on a side."""
    other = layout.legs[label][side]
    count = len(layout.approaches[other, opposite(side)])
    return Road(
        name=_road_name(label, side),
        start=node_name(layout, label),
        end=node_name(layout, other),
        points=(layout.sites[label], layout.sites[other]),
        lanes=(Lane(layout.lane_width, layout.streets[label, side].limit),) * count,
    )


def _road_name(label: str, side: str) -> str:
    return f"road_{label}_{side}"


def _node(layout: StreetLayout, label: str) -> Node:
    if label in layout.rim:
        return Node(label, layout.sites[label], width=0.0, virtual=True)
    streams = [
        (side, turn)
        for side in SIDES
        if side in layout.legs[label]
        for turn in TURNS
        if any(turn in lane for lane in layout.approaches[label, side])
    ]
    return Node(
        name=node_name(layout, label),
        position=layout.sites[label],
        width=layout.width,
        virtual=False,
        movements=tuple(_movement(layout, label, side, turn) for side, turn in streams),
        rows=phase_table(layout.phases, streams),
    )


def _movement(layout: StreetLayout, label: str, side: str, turn: str) -> Movement:
    """A movement whose every lane reaches every lane of the road it leads to."""
    exit_side = turned(opposite(side), turn)
    other = layout.legs[label][exit_side]
    entering = [index for index, lane in enumerate(layout.approaches[label, side]) if turn in lane]
    exits = range(len(layout.approaches[other, opposite(exit_side)]))
    if len(entering) > len(exits):
        what = f"{len(entering)} lanes go {turn} at {node_name(layout, label)} from {side}, into {len(exits)}"
        raise NetworkError("lanes", what, "remove lanes, or give the road they lead to more lanes")
    offsets = {index: (index + 0.5) * layout.lane_width for index in (*entering, *exits)}
    return Movement(
        from_road=_road_name(layout.legs[label][side], opposite(side)),
        to_road=_road_name(label, exit_side),
        turn=turn,
        connections=tuple(
            Connection(
                from_lane=index,
                to_lane=exit_lane,
                line=_placed(
                    _curve(turn, offsets[index], offsets[exit_lane], layout.width), opposite(side), layout.sites[label]
                ),
            )
            for index, exit_lane in product(entering, exits)
        ),
    )


@lru_cache(maxsize=1024)
def _curve(turn: str, start: float, end: float, width: float) -> Line:
    """Path through an intersection at (0, 0) for traffic that heads north, [m].

    Args:
        turn: one of TURNS.
        start: [m] of the lane it leaves, from the centre line.
        end: [m] of the lane it enters, from the centre line.
        width: [m] of the intersection.
    """
    if turn == "left":
        target, arms, back = (-width, end), (width + end, width + start), (1.0, 0.0)
    elif turn == "right":
        target, arms, back = (width, -end), (width - end, width - start), (-1.0, 0.0)
    else:
        target, arms, back = (end, width), (2 * width, 2 * width), (0.0, -1.0)
    first, last = np.array((start, -width)), np.array(target)
    away = first + ARM[turn] * arms[0] * np.array((0.0, 1.0))
    towards = last + ARM[turn] * arms[1] * np.array(back)
    return tuple((exact(x), exact(y)) for x, y in cubic(first, away, towards, last).tolist())


def _placed(line: Line, heading: str, centre: Point) -> Line:
    """A line drawn for traffic that heads north, turned to another heading and moved to an intersection."""
    x, y = centre
    if heading == "N":
        return tuple((x + u, y + v) for u, v in line)
    if heading == "W":
        return tuple((x - v, y + u) for u, v in line)
    if heading == "S":
        return tuple((x - u, y - v) for u, v in line)
    return tuple((x + v, y - u) for u, v in line)
