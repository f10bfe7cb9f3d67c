"""CityFlow's road network files, read and written.

The format is that of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). A file written here also names the
light phases, under a key that CityFlow ignores. Rows with an empty name are shown only between two phases.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from traffic_marl.errors import NetworkError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import OTHER
from traffic_marl.network.assemble import build_network
from traffic_marl.network.formats.cityflow_nodes import ALWAYS_GREEN_TIME, TURN_OF_TYPE, read_nodes
from traffic_marl.network.formats.cityflow_shapes import read_road_line
from traffic_marl.network.formats.contents import Kind
from traffic_marl.network.formats.document import JsonValue, read_document
from traffic_marl.network.model import (
    FASTEST,
    NARROWEST,
    RANKS,
    SHORTEST,
    SLOWEST,
    WIDEST,
    Connection,
    Lane,
    Line,
    Movement,
    Node,
    Road,
    nodes_of,
    roads_of,
)
from traffic_marl.network.network import Network
from traffic_marl.remarks import RemarkBook

_WrittenLink = tuple[int, list[tuple[int, Connection]]]  # movement, and its connections with their places in it
TYPE_OF_TURN: dict[str, str] = {turn: name for name, turn in TURN_OF_TYPE.items()}
TYPE_OF_RANK = {RANKS[turn]: name for name, turn in TURN_OF_TYPE.items()} | {OTHER: "other"}
NO_PHASES = ({"time": 30.0, "availableRoadLinks": []},)  # of a node without signals; CityFlow asks for one


def read_roadnet(path: str | Path) -> Network:
    """The network of a CityFlow file. Rows of the phase tables, roads and lanes keep the file's order.

    Oddities that CityFlow passes over are taken as it takes them. The network's remarks tell them.

    Raises:
        FileError: the file cannot be read or is not JSON.
        NetworkError: it is not a road network that fits together. The message names the element.
    """
    book = RemarkBook(Path(path).name)
    document = read_document(Path(path), Kind.ROADNET, NetworkError, book)
    nodes = {entry["id"].text(): entry for entry in _distinct(document["intersections"])}
    roads = {entry["id"].text(): _road(entry, nodes, book) for entry in _distinct(document["roads"])}
    try:
        network = build_network(read_nodes(list(nodes.values()), roads, book), list(roads.values()))
    except NetworkError as error:
        if error.where.startswith(document.file):
            raise
        raise NetworkError(f"{document.file}: {error.where}", error.what, error.remedy) from error
    _tell_short(network, book)
    return replace(network, remarks=book.remarks())


def write_roadnet(network: Network, path: str | Path) -> None:
    """Writes a CityFlow file. After a failure, no part of it remains.

    Raises:
        FileError: the file cannot be written.
    """
    replace_text(Path(path), None, json.dumps(_document(network)))


def _tell_short(network: Network, book: RemarkBook) -> None:
    """Notes lane links without length. They are as long as the shortest connection, and meet no other."""
    lengths, tables = network.tables.length[len(network.lane_names) :], network.tables
    for link in (lengths <= SHORTEST).nonzero()[0].tolist():
        start, end = (network.lane_names[lane[link]] for lane in (tables.start_lane, tables.end_lane))
        book.add(f"{{count}} lane link{{s}} without length, taken as {SHORTEST:g} m long", f"{start} > {end}")


def _distinct(entries: JsonValue) -> list[JsonValue]:
    """The members of a list if no two have the same id."""
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry["id"].text()
        if name in seen:
            raise entry["id"].error(f'"{name}" is also the id of {seen[name]}', "give each an id of its own")
        seen[name] = entry.path
    return list(entries)


def _road(entry: JsonValue, nodes: dict[str, JsonValue], book: RemarkBook) -> Road:
    ends = [entry["startIntersection"], entry["endIntersection"]]
    for end in ends:
        if end.text() not in nodes:
            raise end.error(f'"{end.text()}" is not an intersection of the file', "use the id of an intersection")
    lanes = tuple(_lane(lane) for lane in entry["lanes"])
    if not lanes:
        raise entry["lanes"].error("the road has no lane", "give at least one lane")
    name = entry["id"].text()
    return Road(name, ends[0].text(), ends[1].text(), read_road_line(entry["points"], name, book), lanes)


def _lane(entry: JsonValue) -> Lane:
    return Lane(
        width=entry["width"].within(NARROWEST, WIDEST, "metres"),
        limit=entry["maxSpeed"].within(SLOWEST, FASTEST, "metres per second"),
    )


def _document(network: Network) -> dict[str, Any]:
    roads = roads_of(network.graph)
    return {
        "intersections": [_written_node(node, roads) for node in nodes_of(network.graph)],
        "roads": [
            {
                "id": road.name,
                "points": _written_line(road.points),
                "lanes": [{"width": lane.width, "maxSpeed": lane.limit} for lane in road.lanes],
                "startIntersection": road.start,
                "endIntersection": road.end,
            }
            for road in roads
        ],
    }


def _written_node(node: Node, roads: Sequence[Road]) -> dict[str, Any]:
    x, y = node.position
    links = _links(node)
    return {
        "id": node.name,
        "point": {"x": x, "y": y},
        "width": node.width,
        "roads": [road.name for road in roads if node.name in (road.start, road.end)],
        "roadLinks": [_written_link(node.movements[m], [c for _, c in members]) for m, members in links],
        "trafficLight": {
            "roadLinkIndices": list(range(len(links))),
            "lightphases": _written_phases(node, links),
        },
        "virtual": node.virtual,
    }


def _links(node: Node) -> list[_WrittenLink]:
    """The road links of a node: one a movement, or several where ranks or light phases of its connections differ."""
    links: list[_WrittenLink] = []
    for m, movement in enumerate(node.movements):

        def kind(member: tuple[int, Connection], m: int = m) -> tuple[int | None, list[bool]]:
            return member[1].rank, [(m, member[0]) in row.closed for row in node.rows]

        links += [(m, list(members)) for _, members in groupby(enumerate(movement.connections), kind)]
    return links


def _written_phases(node: Node, links: Sequence[_WrittenLink]) -> list[dict[str, Any]]:
    """The light phases of a node: those of its rows, or one that lets everybody pass at a junction without signals."""
    if node.virtual or node.rows:
        return _written_rows(node, links)
    if not links:
        return list(NO_PHASES)
    return [{"time": ALWAYS_GREEN_TIME, "availableRoadLinks": list(range(len(links))), "name": "open"}]


def _written_rows(node: Node, links: Sequence[_WrittenLink]) -> list[dict[str, Any]]:
    return [
        {
            "time": row.time,
            "availableRoadLinks": [
                index
                for index, (m, members) in enumerate(links)
                if m in row.green and (m, members[0][0]) not in row.closed
            ],
            "name": row.name,
        }
        for row in node.rows
    ]


def _written_link(movement: Movement, connections: Sequence[Connection]) -> dict[str, Any]:
    rank = connections[0].rank
    return {
        "type": TYPE_OF_TURN[movement.turn] if rank is None else TYPE_OF_RANK[rank],
        "startRoad": movement.from_road,
        "endRoad": movement.to_road,
        "laneLinks": [
            {
                "startLaneIndex": connection.from_lane,
                "endLaneIndex": connection.to_lane,
                "points": _written_line(connection.line),
            }
            for connection in connections
        ],
    }


def _written_line(line: Line) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in line]
