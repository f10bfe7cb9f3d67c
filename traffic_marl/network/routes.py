"""Shortest routes over the roads of a network."""

import networkx as nx
import numpy as np

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


class FastestRoutes:
    """The fastest routes over empty roads. Searches from one road are kept."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._graph = _timed_graph(network)
        self._before: dict[str, dict[str, str]] = {}

    def between(self, from_road: str, to_road: str) -> list[str]:
        """The roads that lead on from one road to another, the other included. Empty if none do.

        The way counts from the end of the first road to the end of the last one, with the paths through junctions.

        Raises:
            NetworkError: there is no road of that name.
        """
        _check_roads(self._network, from_road, to_road)
        if from_road not in self._before:
            before, _ = nx.dijkstra_predecessor_and_distance(self._graph, from_road, weight="time")
            self._before[from_road] = {road: roads[0] for road, roads in before.items() if roads}
        onward = [to_road]
        if to_road == from_road or to_road not in self._before[from_road]:
            return []
        while self._before[from_road][onward[-1]] != from_road:
            onward.append(self._before[from_road][onward[-1]])
        return onward[::-1]


def _timed_graph(network: Network) -> nx.DiGraph:
    """Roads as nodes, joined by movements. `time` [s] is that through the junction and along the second road."""
    tables = network.tables
    lanes = len(network.lane_names)
    time = tables.length / tables.limit
    on_road = np.bincount(tables.lane_road, time[:lanes]) / np.bincount(tables.lane_road)
    fastest = np.full(len(network.movement_roads), np.inf)
    np.minimum.at(fastest, tables.movement, time[lanes:])
    road = dict(zip(network.roads, on_road.tolist(), strict=True))
    graph = nx.DiGraph()
    graph.add_nodes_from(network.roads)
    graph.add_edges_from(
        (before, after, {"time": road[after] + through})
        for (before, after), through in zip(network.movement_roads, fastest.tolist(), strict=True)
    )
    return graph
