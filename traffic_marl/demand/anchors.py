"""Routes given by anchors, which are roads to pass in turn. Shortest paths join those that are not adjacent."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from traffic_marl.demand.paths import LanePaths
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.network.routes import shortest_path


@dataclass(frozen=True)
class Undrivable:
    """A route that no vehicle can drive."""

    why: str  # a reason that all such routes share, such as `no movements join the roads of the route`
    error: DemandError  # about this route


class AnchoredRoutes:
    """The routes along anchors on one network. The results are kept."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._paths = LanePaths(network)
        self._names = frozenset(network.roads)
        self._neighbours = frozenset(network.movement_roads)
        self._known: dict[tuple[str, ...], tuple[str, ...] | Undrivable] = {}

    def roads(self, anchors: Sequence[str], where: str) -> tuple[str, ...] | Undrivable:
        """The roads along the anchors. An anchor that is the same as the one before it counts once, as in CityFlow.

        Args:
            anchors: names of roads.
            where: the place that an error names.
        """
        names = tuple(anchors)
        if names not in self._known:
            self._known[names] = self._joined(names, where)
        return self._known[names]

    def _joined(self, anchors: tuple[str, ...], where: str) -> tuple[str, ...] | Undrivable:
        for name in anchors:
            if name not in self._names:
                error = DemandError(where, f"there is no road {name!r}", "use names of roads of the network")
                return Undrivable("the network lacks a road of the route", error)
        roads = list(anchors[:1])
        for before, after in pairwise(anchors):
            if before == after:
                continue
            between = self._between(before, after)
            if not between:
                what = f"no route leads from {before!r} to {after!r}"
                error = DemandError(where, what, "give roads that movements join")
                return Undrivable("no movements join the roads of the route", error)
            roads += between
        return self._with_lanes(roads, where)

    def _between(self, before: str, after: str) -> Sequence[str]:
        """The roads that lead on from one road to another, the other included. Empty if there are none."""
        if (before, after) in self._neighbours:
            return [after]
        return (shortest_path(self._network, before, after) or [])[1:]

    def _with_lanes(self, roads: list[str], where: str) -> tuple[str, ...] | Undrivable:
        try:
            self._paths.route(roads, where)
        except DemandError as error:
            few = len(roads) < 2
            return Undrivable("the route has fewer than two roads" if few else "no lanes lead along the route", error)
        return tuple(roads)
