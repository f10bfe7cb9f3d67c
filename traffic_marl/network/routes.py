"""Shortest routes over the roads of a network."""

import networkx as nx

from traffic_marl.errors import NetworkError
from traffic_marl.network.network import Network


def successors(network: Network) -> dict[str, tuple[str, ...]]:
    """Roads that a movement leads to from each road, in the order of the movements. A road to the rim has none."""
    following: dict[str, list[str]] = {road: [] for road in network.roads}
    for entering, leaving in network.movement_roads:
        following[entering].append(leaving)
    return {road: tuple(roads) for road, roads in following.items()}


def shortest_path(network: Network, from_road: str, to_road: str) -> tuple[str, ...] | None:
    """Roads of the shortest route, both ends included. None where no sequence of movements leads there.

    Shortest by the sum of the roads' mean lane lengths, without the paths through intersections, as in CityFlow.

    Raises:
        NetworkError: there is no road of that name.
    """
    _check_roads(network, from_road, to_road)
    try:
        return tuple(nx.dijkstra_path(network.road_graph, from_road, to_road, weight="length"))
    except nx.NetworkXNoPath:
        return None


def _check_roads(network: Network, *roads: str) -> None:
    for road in roads:
        if road not in network.road_graph:
            raise NetworkError("route", f"{road} is not a road of the network", "use the name of a road")
