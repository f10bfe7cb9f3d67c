"""Builds a Network from nodes and roads: names, geometry, and the tables of the kernels."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np

from traffic_marl.arrays import Bits, Bools, Floats, Ints
from traffic_marl.kernels.tables import CONNECTION_LIMIT, NONE, WORD, Roads
from traffic_marl.network.checks import check_lengths, check_structure
from traffic_marl.network.crossings import Crossings, crossings
from traffic_marl.network.geometry import connection_lengths, connection_line, lane_lines, running_lengths
from traffic_marl.network.model import (
    Connection,
    Movement,
    Node,
    Road,
    begins,
    build_graph,
    roads_of,
    signalised_nodes,
    unsignalised_nodes,
)
from traffic_marl.network.network import Network
from traffic_marl.network.phases import choose_rows, graph_with_clearance, green_bits, phase_names, selected


class _Numbering(NamedTuple):
    """The graph's parts in the order in which the tables number them."""

    nodes: list[Node]  # (N,) signalised
    places: list[Node]  # (J,) the same, then the junctions without signals
    roads: list[Road]  # (R,)
    first_lane: dict[str, int]  # of each road
    movements: list[Movement]  # (M,)
    movement_place: list[int]  # (M,) index into places
    connections: list[Connection]  # (C,)
    connection_movement: list[int]  # (C,)


class _Links(NamedTuple):
    """The columns of Roads that are about connections."""

    start_lane: Ints
    end_lane: Ints
    intersection: Ints
    movement: Ints
    rank: Ints
    bit: Ints


def build_network(
    nodes: Sequence[Node], roads: Sequence[Road], sight: float = 0.0, *, left_hand: bool = False
) -> Network:
    """The network of these nodes and roads, with the default phases to choose from; for readers of file formats.

    Intersections, roads, lanes and connections are numbered in the order given.

    Args:
        nodes: signalised intersections with movements and phase tables, junctions with movements alone, and virtual
            nodes at the rim.
        roads: of which each joins two of the nodes.
        sight: [m] vehicles look at the signal at the end of a lane that is shorter than this before they are on it.
        left_hand: whether traffic keeps to the left.

    Raises:
        NetworkError: names are not unique, or parts do not fit together. The message names the element.
    """
    return assemble(build_graph(nodes, roads, left_hand=left_hand), sight)


def assemble(graph: nx.MultiDiGraph, sight: float = 0.0) -> Network:
    """The network that a graph built by `model.build_graph` describes, with the default phases to choose from.

    Intersections, roads, lanes and connections are numbered in the graph's own order. The movements and connections of
    junctions without signals come after those of all intersections. `sight` is that of `build_network`.

    Raises:
        NetworkError: a lane or connection too short or too long, an intersection without movements or phases, or a
            reference to something that does not exist.
    """
    check_structure(graph)
    graph = graph_with_clearance(graph)
    numbering = _numbering(graph)
    lanes = _all_lane_lines(graph, numbering)
    links = _links(numbering)
    paths = [
        connection_line(connection, lanes[start], lanes[end], numbering.places[place].width)
        for connection, start, end, place in zip(
            numbering.connections,
            links.start_lane.tolist(),
            links.end_lane.tolist(),
            links.intersection.tolist(),
            strict=True,
        )
    ]
    chosen = choose_rows(numbering.nodes, None)
    network = Network(
        graph=graph,
        intersections=tuple(node.name for node in numbering.nodes),
        positions=np.array([node.position for node in numbering.nodes], dtype=np.float64),
        roads=tuple(road.name for road in numbering.roads),
        lane_names=tuple(f"{road.name}_{index}" for road in numbering.roads for index in range(len(road.lanes))),
        movement_roads=tuple((movement.from_road, movement.to_road) for movement in numbering.movements),
        movement_turns=tuple(movement.turn for movement in numbering.movements),
        phase_names=phase_names(numbering.nodes, chosen),
        row_movements=_row_movements(numbering.nodes),
        lane_lines=tuple(lanes),
        connection_lines=tuple(paths),
        tables=_tables(numbering, lanes, paths, links, chosen, sight),
    )
    check_lengths(network)
    return network


def _numbering(graph: nx.MultiDiGraph) -> _Numbering:
    nodes = signalised_nodes(graph)
    places = [*nodes, *unsignalised_nodes(graph)]
    roads = roads_of(graph)
    starts = np.cumsum([0] + [len(road.lanes) for road in roads]).tolist()
    movements = [movement for node in places for movement in node.movements]
    return _Numbering(
        nodes=nodes,
        places=places,
        roads=roads,
        first_lane={road.name: start for road, start in zip(roads, starts, strict=False)},
        movements=movements,
        movement_place=[place for place, node in enumerate(places) for _ in node.movements],
        connections=[connection for movement in movements for connection in movement.connections],
        connection_movement=[place for place, movement in enumerate(movements) for _ in movement.connections],
    )


def _all_lane_lines(graph: nx.MultiDiGraph, numbering: _Numbering) -> list[Floats]:
    node = graph.nodes(data="node")
    return [line for road in numbering.roads for line in lane_lines(road, node[road.start], node[road.end])]


def _links(numbering: _Numbering) -> _Links:
    movement = _ints(numbering.connection_movement)
    intersection = _ints(numbering.movement_place)[movement]
    sizes = np.bincount(intersection, minlength=len(numbering.places))
    start = [numbering.first_lane[numbering.movements[m].from_road] for m in numbering.connection_movement]
    end = [numbering.first_lane[numbering.movements[m].to_road] for m in numbering.connection_movement]
    return _Links(
        start_lane=_ints(start) + _ints(connection.from_lane for connection in numbering.connections),
        end_lane=_ints(end) + _ints(connection.to_lane for connection in numbering.connections),
        intersection=intersection,
        movement=movement,
        rank=_ints(movement.rank(each) for movement in numbering.movements for each in movement.connections),
        bit=_ints(np.arange(len(movement)) - _starts(sizes)[intersection]),
    )


def _tables(
    numbering: _Numbering,
    lanes: Sequence[Floats],
    paths: Sequence[Floats],
    links: _Links,
    chosen: Sequence[Sequence[int]],
    sight: float,
) -> Roads:
    words = int(links.bit.max()) // WORD + 1
    lane_road = np.repeat(np.arange(len(numbering.roads)), [len(road.lanes) for road in numbering.roads])
    limits = [lane.limit for road in numbering.roads for lane in road.lanes]
    length = _lengths(numbering, lanes, paths)
    order = np.argsort(links.start_lane, kind="stable")
    node_index = {node.name: place for place, node in enumerate(numbering.nodes)}
    road_end = _ints(node_index.get(road.end, NONE) for road in numbering.roads)
    crossing_start, crossing_distance, crossing_foe, crossing_foe_distance = _crossings(numbering, paths, links)
    crossing_owner = _ints(np.repeat(np.arange(len(paths)), np.diff(crossing_start)))
    movement_lane_start, movement_lane = _movement_lanes(numbering, links)
    movement_exit_start, movement_exit = _movement_exits(numbering)
    neighbour_start, neighbour = _neighbours(numbering, node_index)
    selection = selected(numbering.nodes, chosen, len(numbering.movements))
    place = _ints(numbering.movement_place)
    return Roads(
        length=length,
        limit=np.array(limits + [_connection_limit(each) for each in numbering.connections]),
        lane_intersection=road_end[lane_road],
        lane_road=_ints(lane_road),
        leaving_start=_starts(np.bincount(links.start_lane, minlength=len(lanes))),
        leaving=_ints(order + len(lanes)),
        **links._asdict(),
        shift=_ints(connection.shift for connection in numbering.connections),
        conflicts=_conflict_bits(crossing_start, crossing_foe, links.bit, words),
        crossing_start=crossing_start,
        crossing_distance=crossing_distance,
        crossing_foe=crossing_foe,
        crossing_foe_distance=crossing_foe_distance,
        crossing_precedence=_precedence(numbering, links, crossing_owner, crossing_foe),
        looks_beyond=length[links.end_lane] < sight,
        keeps_clear=np.array([each.keeps_clear for each in numbering.connections], np.bool_),
        green=green_bits(numbering.nodes, words),
        **selection._asdict(),
        movement_intersection=_ints(np.where(place < len(numbering.nodes), place, NONE)),
        movement_lane_start=movement_lane_start,
        movement_lane=movement_lane,
        movement_exit_start=movement_exit_start,
        movement_exit=movement_exit,
        neighbour_start=neighbour_start,
        neighbour=neighbour,
    )


def _lengths(numbering: _Numbering, lanes: Sequence[Floats], paths: Sequence[Floats]) -> Floats:
    """[m] (D,) of lanes and connections: as they are given, else as long as their lines."""
    drawn = np.concatenate((running_lengths(lanes)[:, -1], connection_lengths(paths)))
    own = [lane.length for road in numbering.roads for lane in road.lanes]
    own += [connection.length for connection in numbering.connections]
    given = np.array([np.nan if length is None else length for length in own])
    return np.where(np.isnan(given), drawn, given)


def _connection_limit(connection: Connection) -> float:
    """Speed limit [m/s]."""
    return CONNECTION_LIMIT if connection.limit is None else connection.limit


def _tells(numbering: _Numbering) -> Bools:
    """(J,) whether the node says which connections yield."""
    return np.array([node.yields is not None for node in numbering.places], np.bool_)


def _precedence(numbering: _Numbering, links: _Links, owner: Ints, foe: Ints) -> Ints:
    """(X,) 1 where a connection goes before another one, -1 where it yields: as the node says, else by their ranks."""
    by_rank = np.sign(links.rank[owner] - links.rank[foe])
    told = _tells(numbering)[links.intersection[owner]]
    if not told.any():
        return _ints(by_rank)
    count = np.int64(len(links.bit))
    firsts = _starts(np.bincount(links.intersection, minlength=len(numbering.places))).tolist()
    pairs = [
        (first + one) * count + first + other
        for node, first in zip(numbering.places, firsts, strict=False)
        for one, other in node.yields or ()
    ]
    ahead, behind = (np.isin(one * count + other, pairs) for one, other in ((foe, owner), (owner, foe)))
    return _ints(np.where(told, ahead.astype(np.int32) - behind, by_rank))


def _crossings(numbering: _Numbering, paths: Sequence[Floats], links: _Links) -> tuple[Ints, Floats, Ints, Floats]:
    """Columns crossing_start, _distance, _foe and _foe_distance: nearest first, equals in the order of their pairs.

    Where a node says who yields, connections from the same lane do not meet: their vehicles follow one another.
    """
    starts = _starts(np.bincount(links.intersection)).tolist()
    parts = [_shifted(crossings(paths[start:end]), start) for start, end in pairwise(starts)]
    pairs = Crossings(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    told = _tells(numbering)[links.intersection[pairs.first]]
    apart = ~told | (links.start_lane[pairs.first] != links.start_lane[pairs.second])
    pairs = Crossings(*(column[apart] for column in pairs))
    owner = np.concatenate((pairs.first, pairs.second))
    foe = np.concatenate((pairs.second, pairs.first))
    distance = np.concatenate((pairs.first_distance, pairs.second_distance))
    foe_distance = np.concatenate((pairs.second_distance, pairs.first_distance))
    turn = np.tile(np.arange(len(pairs.first)), 2)
    order = np.lexsort((turn, distance, owner))
    crossing_start = _starts(np.bincount(owner, minlength=len(paths)))
    return crossing_start, distance[order], _ints(foe[order]), foe_distance[order]


def _shifted(part: Crossings, by: int) -> Crossings:
    return part._replace(first=part.first + by, second=part.second + by)


def _conflict_bits(crossing_start: Ints, crossing_foe: Ints, bit: Ints, words: int) -> Bits:
    conflicts = np.zeros((len(bit), words), dtype=np.uint64)
    owner = np.repeat(np.arange(len(bit)), np.diff(crossing_start))
    place = bit[crossing_foe]
    np.bitwise_or.at(conflicts, (owner, place // WORD), np.uint64(1) << (place % WORD).astype(np.uint64))
    return conflicts


def _movement_lanes(numbering: _Numbering, links: _Links) -> tuple[Ints, Ints]:
    lanes: list[set[int]] = [set() for _ in numbering.movements]
    for movement, lane in zip(links.movement.tolist(), links.start_lane.tolist(), strict=True):
        lanes[movement].add(lane)
    return _ragged([sorted(own) for own in lanes])


def _movement_exits(numbering: _Numbering) -> tuple[Ints, Ints]:
    lane_count = {road.name: len(road.lanes) for road in numbering.roads}
    exits = [(numbering.first_lane[each.to_road], lane_count[each.to_road]) for each in numbering.movements]
    return _ragged([list(range(first, first + count)) for first, count in exits])


def _neighbours(numbering: _Numbering, node_index: dict[str, int]) -> tuple[Ints, Ints]:
    upstream: list[set[int]] = [set() for _ in numbering.nodes]
    begin = begins(numbering.roads, numbering.movements, node_index)
    for road in numbering.roads:
        start = begin[road.name]
        if start in node_index and road.end in node_index:
            upstream[node_index[road.end]].add(node_index[start])
    for node, own in enumerate(upstream):
        own.discard(node)  # a road between two parts of one intersection
    return _ragged([sorted(own) for own in upstream])


def _row_movements(nodes: Sequence[Node]) -> tuple[tuple[tuple[int, ...], ...], ...]:
    firsts = np.cumsum([0] + [len(node.movements) for node in nodes]).tolist()
    return tuple(
        tuple(tuple(first + movement for movement in row.green) for row in node.rows)
        for node, first in zip(nodes, firsts, strict=False)
    )


def _ragged(groups: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Groups one after the other: where each starts, and their members."""
    return _starts([len(group) for group in groups]), _ints(member for group in groups for member in group)


def _starts(sizes: Sequence[int] | Ints | np.ndarray) -> Ints:
    return _ints(np.concatenate(([0], np.cumsum(sizes))))


def _ints(values: Iterable[int] | np.ndarray) -> Ints:
    return np.array(values if isinstance(values, np.ndarray) else list(values), dtype=np.int32)
