"""Checks of networks: the structure of any network, and the phase tables of generated ones."""

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np

from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import LEFT, NONE, OTHER, RIGHT, THROUGH
from traffic_marl.network.model import (
    FARTHEST,
    LONGEST,
    SHORTEST,
    TURNS,
    Line,
    Movement,
    Node,
    Point,
    Road,
    nodes_of,
    roads_of,
)
from traffic_marl.network.network import Network

SHORTEST_STEP = 1e-6  # [m] between two points of a road
STRAIGHT_BACK = 1e-6  # length of the sum of two unit vectors that point against one another
OPPOSED = -0.7  # the headings of two approaches face each other when their product is below this


def check_structure(graph: nx.MultiDiGraph) -> None:
    """Checks that the parts of a graph fit together: references, lengths, movements and phase tables.

    Raises:
        NetworkError: two parts do not fit. The message names the element.
    """
    nodes = {node.name: node for node in nodes_of(graph)}
    roads = {road.name: road for road in roads_of(graph)}
    for road in roads.values():
        _check_road(road, nodes[road.start], nodes[road.end])
    for node in nodes.values():
        _check_node(node, roads)
    if not any(node.signalised for node in nodes.values()):
        remedy = "give at least one that is not virtual and has movements and a phase table"
        raise NetworkError("network", "no intersection has signals", remedy)


def check_lengths(network: Network) -> None:
    """Checks the lengths of all lanes and connections. A connection without length has SHORTEST in the tables.

    Raises:
        NetworkError: one is shorter than SHORTEST or longer than LONGEST.
    """
    lengths = network.tables.length
    for drivable in np.flatnonzero(~((lengths >= SHORTEST) & (lengths <= LONGEST))).tolist():
        what = f"it is {lengths[drivable]:g} m long"
        raise NetworkError(_drivable(network, drivable), what, f"give it {SHORTEST:g} to {LONGEST:g} m")


def unserved_movements(network: Network) -> list[tuple[str, str]]:
    """Movements at signals, as (road left, road entered), that are green in no phase that may be asked for."""
    served = network.tables.served
    at_signals = network.tables.movement_intersection != NONE
    return [
        roads
        for movement, roads in enumerate(network.movement_roads)
        if at_signals[movement] and not served[movement].any()
    ]


def check_phases(network: Network, permitted_lefts: Collection[str] = ()) -> None:
    """Checks that the phases are safe and complete.

    They are safe if of any two movements that meet and are green in one row, one yields. Right turns yield. At the
    intersections named in `permitted_lefts`, left turns yield to the through movement and the right turn of the
    opposite approach. The phases are complete if every movement is green in one.

    Raises:
        NetworkError: the phases are not safe or not complete.
    """
    missing = unserved_movements(network)
    if missing:
        raise NetworkError("phases", f"no phase serves {_named(missing[0])}", "add a row in which it is green")
    conflicts = conflicting_movements(network)
    for name, rows in zip(network.intersections, network.row_movements, strict=True):
        table = network.graph.nodes[name]["node"].rows
        for place, (row, green) in enumerate(zip(table, rows, strict=True)):
            label = repr(row.name) if row.name else f"row {place}"
            pair = _unsafe_pair(network, green, conflicts, name in permitted_lefts)
            if pair is not None:
                what = f"in {label}, {pair[0]} and {pair[1]} are green together and cross"
                raise NetworkError(f"phases[{name}]", what, "keep them in separate rows, or widen the intersection")


def conflicting_movements(network: Network) -> set[tuple[int, int]]:
    """Pairs of movements, either way round, with connections that meet and do not leave the same lane."""
    tables = network.tables
    owner = np.repeat(np.arange(len(tables.start_lane)), np.diff(tables.crossing_start))
    foe = tables.crossing_foe
    apart = tables.start_lane[owner] != tables.start_lane[foe]
    count = len(network.movement_roads)
    pairs = np.unique(tables.movement[owner[apart]] * np.int64(count) + tables.movement[foe[apart]])
    return {(pair // count, pair % count) for pair in pairs.tolist() if pair // count != pair % count}


def _unsafe_pair(
    network: Network, green: Sequence[int], conflicts: set[tuple[int, int]], permitted_lefts: bool
) -> tuple[str, str] | None:
    """Names of two green movements that cross although none yields, if there are any."""
    for place, one in enumerate(green):
        for other in green[:place]:
            if (one, other) in conflicts and not _yields(network, one, other, permitted_lefts):
                return _named(network.movement_roads[other]), _named(network.movement_roads[one])
    return None


def _yields(network: Network, one: int, other: int, permitted_lefts: bool) -> bool:
    turns = {network.movement_turns[one], network.movement_turns[other]}
    if "right" in turns:
        return True
    return permitted_lefts and turns == {"left", "through"} and _are_opposed(network, one, other)


def _are_opposed(network: Network, one: int, other: int) -> bool:
    (x, y), (u, v) = _heading(network, one), _heading(network, other)
    return x * u + y * v < OPPOSED


def _heading(network: Network, movement: int) -> tuple[float, float]:
    """Direction in which a movement's approach meets the stop line."""
    lane = network.tables.movement_lane[network.tables.movement_lane_start[movement]]
    (x, y), (u, v) = network.lane_lines[lane][-2:].tolist()
    length = math.hypot(u - x, v - y)
    return (u - x) / length, (v - y) / length


def _drivable(network: Network, drivable: int) -> str:
    """Name of a lane or connection in an error."""
    lanes = network.lane_names
    if drivable < len(lanes):
        return f"lane {lanes[drivable]}"
    tables, connection = network.tables, drivable - len(lanes)
    return f"connection {lanes[tables.start_lane[connection]]} -> {lanes[tables.end_lane[connection]]}"


def _named(roads: tuple[str, str]) -> str:
    return f"{roads[0]} -> {roads[1]}"


def _check_road(road: Road, start: Node, end: Node) -> None:
    where = f"road {road.name}"
    if not road.lanes:
        raise NetworkError(where, "it has no lane", "give at least one")
    for lane in road.lanes:
        if not (_is_positive(lane.width) and _is_positive(lane.limit)):
            raise NetworkError(where, f"{lane} has no width or no speed limit", "give numbers above 0")
    _check_points(where, road.points)
    if all(lane.line for lane in road.lanes):
        for lane in road.lanes:
            _check_points(where, lane.line)
        return
    if not any(_step(road.points[0], point) > 0 for point in road.points[1:]):
        raise NetworkError(where, "its points are all the same, so its length is zero", "give its course in metres")
    steps = [_step(before, after) for before, after in pairwise(road.points)]
    if min(steps) < SHORTEST_STEP:
        raise NetworkError(
            where, "two points in a row are the same, so it has a part of zero length", "remove one of them"
        )
    if any(_turns_back(*corner) for corner in zip(road.points, road.points[1:], road.points[2:], strict=False)):
        raise NetworkError(where, "it turns back on itself", "remove the point at which it turns")
    _check_pieces(where, steps, start, end)


def _check_pieces(where: str, steps: Sequence[float], start: Node, end: Node) -> None:
    """Checks that the first and the last piece of a road, of these lengths, reach out of the intersections there."""
    inside = [0.0 if node.virtual else node.width for node in (start, end)]
    if len(steps) == 1 and sum(inside) >= steps[0]:
        widths = " and ".join(f"{node.name} ({width:g} m)" for node, width in zip((start, end), inside, strict=True))
        what = f"it is {steps[0]:g} m long, which is too short for the widths of {widths}"
        remedy = f"make it more than {sum(inside) - steps[0]:g} m longer, or the intersections smaller"
        raise NetworkError(where, what, remedy)
    for piece, length, node, width in zip(("first", "last"), (steps[0], steps[-1]), (start, end), inside, strict=True):
        if len(steps) > 1 and width >= length:
            what = (
                f"its {piece} piece is {length:g} m long, which is too short for the width of {node.name} ({width:g} m)"
            )
            remedy = f"make it more than {width - length:g} m longer, leave out its inner point, or "
            raise NetworkError(where, what, f"{remedy}make {node.name} smaller")


def _check_node(node: Node, roads: dict[str, Road]) -> None:
    where = f"intersection {node.name}"
    if not (math.isfinite(node.width) and node.width >= 0 and all(map(math.isfinite, node.position))):
        raise NetworkError(where, "its position or width is not a number in metres", "give finite numbers, width >= 0")
    if node.virtual and node.movements:
        raise NetworkError(where, "it is virtual but has movements", "remove them or give it signals")
    count = sum(len(movement.connections) for movement in node.movements)
    if not all(0 <= each < count for pair in node.yields or () for each in pair):
        raise NetworkError(where, "a connection yields that does not exist", f"use connections 0 to {count - 1}")
    joined = [(movement.from_road, movement.to_road) for movement in node.movements]
    for pair in joined:
        if joined.count(pair) > 1:
            raise NetworkError(
                where, f"the movement {_named(pair)} is given twice", "put its connections into one movement"
            )
    for movement in node.movements:
        _check_movement(where, node, movement, roads)
    for place, row in enumerate(node.rows):
        if not all(0 <= movement < len(node.movements) for movement in row.green) or not row.time >= 0:
            what = "it serves a movement that does not exist or lasts a negative time"
            raise NetworkError(f"{where}, row {place}", what, f"use movements 0 to {len(node.movements) - 1}")


def _check_movement(where: str, node: Node, movement: Movement, roads: dict[str, Road]) -> None:
    where = f"{where}, movement {movement.from_road} -> {movement.to_road}"
    if movement.turn not in TURNS:
        raise NetworkError(where, f'"{movement.turn}" is not a turn', f"use one of {', '.join(TURNS)}")
    for name in (movement.from_road, movement.to_road):
        if name not in roads:
            raise NetworkError(where, f"{name} is not a road of the network", "use the name of a road")
    entering, leaving = roads[movement.from_road], roads[movement.to_road]
    if entering.end != node.name or leaving.start != node.name:
        raise NetworkError(where, "its roads do not meet there", "join a road that ends there to one that starts there")
    if not movement.connections:
        raise NetworkError(where, "it has no connection", "join at least one pair of lanes")
    for connection in movement.connections:
        if not 0 <= connection.from_lane < len(entering.lanes) or not 0 <= connection.to_lane < len(leaving.lanes):
            what = f"it joins lane {connection.from_lane} to lane {connection.to_lane}, and one of them does not exist"
            raise NetworkError(where, what, "use lanes that the roads have, counted from 0")
        if connection.rank not in (None, THROUGH, LEFT, RIGHT, OTHER):
            raise NetworkError(where, f"{connection.rank} is not a rank", "leave it out, or give one of 0 to 3")
        if connection.line:
            _check_points(where, connection.line)


def _check_points(where: str, line: Line) -> None:
    if len(line) < 2 or not all(abs(x) <= FARTHEST and abs(y) <= FARTHEST for x, y in line):
        what = "it has fewer than two points, or a coordinate out of range"
        raise NetworkError(where, what, f"give its course in metres, at most {FARTHEST:g} from the origin")


def _step(before: Point, after: Point) -> float:
    return math.hypot(after[0] - before[0], after[1] - before[1])


def _turns_back(before: Point, corner: Point, after: Point) -> bool:
    first, second = _step(before, corner), _step(corner, after)
    ahead = [(b - a) / first + (c - b) / second for a, b, c in zip(before, corner, after, strict=True)]
    return math.hypot(*ahead) < STRAIGHT_BACK


def _is_positive(number: float) -> bool:
    return math.isfinite(number) and number > 0
