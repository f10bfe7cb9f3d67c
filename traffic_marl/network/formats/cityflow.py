"""CityFlow's road network files, read and written.

The format is that of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). A file written here also names the
light phases, under a key that CityFlow ignores. Rows with an empty name are shown only between two phases.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traffic_marl.errors import NetworkError
from traffic_marl.files import replace_text
from traffic_marl.network.assemble import build_network
from traffic_marl.network.formats.document import JsonValue, read_document
from traffic_marl.network.model import (
    FARTHEST,
    FASTEST,
    LONGEST,
    LONGEST_TIME,
    NARROWEST,
    SLOWEST,
    WIDEST,
    Connection,
    Lane,
    Line,
    Movement,
    Node,
    PhaseRow,
    Point,
    Road,
    nodes_of,
    roads_of,
)
from traffic_marl.network.network import Network

TURN_OF_TYPE = {"turn_left": "left", "go_straight": "through", "turn_right": "right"}
TYPE_OF_TURN = {turn: name for name, turn in TURN_OF_TYPE.items()}


def read_roadnet(path: str | Path) -> Network:
    """The network of a CityFlow file. Rows of the phase tables, roads and lanes keep the file's order.

    Raises:
        FileError: the file cannot be read or is not JSON.
        NetworkError: it is not a road network that fits together. The message names the element.
    """
    document = read_document(Path(path), "a road network", NetworkError)
    nodes = {entry["id"].text(): entry for entry in _distinct(document["intersections"])}
    roads = {entry["id"].text(): _road(entry, nodes) for entry in _distinct(document["roads"])}
    try:
        return build_network([_node(entry, roads) for entry in nodes.values()], list(roads.values()))
    except NetworkError as error:
        if error.where.startswith(document.file):
            raise
        raise NetworkError(f"{document.file}: {error.where}", error.what, error.remedy) from error


def write_roadnet(network: Network, path: str | Path) -> None:
    """Writes a CityFlow file. After a failure, no part of it remains.

    Raises:
        FileError: the file cannot be written.
    """
    replace_text(Path(path), None, json.dumps(_document(network)))


def _distinct(entries: JsonValue) -> list[JsonValue]:
    """The members of a list if no two have the same id."""
    seen: dict[str, str] = {}
    for entry in entries:
        name = entry["id"].text()
        if name in seen:
            raise entry["id"].error(f'"{name}" is also the id of {seen[name]}', "give each an id of its own")
        seen[name] = entry.path
    return list(entries)


def _road(entry: JsonValue, nodes: dict[str, JsonValue]) -> Road:
    ends = [entry["startIntersection"], entry["endIntersection"]]
    for end in ends:
        if end.text() not in nodes:
            raise end.error(f'"{end.text()}" is not an intersection of the file', "use the id of an intersection")
    lanes = tuple(_lane(lane) for lane in entry["lanes"])
    if not lanes:
        raise entry["lanes"].error("the road has no lane", "give at least one lane")
    return Road(entry["id"].text(), ends[0].text(), ends[1].text(), _line(entry["points"]), lanes)


def _lane(entry: JsonValue) -> Lane:
    return Lane(
        width=entry["width"].within(NARROWEST, WIDEST, "metres"),
        limit=entry["maxSpeed"].within(SLOWEST, FASTEST, "metres per second"),
    )


def _node(entry: JsonValue, roads: dict[str, Road]) -> Node:
    virtual = entry["virtual"].flag()
    links = [] if virtual and entry.find("roadLinks") is None else list(entry["roadLinks"])
    movements = tuple(_movement(link, entry["id"].text(), roads) for link in links)
    return Node(
        name=entry["id"].text(),
        position=_point(entry["point"]),
        width=entry["width"].within(0.0, LONGEST, "metres"),
        virtual=virtual,
        movements=movements,
        rows=() if virtual else _rows(entry["trafficLight"]["lightphases"], len(movements)),
    )


def _movement(entry: JsonValue, node: str, roads: dict[str, Road]) -> Movement:
    turn = entry["type"]
    if turn.text() not in TURN_OF_TYPE:
        raise turn.error(f'"{turn.text()}" is not a turn', f"use one of {', '.join(TURN_OF_TYPE)}")
    entering = _named_road(entry["startRoad"], roads)
    if entering.end != node:
        raise entry["startRoad"].error(f"{entering.name} ends at {entering.end}", f"use a road that ends at {node}")
    leaving = _named_road(entry["endRoad"], roads)
    if leaving.start != node:
        raise entry["endRoad"].error(f"{leaving.name} starts at {leaving.start}", f"use one that starts at {node}")
    connections = tuple(_connection(link, entering, leaving) for link in entry["laneLinks"])
    if not connections:
        raise entry["laneLinks"].error("the list is empty", "give at least one lane link")
    return Movement(entering.name, leaving.name, TURN_OF_TYPE[turn.text()], connections)


def _named_road(entry: JsonValue, roads: dict[str, Road]) -> Road:
    if entry.text() not in roads:
        raise entry.error(f'"{entry.text()}" is not a road of the file', "use the id of a road")
    return roads[entry.text()]


def _connection(entry: JsonValue, entering: Road, leaving: Road) -> Connection:
    points = entry.find("points")
    return Connection(
        from_lane=entry["startLaneIndex"].index(len(entering.lanes), f"lanes of {entering.name}"),
        to_lane=entry["endLaneIndex"].index(len(leaving.lanes), f"lanes of {leaving.name}"),
        line=() if points is None or not list(points) else _line(points),
    )


def _rows(entry: JsonValue, movements: int) -> tuple[PhaseRow, ...]:
    rows = tuple(_row(phase, index, movements) for index, phase in enumerate(entry))
    if not rows:
        raise entry.error(
            "an intersection that is not virtual has no light phase", "add a light phase or make it virtual"
        )
    return rows


def _row(entry: JsonValue, index: int, movements: int) -> PhaseRow:
    name = entry.find("name")
    green = {link.index(movements, "road links of the intersection") for link in entry["availableRoadLinks"]}
    return PhaseRow(
        name=f"phase {index}" if name is None else name.text_or_nothing(),
        green=tuple(sorted(green)),
        time=entry["time"].within(0.0, LONGEST_TIME, "seconds"),
    )


def _line(entry: JsonValue) -> Line:
    points = tuple(_point(point) for point in entry)
    if len(points) < 2:
        raise entry.error("a course needs at least two points", "give its start and its end")
    if all(point == points[0] for point in points):
        raise entry.error("its points are all the same, so its length is zero", "give its course in metres")
    return points


def _point(entry: JsonValue) -> Point:
    x, y = (entry[axis].within(-FARTHEST, FARTHEST, "metres") for axis in ("x", "y"))
    return x, y


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
    return {
        "id": node.name,
        "point": {"x": x, "y": y},
        "width": node.width,
        "roads": [road.name for road in roads if node.name in (road.start, road.end)],
        "roadLinks": [_written_movement(movement) for movement in node.movements],
        "trafficLight": {
            "roadLinkIndices": list(range(len(node.movements))),
            "lightphases": [
                {"time": row.time, "availableRoadLinks": list(row.green), "name": row.name} for row in node.rows
            ],
        },
        "virtual": node.virtual,
    }


def _written_movement(movement: Movement) -> dict[str, Any]:
    return {
        "type": TYPE_OF_TURN[movement.turn],
        "startRoad": movement.from_road,
        "endRoad": movement.to_road,
        "laneLinks": [
            {
                "startLaneIndex": connection.from_lane,
                "endLaneIndex": connection.to_lane,
                "points": _written_line(connection.line),
            }
            for connection in movement.connections
        ],
    }


def _written_line(line: Line) -> list[dict[str, float]]:
    return [{"x": x, "y": y} for x, y in line]
