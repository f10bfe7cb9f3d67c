"""Nodes, roads, movements and phase tables: the parts from which a network is built."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import networkx as nx

from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import LEFT, RIGHT, THROUGH

Point = tuple[float, float]  # [m] x to the east, y to the north
Line = tuple[Point, ...]  # [m] the points of a polyline in driving order

Turn = Literal["left", "through", "right"]
TURNS: tuple[Turn, ...] = get_args(Turn)  # from the centre line outwards
FARTHEST = 5e7  # [m] of a coordinate from the origin; projected maps reach to 2e7 m
SHORTEST, LONGEST = 0.01, 1e5  # [m] of a lane or a connection
NARROWEST, WIDEST = 0.1, 100.0  # [m] of a lane
SLOWEST, FASTEST = 0.1, 1000.0  # [m/s] of a speed limit
LONGEST_TIME = 1e6  # [s] of a light phase
RANKS = {"left": LEFT, "through": THROUGH, "right": RIGHT}


@dataclass(frozen=True)
class Lane:
    """One lane of a road."""

    width: float  # [m]
    limit: float  # [m/s]
    line: Line = ()  # [m] its centre; empty: beside the centre of the road, between the widths of the nodes
    length: float | None = None  # [m] None: that of its line


@dataclass(frozen=True)
class Road:
    """A one-way carriageway between two nodes."""

    name: str
    start: str  # node
    end: str  # node
    points: Line  # [m] centre of the street from node to node; the lanes lie on the side that traffic keeps to
    lanes: tuple[Lane, ...]  # from the centre line outwards


@dataclass(frozen=True)
class Connection:
    """The path of one lane through an intersection into a lane of the next road."""

    from_lane: int  # index within the road left
    to_lane: int  # index within the road entered
    line: Line = ()  # [m] empty: a curve from stop line to lane start
    rank: int | None = None  # where paths cross, the higher one goes first; None: the rank of the movement's turn
    length: float | None = None  # [m] None: that of its line
    limit: float | None = None  # [m/s] reached before the connection; None: none but the usual speed of turns
    shift: int = 0  # 0, or if its vehicles change lanes, 1 and the number of lanes whose way they cross
    keeps_clear: bool = False  # its vehicles enter when the lane beyond has room for all that are on the way there


@dataclass(frozen=True)
class Movement:
    """All connections from one road to one other road."""

    from_road: str
    to_road: str
    turn: str  # one of TURNS
    connections: tuple[Connection, ...]

    def rank(self, connection: Connection) -> int:
        """Rank of one of its connections: LEFT, THROUGH, RIGHT or OTHER."""
        return RANKS[self.turn] if connection.rank is None else connection.rank


@dataclass(frozen=True)
class PhaseRow:
    """A row of a phase table: the movements that are green together."""

    name: str  # empty for a row that is shown only between two phases
    green: tuple[int, ...]  # indices into the node's movements, ascending
    time: float  # [s] duration in the fixed-time plan of the file
    closed: tuple[tuple[int, int], ...] = ()  # movement and connection that stays red although the movement is green
    is_phase: bool | None = None  # or a row between two phases; None: it is found out from the rows and their times

    @cached_property
    def shown(self) -> frozenset[tuple[int, frozenset[int]]]:
        """The green movements, each with its connections that stay red: what a row shows beyond its time and name."""
        return frozenset((m, frozenset(c for of, c in self.closed if of == m)) for m in self.green)


@dataclass(frozen=True)
class Node:
    """A place where roads meet. A virtual node lies at the rim; roads reach to its centre.

    A node with movements and without rows of phases is a junction without signals. Its connections are always open and
    yield to one another.
    """

    name: str
    position: Point  # [m]
    width: float  # [m] from the centre to the stop lines
    virtual: bool
    movements: tuple[Movement, ...] = ()
    rows: tuple[PhaseRow, ...] = ()
    yields: tuple[tuple[int, int], ...] | None = None  # connections, and those they yield to; None: by their ranks
    offset: float = 0.0  # [s] at which the fixed-time plan of the file begins with its first row

    @property
    def signalised(self) -> bool:
        """Whether it has signals. A node without movements has none, and roads start and end at its width."""
        return not self.virtual and bool(self.movements) and bool(self.rows)

    @property
    def joins(self) -> bool:
        """Whether movements join its roads, with signals or without."""
        return not self.virtual and bool(self.movements)


def build_graph(nodes: Sequence[Node], roads: Sequence[Road], *, left_hand: bool = False) -> nx.MultiDiGraph:
    """A graph whose nodes and edges carry these nodes and roads, in their order, and the side that traffic keeps to.

    Raises:
        NetworkError: a name given twice, or a road that starts or ends at a node that is not among these.
    """
    graph = nx.MultiDiGraph(left_hand=left_hand)
    for node in nodes:
        if node.name in graph:
            raise NetworkError(
                f"intersection {node.name}", "two intersections have this name", "give each a name of its own"
            )
        graph.add_node(node.name, node=node)
    names = set()
    for order, road in enumerate(roads):
        if road.name in names:
            raise NetworkError(f"road {road.name}", "two roads have this name", "give each a name of its own")
        names.add(road.name)
        for end in (road.start, road.end):
            if end not in graph:
                raise NetworkError(
                    f"road {road.name}", f"{end} is not a node", "use the name of a node for each of its ends"
                )
        graph.add_edge(road.start, road.end, key=road.name, road=road, order=order)
    return graph


def nodes_of(graph: nx.MultiDiGraph) -> list[Node]:
    """The nodes in the order in which they were added."""
    return [node for _, node in graph.nodes(data="node")]


def signalised_nodes(graph: nx.MultiDiGraph) -> list[Node]:
    """The nodes with signals, in the order in which they were added."""
    return [node for node in nodes_of(graph) if node.signalised]


def unsignalised_nodes(graph: nx.MultiDiGraph) -> list[Node]:
    """The junctions without signals, in the order in which they were added."""
    return [node for node in nodes_of(graph) if node.joins and not node.signalised]


def roads_of(graph: nx.MultiDiGraph) -> list[Road]:
    """The roads in the order in which they were added, which is not that of the graph's edges."""
    edges = sorted(graph.edges(data=True), key=lambda edge: edge[2]["order"])
    return [attributes["road"] for _, _, attributes in edges]


def begins(roads: Sequence[Road], movements: Sequence[Movement], signalised: Container[str]) -> dict[str, str]:
    """The node at which each road begins, by name of the road.

    A road that only continues another one, at a junction without signals, begins where that one does.

    Args:
        roads: all roads.
        movements: all movements.
        signalised: names of the nodes with signals.
    """
    start = {road.name: road.start for road in roads}
    into: dict[str, set[str]] = {name: set() for name in start}
    out_of: dict[str, set[str]] = {name: set() for name in start}
    for movement in movements:
        into[movement.to_road].add(movement.from_road)
        out_of[movement.from_road].add(movement.to_road)
    before = {
        name: other
        for name, others in into.items()
        for other in others
        if start[name] not in signalised and len(others) == 1 and len(out_of[other]) == 1
    }
    return {name: start[_first_of(name, before)] for name in start}


def _first_of(road: str, before: dict[str, str]) -> str:
    """The first of the roads that continue one another up to this one. On a ring it is any of them."""
    seen = {road}
    while road in before and before[road] not in seen:
        road = before[road]
        seen.add(road)
    return road
