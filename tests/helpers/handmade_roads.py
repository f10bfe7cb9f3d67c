"""Two intersections in a row with lanes that fan out unevenly, written down by hand."""

from traffic_marl.network.assemble import assemble
from traffic_marl.network.model import Connection, Lane, Movement, Node, PhaseRow, Road, build_graph
from traffic_marl.network.network import Network


def _road(name: str, start: float, end: float, lanes: int) -> Road:
    ends = {0.0: "west", 300.0: "first", 600.0: "second", 900.0: "east"}
    return Road(name, ends[start], ends[end], ((start, 0.0), (end, 0.0)), (Lane(4.0, 10.0),) * lanes)


def _node(name: str, x: float, movement: Movement | None = None) -> Node:
    if movement is None:
        return Node(name, (x, 0.0), 0.0, True)
    return Node(name, (x, 0.0), 10.0, False, (movement,), (PhaseRow("through", (0,), 30.0),))


def street(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> Network:
    """Roads in (3 lanes), mid (3 lanes) and out (3 lanes), with these connections (from lane, to lane) between them."""
    inward = Movement("in", "mid", "through", tuple(Connection(a, b) for a, b in first))
    onward = Movement("mid", "out", "through", tuple(Connection(a, b) for a, b in second))
    nodes = [_node("west", 0.0), _node("first", 300.0, inward), _node("second", 600.0, onward), _node("east", 900.0)]
    roads = [_road("in", 0.0, 300.0, 3), _road("mid", 300.0, 600.0, 3), _road("out", 600.0, 900.0, 3)]
    return assemble(build_graph(nodes, roads))


def named(network: Network, path: list[int]) -> list[str]:
    """Names of the lanes of a path, without its connections and end."""
    return [network.lane_names[drivable] for drivable in path if 0 <= drivable < len(network.lane_names)]
