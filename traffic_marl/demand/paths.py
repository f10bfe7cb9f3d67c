"""Paths over the lanes and connections of a route, with the choice of lanes."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.demand.lane_choice import spread_ways
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network

Route = tuple[int, ...]  # roads, by index


class LanePaths:
    """Turns routes into paths on one network, and keeps the results.

    The first lane is drawn from those of the first road that lead to the second. At each intersection the vehicle
    takes the connection to the lane nearest in index to its own among the lanes that lead on to the road after the
    next, and among equal ones to the first in the network's order. On a network whose connections change lanes,
    `lane_choice.spread_ways` chooses in place of this rule. No route has fewer roads than `least`.

    Source: Zhang et al. (2019), doi 10.1145/3308558.3314139 (CityFlow). One difference: CityFlow also lets vehicles
    start on lanes from which this rule comes to a dead end. Here such lanes are left out.
    """

    def __init__(self, network: Network, least: int = 2) -> None:
        self._network = network
        self._least = least
        self._roads = {name: road for road, name in enumerate(network.roads)}
        tables = network.tables
        self._lanes: list[list[int]] = [[] for _ in network.roads]
        for lane, road in enumerate(tables.lane_road.tolist()):
            self._lanes[road].append(lane)
        self._index = [lane - self._lanes[road][0] for lane, road in enumerate(tables.lane_road.tolist())]
        self._links: dict[tuple[int, int], list[tuple[int, int]]] = {}  # lane, next road -> (drivable, end lane)
        for lane in range(len(network.lane_names)):
            for drivable in tables.leaving[tables.leaving_start[lane] : tables.leaving_start[lane + 1]].tolist():
                end = int(tables.end_lane[drivable - len(network.lane_names)])
                self._links.setdefault((lane, int(tables.lane_road[end])), []).append((drivable, end))
        self._shifts = bool(tables.shift.any())
        self._options: dict[Route, tuple[Ints, ...]] = {}

    @property
    def road_length(self) -> Floats:
        """[m] (R,) mean length of each road's lanes."""
        tables = self._network.tables
        return np.bincount(tables.lane_road, tables.length[: len(tables.lane_road)]) / np.bincount(tables.lane_road)

    def route(self, names: Sequence[str], where: str) -> Route:
        """The route along roads given by name, if lanes lead along it.

        Raises:
            DemandError: a road is unknown, or no lanes lead along the roads. The error is placed at `where`.
        """
        for name in names:
            if name not in self._roads:
                raise DemandError(where, f"there is no road {name!r}", "use names of roads of the network")
        route = tuple(self._roads[name] for name in names)
        try:
            self.options(route)
        except DemandError as error:
            raise DemandError(where, error.what, error.remedy) from None
        return route

    def options(self, route: Route) -> tuple[Ints, ...]:
        """The paths of a route, one for each possible first lane, each closed by NONE.

        Raises:
            DemandError: the route has fewer than two roads, or no lanes lead along it.
        """
        if route not in self._options:
            self._options[route] = self._find(route)
        return self._options[route]

    def choose(self, routes: Sequence[Route], which: Ints, draw: Floats) -> tuple[Ints, Ints]:
        """One path for each vehicle.

        Args:
            routes: distinct routes.
            which: (V,) index of each vehicle's route.
            draw: (V,) numbers within 0 .. 1 that pick the first lane.

        Returns:
            `path` and `path_start` (V,) as in `Trips`, without paths that no vehicle takes.
        """
        options = [self.options(route) for route in routes]
        count = np.array([len(paths) for paths in options], dtype=np.int64)
        first = np.cumsum(count) - count
        flat = [path for paths in options for path in paths]
        chosen = first[which] + (draw * count[which]).astype(np.int64)
        used, slot = np.unique(chosen, return_inverse=True)
        paths = [flat[index] for index in used.tolist()]
        start = np.cumsum([0, *map(len, paths)])[:-1]
        path = np.concatenate([np.empty(0, dtype=np.int32), *paths])
        return path.astype(np.int32), start[slot].astype(np.int32)

    def _find(self, route: Route) -> tuple[Ints, ...]:
        if len(route) < self._least:
            raise DemandError("route", f"{self._names(route)} has fewer than two roads", "give at least two")
        found = self._spread(route) if self._shifts else [self._follow(route, lane) for lane in self._lanes[route[0]]]
        paths = tuple(np.array([*path, NONE], dtype=np.int32) for path in found if path)
        if not paths:
            what = f"no lanes lead along {self._names(route)}"
            raise DemandError("route", what, "choose roads that connections join")
        return paths

    def _spread(self, route: Route) -> list[list[int]]:
        """Drivables of the ways along a route on a network whose connections change lanes."""
        shift, lanes = self._network.tables.shift, len(self._network.lane_names)
        links = {
            (lane, after): [(drivable, end, max(int(shift[drivable - lanes]) - 1, 0)) for drivable, end in own]
            for before, after in pairwise(route)
            for lane in self._lanes[before]
            if (own := self._links.get((lane, after)))
        }
        return spread_ways(links, self._lanes, route)

    def _follow(self, route: Route, lane: int) -> list[int]:
        """Drivables from a first lane to the end of the route. Empty if they end before it."""
        path = [lane]
        for place, road in enumerate(route[1:], start=1):
            links = self._links.get((lane, road), [])
            if place + 1 < len(route):
                links = [link for link in links if (link[1], route[place + 1]) in self._links]
            if not links:
                return []
            here = self._index[lane]
            drivable, lane = min(links, key=lambda link: abs(self._index[link[1]] - here))
            path += [drivable, lane]
        return path

    def _names(self, route: Route) -> str:
        return " > ".join(self._network.roads[road] for road in route)
