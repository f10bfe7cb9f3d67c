"""Right-angled street layouts: from sites and the streets between them to a Network."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np

from traffic_marl.errors import NetworkError, suggest_of_many
from traffic_marl.network.assemble import build_network
from traffic_marl.network.checks import check_phases
from traffic_marl.network.generators.layout import SIDES, StreetLayout, exact, opposite, road_name, turned
from traffic_marl.network.generators.phase_choice import check_names, table_at
from traffic_marl.network.generators.pockets import (
    SIGHT,
    TAPER,
    check_lengths,
    check_use,
    part_name,
    widening_movement,
    widening_name,
)
from traffic_marl.network.geometry import cubic
from traffic_marl.network.model import TURNS, Connection, Lane, Line, Movement, Node, Point, Road
from traffic_marl.network.network import Network

ARM = {"left": 0.4, "through": 0.4, "right": 0.55}  # of a curve, as a share of the way to where its tangents meet
DIRECTION: dict[str, Point] = {"E": (1.0, 0.0), "N": (0.0, 1.0), "W": (-1.0, 0.0), "S": (0.0, -1.0)}


def build(layout: StreetLayout) -> Network:
    """The network of a layout, with its phase tables checked.

    Raises:
        NetworkError: an approach without a movement, more lanes than its movements can use, paths that cross in a
            phase, or phases, lanes or pockets of an intersection or a road that does not exist.
    """
    _check(layout)
    names = [layout.node_name(label) for label in layout.sites if label not in layout.rim]
    nodes = [_node(layout, label) for label in layout.sites]
    legs = [(label, side) for label in layout.sites for side in SIDES if side in layout.legs[label]]
    roads = [road for label, side in legs for road in _roads(layout, label, side)]
    nodes += [node for label, side in legs for node in _widenings(layout, label, side)]
    network = build_network(nodes, roads, SIGHT if layout.pockets.exist else 0.0)
    check_phases(network, [name for name in names if layout.phases.permits_lefts(name)])
    return network


def _check(layout: StreetLayout) -> None:
    """Checks names in the layout, and the pockets of its roads."""
    check_names(layout.phases, [layout.node_name(label) for label in layout.sites if label not in layout.rim])
    _check_road_names(layout)
    check_use(layout.pockets, {road: layout.approaches[at] for road, at in layout.roads.items()})
    for road, at in layout.roads.items():
        check_lengths(layout.pockets, road, layout.parts[at], _length(layout, *at))


def _check_road_names(layout: StreetLayout) -> None:
    """Checks that each road with lanes of its own exists.

    Raises:
        NetworkError: one does not.
    """
    for name in layout.road_lanes:
        if name not in layout.roads:
            raise NetworkError(
                f"road_lanes[{name}]", "there is no road of this name", suggest_of_many(name, layout.roads)
            )


def _length(layout: StreetLayout, label: str, side: str) -> float:
    """[m] Of the road that enters a site from a side, from its start to its end."""
    (x, y), (u, v) = layout.sites[label], layout.sites[layout.legs[label][side]]
    ends = sum(layout.width for end in (label, layout.legs[label][side]) if end not in layout.rim)
    return abs(x - u) + abs(y - v) - ends


def _roads(layout: StreetLayout, label: str, side: str) -> Iterator[Road]:
    """The parts of the road that leaves a site on a side."""
    at = (layout.legs[label][side], opposite(side))
    name, parts = road_name(label, side), layout.parts[at]
    nodes = [
        (layout.node_name(label), layout.sites[label]),
        *((widening_name(name, place), _begin(layout, at, part.pocket)) for place, part in enumerate(parts) if place),
        (layout.node_name(at[0]), layout.sites[at[0]]),
    ]
    x, y = DIRECTION[turned(side, "right")]
    for place, part in enumerate(parts):
        inner = part.lanes[0] * layout.lane_width  # [m] from the centre of the street
        (start, first), (end, last) = nodes[place : place + 2]
        yield Road(
            name=part_name(name, place),
            start=start,
            end=end,
            points=tuple((u + x * inner, v + y * inner) for u, v in (first, last)),
            lanes=(Lane(layout.lane_width, layout.streets[label, side].limit),) * len(part.lanes),
        )


def _begin(layout: StreetLayout, at: tuple[str, str], pocket: float) -> Point:
    """[m] Middle of the junction at which pockets of this length begin, on the way into a site from a side."""
    away = exact(layout.width + pocket + TAPER / 2)
    (x, y), (u, v) = layout.sites[at[0]], DIRECTION[at[1]]
    return x + u * away, y + v * away


def _widenings(layout: StreetLayout, label: str, side: str) -> Iterator[Node]:
    """The junctions on the road that leaves a site on a side at which pockets begin."""
    at = (layout.legs[label][side], opposite(side))
    name, parts, limit = road_name(label, side), layout.parts[at], layout.streets[label, side].limit
    for place in range(1, len(parts)):
        yield Node(
            name=widening_name(name, place),
            position=_begin(layout, at, parts[place].pocket),
            width=TAPER / 2,
            virtual=False,
            movements=(widening_movement(name, place, parts[place - 1], parts[place], limit),),
            yields=(),
        )


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
        name=layout.node_name(label),
        position=layout.sites[label],
        width=layout.width,
        virtual=False,
        movements=tuple(_movement(layout, label, side, turn) for side, turn in streams),
        rows=table_at(layout.phases, layout.node_name(label), streams),
    )


def _movement(layout: StreetLayout, label: str, side: str, turn: str) -> Movement:
    """A movement whose every lane reaches every lane of the road it leads to, where that road begins."""
    exit_side = turned(opposite(side), turn)
    other = (layout.legs[label][exit_side], opposite(exit_side))
    entering = [index for index, lane in enumerate(layout.approaches[label, side]) if turn in lane]
    exits = layout.parts[other][0].lanes
    if len(entering) > len(exits):
        what = f"{len(entering)} lanes go {turn} at {layout.node_name(label)} from {side}, into {len(exits)}"
        raise NetworkError("lanes", what, "remove lanes, or give the road they lead to more lanes")
    offsets = {index: (index + 0.5) * layout.lane_width for index in (*entering, *exits)}
    return Movement(
        from_road=part_name(layout.entering(label, side), len(layout.parts[label, side]) - 1),
        to_road=road_name(label, exit_side),
        turn=turn,
        connections=tuple(
            Connection(
                from_lane=index,
                to_lane=exits.index(exit_lane),
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
