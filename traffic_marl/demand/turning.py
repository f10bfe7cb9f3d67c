"""Demand by turning ratios. Vehicles enter on some roads and turn at random at each intersection until the rim."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.paths import LanePaths, Route
from traffic_marl.demand.trips import Trips
from traffic_marl.demand.walks import Turning, Walks, joined
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.model import TURNS
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark

MOST_INTERSECTIONS = 40


def rim_entries(network: Network) -> tuple[str, ...]:
    """Roads on which vehicles enter at the rim. They lead to an intersection, and no road leads to them."""
    has_way_in, has_way_out = joined(network)
    return tuple(name for road, name in enumerate(network.roads) if has_way_out[road] and not has_way_in[road])


class TurningDemand:
    """Vehicles that enter with given inflows and turn at random until they leave at the rim. They make no U-turns.

    A vehicle that has passed `most_intersections` takes the shortest way out from there.

    Args:
        network: the network of the trips.
        inflow: [veh/s] of each entry road by name, at factor 1 of the profile.
        departures: departure times and types of the vehicles.
        turning: shares of the turns.
        turning_of: other shares, at every intersection, for the vehicles of some entries, by road name.
        most_intersections: number of intersections at which a vehicle turns at random; at least 1.
        local_turning: shares for all vehicles at some intersections or on some roads into one, by name.

    Raises:
        DemandError: an entry is unknown or leads nowhere, an inflow is no number of at least 0, there are too many
            vehicles, or they reach a road from which they cannot continue.
    """

    is_random = True
    duration: int  # [s]
    flow: Floats  # [veh/s] (M,)

    def __init__(
        self,
        network: Network,
        inflow: Mapping[str, float],
        departures: Departures,
        *,
        turning: Turning | None = None,
        turning_of: Mapping[str, Turning] | None = None,
        most_intersections: int = MOST_INTERSECTIONS,
        local_turning: Mapping[str, Turning] | None = None,
    ) -> None:
        if most_intersections < 1:
            raise DemandError("most_intersections", f"{most_intersections} is too few", "give at least 1")
        others = turning_of or {}
        _check_entries(network, inflow, others)
        self.duration = departures.duration
        self._departures = departures
        self._inflow = np.array(list(inflow.values()), dtype=np.float64)  # [veh/s] (S,)
        departures.check(self._inflow)
        self._entry = np.array([network.roads.index(name) for name in inflow], dtype=np.int32)  # (S,)
        turnings = [others.get(name, turning or Turning()) for name in inflow]
        distinct = list(dict.fromkeys(turnings))
        self.remarks = tuple(_lost_shares(network, [*distinct, *(local_turning or {}).values()]))
        self._group = np.array([distinct.index(one) for one in turnings], dtype=np.int32)  # (S,)
        self._walks = Walks(network, distinct, most_intersections, local_turning)
        self._paths = LanePaths(network)
        self.flow = self._walks.flow(self._entry, self._group, departures.mean_flow(self._inflow))

    def flow_between(self, first: int, last: int) -> Floats:
        """[veh/s] (M,) Expected flow of each movement, averaged over the seconds first .. last."""
        inflow = self._departures.mean_flow_between(self._inflow, first, last)
        return self._walks.flow(self._entry, self._group, inflow)

    def draw(self, seed: int) -> Trips:
        """The trips of this seed."""
        generator = np.random.default_rng(seed)
        due, source, type_row = self._departures.draw(self._inflow, generator)
        walks = self._walks.draw(self._entry[source], self._group[source], generator)
        routes, which = _distinct(walks)
        path, start = self._paths.choose(routes, which, generator.random(len(due)))
        names = tuple(f"trip_{place}" for place in range(len(due)))
        return Trips(self._departures.types, due, type_row, path, start, names)


def _lost_shares(network: Network, turnings: Sequence[Turning]) -> Iterator[Remark]:
    """Remarks about turns that have a share and that no movement of the network makes."""
    for turn in TURNS:
        share = max(turning.of(turn) for turning in turnings)
        if share > 0 and turn not in network.movement_turns:
            what = f"no movement of the network makes this turn, so its share of {share:g} goes to the others"
            yield Remark(f"demand.turning.{turn}", what)


def _distinct(walks: Ints) -> tuple[list[Route], Ints]:
    """The distinct rows of (V, longest) as routes, and the index of each row among them (V,)."""
    rows = np.ascontiguousarray(walks).view(np.dtype((np.void, walks.itemsize * walks.shape[1])))[:, 0]
    _, first, which = np.unique(rows, return_index=True, return_inverse=True)
    width = (walks[first] != NONE).sum(axis=1)
    routes = [tuple(row[:end]) for row, end in zip(walks[first].tolist(), width.tolist(), strict=True)]
    return routes, which.astype(np.int32)


def _check_entries(network: Network, inflow: Mapping[str, float], turning_of: Mapping[str, Turning]) -> None:
    if not inflow:
        raise DemandError("inflow", "no road has an inflow", "give the inflow of at least one road")
    _, has_way_out = joined(network)
    remedy = f"name roads that lead to an intersection, such as {', '.join(rim_entries(network)[:4])}"
    for name, flow in inflow.items():
        if name not in network.roads:
            raise DemandError(f"inflow.{name}", "is not a road of the network", remedy)
        if not has_way_out[network.roads.index(name)]:
            raise DemandError(f"inflow.{name}", "is a road that leads to no intersection", remedy)
        if not (np.isfinite(flow) and flow >= 0):
            raise DemandError(f"inflow.{name}", f"{flow} is not a flow", "give a number of at least 0")
    for name in turning_of:
        if name not in inflow:
            raise DemandError(f"turning_of.{name}", "is not an entry", "name a road that has an inflow")
