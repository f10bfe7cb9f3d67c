"""A network, its demand and a fixed-time plan as the files that SUMO's netconvert and sumo read.

Lanes are numbered from the right in SUMO and from the left here. SUMO draws the junctions itself, so only the lengths
of the roads are the same to the metre.
"""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.kernels.tables import NONE, RIGHT, WORD
from traffic_marl.network.network import Network


def write(network: Network, trips: Trips, greens: Sequence[int], intergreens: Sequence[int], folder: Path) -> None:
    """Writes `roads.*.xml` for netconvert and `trips.rou.xml` for sumo.

    Args:
        network: a network with unbroken straight roads.
        trips: the vehicles; each departs at rest from the first lane of its path.
        greens: [s] of the first phases, at every intersection.
        intergreens: [s] after each of them.
        folder: to write into.
    """
    save(nodes(network), folder / "roads.nod.xml")
    save(edges(network), folder / "roads.edg.xml")
    save(connections(network, signals=False), folder / "roads.con.xml")
    save(signals(network, greens, intergreens), folder / "roads.tll.xml")
    save(departures(network, trips), folder / "trips.rou.xml")


def convert(netconvert: Path, folder: Path) -> Path:
    """Lets netconvert make `roads.net.xml` of the files written."""
    net = folder / "roads.net.xml"
    parts = {"node": "nod", "edge": "edg", "connection": "con", "tllogic": "tll"}
    files = [f"--{part}-files={folder / f'roads.{suffix}.xml'}" for part, suffix in parts.items()]
    command = [str(netconvert), *files, f"--output-file={net}", "--no-turnarounds", "--no-warnings"]
    subprocess.run(command, check=True, capture_output=True)
    return net


def save(root: Element, path: Path) -> None:
    """Writes one file."""
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def nodes(network: Network) -> Element:
    """Intersections and the ends of roads at the rim."""
    root = Element("nodes")
    for name, attributes in network.graph.nodes(data="node"):
        control = "traffic_light" if attributes.signalised else "priority"
        x, y = (f"{value:g}" for value in attributes.position)
        SubElement(root, "node", id=name, x=x, y=y, type=control)
    return root


def edges(network: Network) -> Element:
    """Roads."""
    root = Element("edges")
    for _, _, road in network.graph.edges(data="road"):
        lane = network.lane_names.index(f"{road.name}_0")
        attributes = {
            "id": road.name,
            "from": road.start,
            "to": road.end,
            "numLanes": str(len(road.lanes)),
            "speed": f"{road.lanes[0].limit:g}",
            "length": f"{network.tables.length[lane]:g}",
        }
        SubElement(root, "edge", attributes)
    return root


def connections(network: Network, signals: bool) -> Element:
    """Pairs of lanes that are connected; with `signals` also the place of each in the states of its signal."""
    root = Element("connections")
    add_connections(root, network, signals)
    return root


def add_connections(root: Element, network: Network, signals: bool) -> None:
    """Puts the connections under `root`."""
    tables = network.tables
    for place, (start, end) in enumerate(zip(tables.start_lane.tolist(), tables.end_lane.tolist(), strict=True)):
        attributes = {
            "from": road_of(network, start),
            "to": road_of(network, end),
            "fromLane": str(lane_from_right(network, start)),
            "toLane": str(lane_from_right(network, end)),
        }
        if signals:
            attributes["tl"] = network.intersections[tables.intersection[place]]
            attributes["linkIndex"] = str(tables.bit[place])
        SubElement(root, "connection", attributes)


def road_of(network: Network, lane: int) -> str:
    """Name of the road a lane belongs to."""
    return network.roads[network.tables.lane_road[lane]]


def lane_from_right(network: Network, lane: int) -> int:
    """SUMO's number of a lane within its road, which is the number of lanes to its right."""
    last = network.tables.lane_road.searchsorted(network.tables.lane_road[lane], side="right") - 1
    return int(last) - lane


def signals(network: Network, greens: Sequence[int], intergreens: Sequence[int]) -> Element:
    """A fixed-time plan of the first phases, the same at every intersection."""
    root = Element("tlLogics")
    for place, name in enumerate(network.intersections):
        logic = SubElement(root, "tlLogic", id=name, type="static", programID="0", offset="0")
        for row, duration in plan(network, place, greens, intergreens):
            SubElement(logic, "phase", duration=str(duration), state=state(network, place, row))
    add_connections(root, network, signals=True)
    return root


def plan(
    network: Network, intersection: int, greens: Sequence[int], intergreens: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Rows of the phase table in the order of the plan, each with its duration [s]."""
    tables = network.tables
    for phase, (green, intergreen) in enumerate(zip(greens, intergreens, strict=True)):
        following = (phase + 1) % len(greens)
        yield int(tables.phase_row[intersection, phase]), green
        yield int(tables.clearance_row[intersection, phase, following]), intergreen


def state(network: Network, intersection: int, row: int) -> str:
    """Signal of each connection: G for green, g for a right turn that yields, r for red."""
    tables = network.tables
    members = (tables.intersection == intersection).nonzero()[0]
    letters = {}
    for place in members.tolist():
        word, bit = divmod(int(tables.bit[place]), WORD)
        is_green = int(tables.green[intersection, row, word]) >> bit & 1
        letters[int(tables.bit[place])] = ("g" if tables.rank[place] == RIGHT else "G") if is_green else "r"
    return "".join(letters[bit] for bit in sorted(letters))


def departures(network: Network, trips: Trips) -> Element:
    """Vehicle types and vehicles with their routes."""
    root = Element("routes")
    for row, each in enumerate(trips.types):
        SubElement(root, "vType", vehicle_type(row, each))
    for vehicle in range(len(trips)):
        lanes = entered_lanes(trips, vehicle)
        attributes = {
            "id": trips.names[vehicle],
            "type": str(trips.type_row[vehicle]),
            "depart": str(trips.scheduled[vehicle]),
            "departLane": str(lane_from_right(network, lanes[0])),
            "departSpeed": "0",
        }
        element = SubElement(root, "vehicle", attributes)
        SubElement(element, "route", edges=" ".join(road_of(network, lane) for lane in lanes))
    return root


def vehicle_type(row: int, each: VehicleType) -> dict[str, str]:
    """The same vehicle in SUMO's words, without driver imperfection or spread of desired speeds."""
    return {
        "id": str(row),
        "length": f"{each.length:g}",
        "minGap": f"{each.min_gap:g}",
        "maxSpeed": f"{each.max_speed:g}",
        "accel": f"{each.usual_acceleration:g}",
        "decel": f"{each.usual_deceleration:g}",
        "emergencyDecel": f"{each.max_deceleration:g}",
        "tau": f"{each.headway:g}",
        "sigma": "0",
        "speedFactor": "1",
    }


def entered_lanes(trips: Trips, vehicle: int) -> list[int]:
    """The lanes of a vehicle's path, without the connections between them."""
    first = int(trips.path_start[vehicle])
    last = first + int((trips.path[first:] == NONE).argmax())
    lanes: list[int] = trips.path[first:last:2].tolist()
    return lanes
