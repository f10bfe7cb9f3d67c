"""Edges of SUMO's networks, read as roads: their lanes for cars, from the centre line outwards."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from traffic_marl.errors import one_line
from traffic_marl.network.formats.sumo.elements import SHOWN, Element, number_or_none
from traffic_marl.network.model import (
    FARTHEST,
    FASTEST,
    LONGEST,
    NARROWEST,
    SHORTEST,
    SLOWEST,
    WIDEST,
    Lane,
    Line,
    Point,
    Road,
)
from traffic_marl.remarks import RemarkBook

CAR = "passenger"  # SUMO's class of vehicles whose lanes are read
USUAL_WIDTH = 3.2  # [m] of a lane without a width
CLOSE = 1e-3  # [m] points nearer to each other count as one


class Inner(NamedTuple):
    """A lane inside a junction."""

    line: Line
    length: float  # [m]
    limit: float  # [m/s]


class Edge(NamedTuple):
    """An edge with lanes for cars."""

    road: Road
    numbers: dict[int, int]  # SUMO's number of a lane, counted from the kerb: ours, counted from the centre line


def allows_cars(element: Element) -> bool:
    """Whether cars may use a lane."""
    allowed, forbidden = (element.find(name) for name in ("allow", "disallow"))
    if allowed is not None:
        return not {CAR, "all"}.isdisjoint(allowed.split())
    return forbidden is None or {CAR, "all"}.isdisjoint(forbidden.split())


def is_road(element: Element) -> bool:
    """Whether an edge is a road, not a part of a junction or a way on foot."""
    return (element.find("function") or "normal") in ("normal", "connector")


def read_inner(elements: Sequence[Element]) -> dict[str, Inner]:
    """The lanes inside junctions, by name."""
    return {
        lane.text("id"): Inner(read_line(lane), _length(lane), _limit(lane))
        for element in elements
        if element.find("function") == "internal"
        for lane in element.named("lane")
    }


def read_edges(elements: Sequence[Element], book: RemarkBook, *, left_hand: bool = False) -> dict[str, Edge]:
    """The edges with lanes for cars, by name, in the order of the file. The book notes what is left out.

    With `left_hand` the centre of the street lies to the right of the lanes.

    Raises:
        NetworkError: an edge is wrong. The message names it.
    """
    edges: dict[str, Edge] = {}
    roads = [element for element in elements if is_road(element)]
    for element in roads:
        name = element.text("id")
        if name in edges:
            raise element.error("two edges have this id", "give each an id of its own")
        lanes = sorted(element.named("lane"), key=lambda lane: lane.index("index", 1000, "lanes"), reverse=True)
        if not lanes:
            raise element.error("it has no lane", "give at least one, or let netconvert make the network")
        kept = [lane for lane in lanes if allows_cars(lane)]
        if not kept:
            book.add(f"{{count}} of {len(roads)} edges left out, because no lane is for cars", name)
            continue
        for lane in lanes:
            if lane not in kept:
                book.add("{count} lane{s} that are not for cars left out of edges", lane.text("id"))
        edges[name] = _edge(element, kept, left_hand)
    return edges


def read_line(element: Element) -> Line:
    """The shape of a lane, with points that are the same once. It has two points at least.

    Raises:
        NetworkError: it has no point, or a coordinate is no number or out of range.
    """
    points: list[Point] = []
    for text in element.text("shape").split():
        numbers = [number_or_none(part) for part in text.split(",")]
        x, y = (*numbers, None, None)[:2]
        if x is None or y is None or max(abs(x), abs(y)) > FARTHEST:
            what = f'"shape" has {one_line(text, SHOWN)}, which is not a point'
            raise element.error(what, f"give x,y in metres, at most {FARTHEST:g} from the origin")
        if not points or math.dist(points[-1], (x, y)) >= CLOSE:
            points.append((x, y))
    if not points:
        raise element.error('"shape" has no point', "give x,y in metres, at least twice")
    return tuple(points) if len(points) > 1 else (points[0], (points[0][0] + SHORTEST, points[0][1]))


def joined_line(lines: Sequence[Line]) -> Line:
    """Lines one after the other, with points that are the same once."""
    points: list[Point] = []
    for point in (point for line in lines for point in line):
        if not points or math.dist(points[-1], point) >= CLOSE:
            points.append(point)
    return tuple(points)


def _edge(element: Element, lanes: Sequence[Element], left_hand: bool) -> Edge:
    name = element.text("id")
    read = tuple(_lane(lane) for lane in lanes)
    start, end = (element.text(name) for name in ("from", "to"))
    index = {lane.index("index", 1000, "lanes"): place for place, lane in enumerate(lanes)}
    return Edge(Road(name, start, end, _inner_edge(read[0], left_hand), read), index)


def _lane(element: Element) -> Lane:
    return Lane(
        width=element.number_or("width", USUAL_WIDTH, NARROWEST, WIDEST, "metres"),
        limit=_limit(element),
        line=read_line(element),
        length=_length(element),
    )


def _length(element: Element) -> float:
    return max(SHORTEST, element.number("length", 0.0, LONGEST, "metres"))


def _limit(element: Element) -> float:
    return max(SLOWEST, element.number("speed", 0.0, FASTEST, "metres per second"))


def _inner_edge(lane: Lane, left_hand: bool) -> Line:
    """[m] The line along the inner side of a lane, which is the centre of the street."""
    half = lane.width / (-2.0 if left_hand else 2.0)  # to the left of its centre
    points = []
    for place, (x, y) in enumerate(lane.line):
        (x0, y0), (x1, y1) = lane.line[max(place - 1, 0)], lane.line[min(place + 1, len(lane.line) - 1)]
        length = math.hypot(x1 - x0, y1 - y0)
        dx, dy = ((x1 - x0) / length, (y1 - y0) / length) if length > 0 else (1.0, 0.0)
        points.append((x - dy * half, y + dx * half))
    return tuple(points)
