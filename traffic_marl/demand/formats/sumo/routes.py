"""Routes of SUMO's vehicles: along the edges given, or the fastest way over empty roads."""

from collections.abc import Sequence
from itertools import pairwise

from traffic_marl.demand.anchors import Undrivable
from traffic_marl.demand.paths import LanePaths
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.network.routes import FastestRoutes


class SumoRoutes:
    """The routes on one network. The results are kept."""

    def __init__(self, network: Network) -> None:
        self._names = frozenset(network.roads)
        self._joined = frozenset(network.movement_roads)
        self._fastest = FastestRoutes(network)
        self.paths = LanePaths(network, least=1)
        self._known: dict[tuple[bool, tuple[str, ...]], tuple[str, ...] | Undrivable] = {}

    def along(self, edges: Sequence[str], where: str) -> tuple[str, ...] | Undrivable:
        """The route along edges, each joined to the next."""
        return self._kept(False, tuple(edges), where)

    def through(self, edges: Sequence[str], where: str) -> tuple[str, ...] | Undrivable:
        """The fastest route over edges in turn, from the first to the last."""
        return self._kept(True, tuple(edges), where)

    def _kept(self, searched: bool, edges: tuple[str, ...], where: str) -> tuple[str, ...] | Undrivable:
        key = (searched, edges)
        if key not in self._known:
            self._known[key] = self._found(searched, edges, where)
        return self._known[key]

    def _found(self, searched: bool, edges: tuple[str, ...], where: str) -> tuple[str, ...] | Undrivable:
        for name in edges:
            if name not in self._names:
                error = DemandError(where, f"there is no edge {name!r} for cars", "use edges of the network")
                return Undrivable("the network lacks an edge of theirs, or it is not for cars", error)
        roads = list(edges[:1])
        for before, after in pairwise(edges):
            if searched and before == after:
                continue
            onward = self._fastest.between(before, after) if searched else self._next(before, after)
            if not onward:
                error = DemandError(where, f"no way for cars leads from {before!r} to {after!r}", "give another route")
                return Undrivable("no way for cars joins their edges", error)
            roads += onward
        return self._with_lanes(roads, where)

    def _next(self, before: str, after: str) -> list[str]:
        return [after] if (before, after) in self._joined else []

    def _with_lanes(self, roads: list[str], where: str) -> tuple[str, ...] | Undrivable:
        try:
            self.paths.route(roads, where)
        except DemandError as error:
            return Undrivable("no lanes for cars lead along their route", error)
        return tuple(roads)
