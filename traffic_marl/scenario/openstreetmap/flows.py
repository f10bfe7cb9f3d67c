"""A first demand for a network of a map, which says nothing about traffic.

Trips lead from each end of the network to each other one by the fastest way. The more lanes the road at an end has and
the more important its class is, the more trips begin or end there. All flows together load the busiest intersection
with signals to a stated share of its capacity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.formats.sumo.routes import SumoRoutes
from traffic_marl.demand.origin_destination import movement_flow
from traffic_marl.errors import NetworkError
from traffic_marl.exchange.openstreetmap.roads import MappedRoad
from traffic_marl.network.network import Network
from traffic_marl.scenario.random.capacity import loads
from traffic_marl.units import HOUR

LOAD = 0.5  # of the busiest intersection, as a share of its capacity
MOST_INFLOW = 0.25  # [veh/s] of a lane at an end
MOST_ENDS = 60  # roads at which trips begin, and at which they end; the busiest ones
LEAST_FLOW = 0.5 / HOUR  # [veh/s] of a pair; smaller ones are left out


@dataclass(frozen=True)
class Flow:
    """Trips from one road to another one."""

    origin: str
    destination: str
    route: tuple[str, ...]  # all roads, both ends included
    flow: float  # [veh/s]


def guessed_flows(network: Network, roads: Mapping[str, MappedRoad], intergreen: float) -> list[Flow]:
    """The flows between the ends of a network.

    Args:
        network: that was made of the map.
        roads: its roads, as the map describes them.
        intergreen: [s] between two greens.

    Raises:
        NetworkError: no way joins two of its roads.
    """
    weights = _weights(network, roads)
    entries, exits = (_busiest(ends, weights) for ends in _ends(network))
    flows = _between(network, entries, exits, weights)
    if not flows:
        raise NetworkError("network", "no way for cars joins two of its ends", "give a larger extract")
    return _scaled(network, flows, intergreen)


def flow_elements(flows: Sequence[Flow], duration: int) -> Element:
    """The flows as SUMO's route file has them, with random departures.

    Args:
        flows: in vehicles a second.
        duration: [s]
    """
    root = Element("routes")
    SubElement(root, "vType", id="car", speedDev="0", sigma="0")
    for number, each in enumerate(flows):
        attributes = {
            "id": f"flow_{number}",
            "type": "car",
            "begin": "0",
            "end": str(duration),
            "period": f"exp({each.flow:.7f})",
            "from": each.origin,
            "to": each.destination,
        }
        SubElement(root, "flow", attributes)
    return root


def inflow_of(flows: Sequence[Flow]) -> dict[str, float]:
    """[veh/s] that begin on each road."""
    found: dict[str, float] = {}
    for each in flows:
        found[each.origin] = found.get(each.origin, 0.0) + each.flow
    return found


def _weights(network: Network, roads: Mapping[str, MappedRoad]) -> dict[str, float]:
    """The traffic of each road at an end, relative to others."""
    lanes = np.bincount(network.tables.lane_road).tolist()
    return {name: lanes[place] * roads[name].share for place, name in enumerate(network.roads)}


def _ends(network: Network) -> tuple[Sequence[str], Sequence[str]]:
    """Roads at which trips begin, and at which they end: those at the rim, or all roads where there is no rim."""
    entries, exits = network.entry_roads, network.exit_roads
    return (entries, exits) if entries and exits else (network.roads, network.roads)


def _busiest(names: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """Those with the greatest weights, in the order of the network."""
    kept = frozenset(sorted(names, key=lambda name: -weights[name])[:MOST_ENDS])
    return [name for name in names if name in kept]


def _between(
    network: Network, entries: Sequence[str], exits: Sequence[str], weights: Mapping[str, float]
) -> list[Flow]:
    """A flow for each pair of ends that a way joins. The flows of a road that trips begin on add up to its weight."""
    routes = SumoRoutes(network)
    start = {name: node for node, _, name in network.graph.edges(keys=True)}
    end = {name: node for _, node, name in network.graph.edges(keys=True)}
    found = []
    for origin in entries:
        reached = []
        for destination in exits:
            if origin == destination or start[origin] == end[destination]:
                continue
            route = routes.through((origin, destination), origin)
            if isinstance(route, tuple):
                reached.append((destination, route))
        total = sum(weights[destination] for destination, _ in reached)
        found += [
            Flow(origin, destination, route, weights[origin] * weights[destination] / total)
            for destination, route in reached
        ]
    return found


def _scaled(network: Network, flows: Sequence[Flow], intergreen: float) -> list[Flow]:
    """The flows multiplied by a factor, so that they load the busiest intersection and no end too much."""
    index = {name: road for road, name in enumerate(network.roads)}
    routes = [tuple(index[name] for name in each.route) for each in flows]
    on_movement = movement_flow(network, routes, np.array([each.flow for each in flows]))
    lanes = dict(zip(network.roads, np.bincount(network.tables.lane_road).tolist(), strict=True))
    inflow = max(flow / lanes[road] for road, flow in inflow_of(flows).items())
    factor = MOST_INFLOW / inflow
    busiest = _load(network, on_movement * factor, intergreen)
    if busiest > LOAD:
        factor *= LOAD / busiest
    scaled = [Flow(each.origin, each.destination, each.route, each.flow * factor) for each in flows]
    return [each for each in scaled if each.flow >= LEAST_FLOW] or scaled


def _load(network: Network, flow: Floats, intergreen: float) -> float:
    return float(loads(network, flow, intergreen).max())
