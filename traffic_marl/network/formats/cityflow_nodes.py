"""Intersections of CityFlow's road network files, with defaults and gaps as CityFlow takes them.

The oddities that CityFlow passes over are noted in a book of remarks. The same movement given as several road links is
one movement, whose connections keep the light phases of their own links.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from traffic_marl.kernels.tables import OTHER
from traffic_marl.network.formats.cityflow_shapes import read_line, read_point
from traffic_marl.network.formats.document import JsonValue
from traffic_marl.network.model import (
    LONGEST,
    LONGEST_TIME,
    RANKS,
    Connection,
    Movement,
    Node,
    PhaseRow,
    Road,
    Turn,
)
from traffic_marl.remarks import RemarkBook

TURN_OF_TYPE: dict[str, Turn] = {"turn_left": "left", "go_straight": "through", "turn_right": "right"}
THROUGH_WITHIN = math.pi / 4  # a course that turns by less than this is through
ALWAYS_GREEN_TIME = 30.0  # [s] of the row that an intersection without light phases gets


class _Link(NamedTuple):
    """A road link that has lane links."""

    place: int  # among the road links of the intersection
    entry: JsonValue
    movement: Movement  # with these lane links only


class _Member(NamedTuple):
    """A connection of a movement."""

    link: int  # index of the road link it comes from
    connection: Connection


def read_nodes(entries: Sequence[JsonValue], roads: dict[str, Road], book: RemarkBook) -> list[Node]:
    """The intersections of a file, in its order.

    Args:
        entries: the intersections in the file.
        roads: by name.
        book: notes the oddities.

    Raises:
        NetworkError: an element is wrong. The message names it.
    """
    nodes = [_virtual(each, book) if each["virtual"].flag() else _real(each, roads, book) for each in entries]
    if all(is_open(node) for node in nodes if node.signalised):
        return nodes  # without any signal there would be nothing to control
    for node in nodes:
        if node.signalised and is_open(node):
            told = "{count} node{s} with one light phase that lets everybody pass, taken as junctions without signals"
            book.add(told, node.name)
    return [replace(node, rows=()) if node.signalised and is_open(node) else node for node in nodes]


def is_open(node: Node) -> bool:
    """Whether a node has one row, in which all its connections are green."""
    return len(node.rows) == 1 and len(node.rows[0].green) == len(node.movements) and not node.rows[0].closed


def _virtual(entry: JsonValue, book: RemarkBook) -> Node:
    """A node of whose width, road links and light phases CityFlow reads nothing."""
    name, links, width = entry["id"].text(), entry.find("roadLinks"), entry.find("width")
    if links is not None and links.value:
        error = entry["virtual"].error(f"{name} is virtual but has road links", "remove them or give it signals")
        book.add("road links of {count} virtual intersection{s} ignored, as in CityFlow", name, error)
    given = width is not None and isinstance(width.value, int | float) and 0.0 <= width.value <= LONGEST
    return Node(name, read_point(entry["point"]), float(width.value) if width and given else 0.0, virtual=True)


def _real(entry: JsonValue, roads: dict[str, Road], book: RemarkBook) -> Node:
    name = entry["id"].text()
    links = [_link(each, index, name, roads, book) for index, each in enumerate(entry["roadLinks"])]
    groups = _grouped([link for link in links if link is not None], book)
    movements = tuple(_joined(group) for group in groups.values())
    node = Node(
        name=name,
        position=read_point(entry["point"]),
        width=entry["width"].within(0.0, LONGEST, "metres"),
        virtual=False,
        movements=movements,
    )
    if not movements:
        error = entry["virtual"].error(
            f"{name} is not virtual but has no movement", "make it virtual or add road links"
        )
        book.add("{count} intersection{s} without road links, so without signals, although not virtual", name, error)
        return node
    return replace(node, rows=_rows(entry, len(links), [_members(group) for group in groups.values()], book))


def _link(entry: JsonValue, index: int, node: str, roads: dict[str, Road], book: RemarkBook) -> _Link | None:
    """A road link; None where it has no lane links."""
    entering = _named_road(entry["startRoad"], roads)
    if entering.end != node:
        raise entry["startRoad"].error(f"{entering.name} ends at {entering.end}", f"use a road that ends at {node}")
    leaving = _named_road(entry["endRoad"], roads)
    if leaving.start != node:
        raise entry["endRoad"].error(f"{leaving.name} starts at {leaving.start}", f"use one that starts at {node}")
    where = f"{entry.path} ({entering.name} > {leaving.name})"
    turn, kind = _turn(entry["type"], entering, leaving), entry["type"].text_or_nothing()
    connections = [_connection(each, entering, leaving) for each in entry["laneLinks"]]
    if not connections:
        error = entry["laneLinks"].error("the list is empty", "give at least one lane link")
        book.add("{count} road link{s} without lane links left out", where, error)
        return None
    if len({(connection.from_lane, connection.to_lane) for connection in connections}) < len(connections):
        error = entry["laneLinks"].error("two lane links join the same lanes", "remove one of them")
        book.add("{count} road link{s} with lane links given several times, of which the first counts", where, error)
    if kind not in TURN_OF_TYPE:
        error = entry["type"].error(f'"{kind}" is not a turn', f"use one of {', '.join(TURN_OF_TYPE)}")
        told = (
            "{count} road link{s} of other types than "
            + ", ".join(TURN_OF_TYPE)
            + ", yielding to all others as in CityFlow"
        )
        book.add(told, f"{where}, which is of type {kind!r} and goes {turn}", error)
        connections = [replace(connection, rank=OTHER) for connection in connections]
    return _Link(index, entry, Movement(entering.name, leaving.name, turn, tuple(connections)))


def _turn(entry: JsonValue, entering: Road, leaving: Road) -> Turn:
    """The turn of a road link: that of its type, else by its course. To turn back is to turn left."""
    if entry.text_or_nothing() in TURN_OF_TYPE:
        return TURN_OF_TYPE[entry.value]
    (x, y), (u, v) = entering.points[-2:]
    (p, q), (r, s) = leaving.points[:2]
    ahead, aside = (u - x, v - y), (r - p, s - q)
    angle = math.atan2(ahead[0] * aside[1] - ahead[1] * aside[0], ahead[0] * aside[0] + ahead[1] * aside[1])
    if abs(angle) < THROUGH_WITHIN:
        return "through"
    return "right" if -math.pi + THROUGH_WITHIN < angle < 0 else "left"


def _named_road(entry: JsonValue, roads: dict[str, Road]) -> Road:
    if entry.text() not in roads:
        raise entry.error(f'"{entry.text()}" is not a road of the file', "use the id of a road")
    return roads[entry.text()]


def _connection(entry: JsonValue, entering: Road, leaving: Road) -> Connection:
    points = entry.find("points")
    return Connection(
        from_lane=entry["startLaneIndex"].index(len(entering.lanes), f"lanes of {entering.name}"),
        to_lane=entry["endLaneIndex"].index(len(leaving.lanes), f"lanes of {leaving.name}"),
        line=() if points is None or not list(points) else read_line(points),
    )


def _grouped(links: Sequence[_Link], book: RemarkBook) -> dict[tuple[str, str], list[_Link]]:
    """The links of each movement, by the roads that it joins."""
    groups: dict[tuple[str, str], list[_Link]] = {}
    for link in links:
        groups.setdefault((link.movement.from_road, link.movement.to_road), []).append(link)
    for (entering, leaving), group in groups.items():
        if len(group) > 1:
            what = f"the movement {entering} -> {leaving} is given twice"
            error = group[1].entry.error(what, "put its lane links into one road link")
            kind = "{count} movement{s} given as several road links, which are joined"
            book.add(kind, f"{entering} > {leaving} ({group[1].entry.path})", error)
    return groups


def _members(group: Sequence[_Link]) -> list[_Member]:
    """The connections of a movement. Of two between the same lanes only the first is ever driven."""
    members: list[_Member] = []
    known: set[tuple[int, int]] = set()  # lanes that are joined
    turn = group[0].movement.turn
    for link in group:
        rank = None if link.movement.turn == turn else RANKS[link.movement.turn]
        for connection in link.movement.connections:
            if (connection.from_lane, connection.to_lane) not in known:
                known.add((connection.from_lane, connection.to_lane))
                own = rank if connection.rank is None else connection.rank
                members.append(_Member(link.place, replace(connection, rank=own)))
    return members


def _joined(group: Sequence[_Link]) -> Movement:
    return replace(group[0].movement, connections=tuple(member.connection for member in _members(group)))


def _rows(
    entry: JsonValue, links: int, movements: Sequence[Sequence[_Member]], book: RemarkBook
) -> tuple[PhaseRow, ...]:
    """The phase table; one row in which all movements are green where the file has none."""
    light = entry.find("trafficLight")
    phases = None if light is None or light.value is None else light.find("lightphases")
    rows = () if phases is None or phases.value is None else tuple(phases)
    if rows:
        return tuple(_row(phase, index, links, movements) for index, phase in enumerate(rows))
    name, remedy = entry["id"].text(), "add a light phase or make it virtual"
    error = (phases or light or entry).error(f"{name} is not virtual but has no light phase", remedy)
    book.add("{count} intersection{s} without light phases, where all movements are always green", name, error)
    return (PhaseRow("phase 0", tuple(range(len(movements))), ALWAYS_GREEN_TIME),)


def _row(entry: JsonValue, index: int, links: int, movements: Sequence[Sequence[_Member]]) -> PhaseRow:
    name = entry.find("name")
    named = {link.index(links, "road links of the intersection") for link in entry["availableRoadLinks"]}
    green = tuple(m for m, members in enumerate(movements) if any(member.link in named for member in members))
    return PhaseRow(
        name=f"phase {index}" if name is None else name.text_or_nothing(),
        green=green,
        time=entry["time"].within(0.0, LONGEST_TIME, "seconds"),
        closed=tuple((m, c) for m in green for c, member in enumerate(movements[m]) if member.link not in named),
    )
