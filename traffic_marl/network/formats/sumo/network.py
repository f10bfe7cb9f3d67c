"""SUMO's road networks (.net.xml), read.

The format: https://sumo.dlr.de/docs/Networks/SUMO_Road_Networks.html. Lanes that are not for cars are left out. Phases
come from the states of the signal programs, and right of way from the `request` rows of the junctions.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from traffic_marl.errors import NetworkError, TrafficError
from traffic_marl.network.assemble import build_network
from traffic_marl.network.formats.sumo.document import Document, Kind, read_document
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.network.formats.sumo.lanes import read_edges, read_inner
from traffic_marl.network.formats.sumo.links import read_links
from traffic_marl.network.formats.sumo.nodes import read_nodes
from traffic_marl.network.formats.sumo.signals import read_programs
from traffic_marl.network.model import Node, Road
from traffic_marl.network.network import Network
from traffic_marl.remarks import RemarkBook

WANTED = ("edge", "lane", "connection", "junction", "request", "tlLogic", "phase")
NO_SIGNAL = "there is nothing to control"
GUESS = "netconvert --sumo-net-file FILE --tls.guess --output-file NEW.net.xml"
SIGHT = 100.0  # [m] vehicles look beyond shorter lanes


def read_sumo_network(path: str | Path) -> Network:
    """The network of SUMO's file. Intersections, roads and lanes keep the file's order. Lane 0 is the innermost one.

    The network's remarks tell what is left out or taken otherwise than as it is written.

    Raises:
        FileError: the file cannot be read, is not XML or is of another kind.
        NetworkError: it is not a road network that fits together. The message names the element.
    """
    book = RemarkBook(Path(path).name)
    document = read_document(Path(path), (Kind.NETWORK,), WANTED, NetworkError)
    left_hand = document.root.flag("lefthand", False)
    nodes, roads = _parts(document, book, left_hand=left_hand)
    try:
        network = build_network(nodes, roads, SIGHT, left_hand=left_hand)
    except TrafficError as error:
        raise NetworkError(f"{Path(path).name}: {error.where}", error.what, error.remedy) from error
    return replace(network, remarks=book.remarks())


def _parts(document: Document, book: RemarkBook, *, left_hand: bool) -> tuple[list[Node], list[Road]]:
    root = document.root
    elements = list(root.named("edge"))
    edges, inner = read_edges(elements, book, left_hand=left_hand), read_inner(elements)
    if not edges:
        raise root.error("no edge has a lane for cars", "give a network with roads")
    junctions = list(root.named("junction"))
    ends = _ends(junctions, [edge.road for edge in edges.values()])
    links = read_links(list(root.named("connection")), edges, inner, book)
    programs = read_programs(list(root.named("tlLogic")), book)
    nodes, node_of = read_nodes(junctions, links, programs, ends, book)
    if not any(node.signalised for node in nodes):
        has = "it has no signal for cars" if not programs else "its signals let all cars pass at all times"
        raise root.error(f"{has}, so {NO_SIGNAL}", f"add signals in netedit, or with: {GUESS}")
    roads = [replace(e.road, start=node_of[e.road.start], end=node_of[e.road.end]) for e in edges.values()]
    return nodes, roads


def _ends(junctions: Sequence[Element], roads: Sequence[Road]) -> list[str]:
    """Names of the junctions at which roads start or end.

    Raises:
        NetworkError: a road ends at a junction that the file lacks.
    """
    known = {junction.text("id") for junction in junctions}
    for road in roads:
        for end in (road.start, road.end):
            if end not in known:
                remedy = "give each edge junctions of the file, or let netconvert make the network"
                raise NetworkError(f"edge {road.name}", f"there is no junction {end}", remedy)
    return [end for road in roads for end in (road.start, road.end)]
