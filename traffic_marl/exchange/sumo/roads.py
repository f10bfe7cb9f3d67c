"""Nodes, edges and connections: the parts of a network that netconvert reads."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from traffic_marl.exchange.sumo.naming import Naming
from traffic_marl.kernels.tables import CONNECTION_LIMIT
from traffic_marl.network.model import Line, nodes_of, roads_of
from traffic_marl.network.network import Network


def node_elements(network: Network, naming: Naming) -> Element:
    """Intersections with signals, and all other nodes."""
    root = Element("nodes")
    signalised = set(network.intersections)
    for node in nodes_of(network.graph):
        control = "traffic_light" if node.name in signalised else "priority"
        x, y = (number(value) for value in node.position)
        SubElement(root, "node", id=naming.nodes[node.name], x=x, y=y, type=control)
    return root


def edge_elements(network: Network, naming: Naming) -> Element:
    """Roads with their lanes. The length is that of the innermost lane, which netconvert would not find."""
    root = Element("edges")
    for place, road in enumerate(roads_of(network.graph)):
        lanes = network.lanes_of(road.name)
        attributes = {
            "id": naming.roads[place],
            "from": naming.nodes[road.start],
            "to": naming.nodes[road.end],
            "numLanes": str(len(road.lanes)),
            "speed": number(max(lane.limit for lane in road.lanes)),
            "length": number(float(network.tables.length[lanes[0]])),
            "shape": shape(road.points),
        }
        edge = SubElement(root, "edge", attributes)
        for lane, own in zip(lanes, road.lanes, strict=True):
            index = str(naming.lane_place[lane])
            SubElement(edge, "lane", index=index, speed=number(own.limit), width=number(own.width))
    return root


def connection_elements(network: Network, naming: Naming) -> Element:
    """Pairs of lanes that are connected, and roads that lead on nowhere."""
    root = Element("connections")
    add_connections(root, network, naming, signals=False)
    ending = set(range(len(network.roads))) - set(network.tables.lane_road[network.tables.start_lane].tolist())
    for road in sorted(ending):
        SubElement(root, "connection", {"from": naming.roads[road]})  # else netconvert guesses where it leads to
    return root


def add_connections(root: Element, network: Network, naming: Naming, *, signals: bool) -> None:
    """Puts the connections under `root`; with `signals` each with its place in the states of its signal."""
    tables = network.tables
    for place, (start, end) in enumerate(zip(tables.start_lane.tolist(), tables.end_lane.tolist(), strict=True)):
        attributes = {
            "from": naming.roads[tables.lane_road[start]],
            "to": naming.roads[tables.lane_road[end]],
            "fromLane": str(naming.lane_place[start]),
            "toLane": str(naming.lane_place[end]),
        }
        if signals and tables.intersection[place] < len(network.intersections):
            attributes["tl"] = naming.intersections[tables.intersection[place]]
            attributes["linkIndex"] = str(tables.bit[place])
            SubElement(root, "connection", attributes)
        elif not signals:
            limit = float(tables.limit[len(network.lane_names) + place])
            if limit < CONNECTION_LIMIT:
                attributes["speed"] = number(limit)
            if tables.keeps_clear.any() and not tables.keeps_clear[place]:
                attributes["keepClear"] = "false"
            SubElement(root, "connection", attributes)


def shape(points: Line | Iterable[tuple[float, float]]) -> str:
    """The points of a line."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def number(value: float) -> str:
    """A number without needless digits: to the hundredth of a millimetre."""
    return f"{value:.5f}".rstrip("0").rstrip(".") or "0"
