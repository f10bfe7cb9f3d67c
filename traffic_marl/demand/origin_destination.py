"""Demand between origins and destinations. Each pair has a flow and takes the shortest route."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.paths import LanePaths, Route
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.network.routes import shortest_path


@dataclass(frozen=True)
class Pair:
    """Flow from one place to another. A place is the name of a road or a node."""

    origin: str
    destination: str
    flow: float  # [veh/s] at factor 1 of the profile


class OriginDestinationDemand:
    """Vehicles of each pair on the shortest route between its ends.

    A trip from a node may start on any road that begins there. A trip to a node may end on any road that ends there.
    The shortest combination is taken, and among equal ones the first in the network's order.

    Args:
        network: the network of the trips.
        pairs: origins, destinations and flows; at least one.
        departures: departure times and types of the vehicles.

    Raises:
        DemandError: a place is unknown, no route joins a pair, a flow is no number of at least 0, or there are too
            many vehicles. The error names the index of the pair.
    """

    is_random = True
    duration: int  # [s]
    flow: Floats  # [veh/s] (M,)

    def __init__(self, network: Network, pairs: Sequence[Pair], departures: Departures) -> None:
        if not pairs:
            raise DemandError("pairs", "the list is empty", "give at least one origin and destination")
        self.duration = departures.duration
        self._departures = departures
        self._inflow = np.array([_flow(index, pair) for index, pair in enumerate(pairs)])  # [veh/s] (S,)
        departures.check(self._inflow)
        self._network = network
        self._paths = LanePaths(network)
        self._routes = [_route(network, self._paths, index, pair) for index, pair in enumerate(pairs)]
        self.flow = movement_flow(network, self._routes, departures.mean_flow(self._inflow))

    def flow_between(self, first: int, last: int) -> Floats:
        """[veh/s] (M,) Expected flow of each movement, averaged over the seconds first .. last."""
        inflow = self._departures.mean_flow_between(self._inflow, first, last)
        return movement_flow(self._network, self._routes, inflow)

    def draw(self, seed: int) -> Trips:
        """The trips of this seed."""
        generator = np.random.default_rng(seed)
        due, source, type_row = self._departures.draw(self._inflow, generator)
        path, start = self._paths.choose(self._routes, source, generator.random(len(due)))
        names = tuple(f"trip_{place}" for place in range(len(due)))
        return Trips(self._departures.types, due, type_row, path, start, names)


def movement_flow(network: Network, routes: Sequence[Route], flow: Floats) -> Floats:
    """[veh/s] (M,) through each movement, from the flow (S,) of each route."""
    index = {name: road for road, name in enumerate(network.roads)}
    movement = {(index[a], index[b]): place for place, (a, b) in enumerate(network.movement_roads)}
    total = np.zeros(len(network.movement_roads))
    for route, amount in zip(routes, flow, strict=True):
        for before, after in pairwise(route):
            total[movement[before, after]] += amount
    return total


def _flow(index: int, pair: Pair) -> float:
    if not (np.isfinite(pair.flow) and pair.flow >= 0):
        raise DemandError(f"pairs[{index}].flow", f"{pair.flow} is not a flow", "give a number of at least 0")
    return pair.flow


def _route(network: Network, paths: LanePaths, index: int, pair: Pair) -> Route:
    if pair.origin == pair.destination:
        raise DemandError(f"pairs[{index}]", f"{pair.origin!r} is both origin and destination", "give two places")
    starts = _roads(network, pair.origin, f"pairs[{index}].origin", at_start=True)
    ends = _roads(network, pair.destination, f"pairs[{index}].destination", at_start=False)
    found = [
        route for start in starts for end in ends if start != end and (route := shortest_path(network, start, end))
    ]
    if not found:
        what = f"no route leads from {pair.origin!r} to {pair.destination!r}"
        raise DemandError(f"pairs[{index}]", what, "choose places that roads join")
    length = dict(zip(network.roads, paths.road_length.tolist(), strict=True))
    names = min(found, key=lambda route: sum(length[name] for name in route))
    return paths.route(names, f"pairs[{index}]")


def _roads(network: Network, place: str, where: str, *, at_start: bool) -> list[str]:
    """The road of this name, or the roads that begin (or end) at the node of this name."""
    if place in network.roads:
        return [place]
    if place not in network.graph:
        raise DemandError(
            where, f"{place!r} is neither a road nor a node of the network", "give the name of a road or node"
        )
    begin = {name: start for start, _, name in network.graph.edges(keys=True)}
    end = {name: stop for _, stop, name in network.graph.edges(keys=True)}
    return [name for name in network.roads if (begin if at_start else end)[name] == place]
