"""The demand that turning counts describe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.demand.counts.contradictions import contradiction_remarks
from traffic_marl.demand.counts.fitting import RoadFlows, fitted_flows, whole_flows
from traffic_marl.demand.counts.matching import Counts, matched
from traffic_marl.demand.counts.routes import routes_of
from traffic_marl.demand.counts.sheet import read_counts
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.paths import LanePaths, Route
from traffic_marl.demand.trips import Trips, check_count
from traffic_marl.demand.turning import MOST_INTERSECTIONS
from traffic_marl.demand.walks import Turning, Walks, joined
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark


@dataclass(frozen=True)
class Usual:
    """Flows where nothing was counted."""

    turning: Turning = field(default_factory=Turning)  # shares of the turns
    inflow: float = 0.0  # [veh/s] on a road from the rim


class CountedDemand:
    """Trips that meet turning counts in each interval. A vehicle counts in the interval in which it departs.

    Flows of all movements are fitted to the counts of an interval and rounded to whole vehicles. Each draw has other
    departure times and other routes, and the same flows.

    Args:
        network: the network of the trips.
        counts: on this network.
        departures: duration, types of vehicles, and whether departures are regular. Its profile plays no part.
        usual: flows where nothing was counted.

    Raises:
        DemandError: there are too many vehicles.
    """

    is_random = True

    def __init__(self, network: Network, counts: Counts, departures: Departures, usual: Usual | None = None) -> None:
        self.counts = counts
        self.duration = departures.duration
        self._network = network
        self._departures = departures
        self._structure = road_flows(network, (usual or Usual()).turning)
        self._paths = LanePaths(network)
        self.passing: Ints = self._whole(usual or Usual())  # [veh] (Q, M) in each interval
        starting = self.passing[:, ~self._structure.between[self._structure.leaves]].sum()
        check_count("demand", float(starting), self.duration)
        self.remarks = (*counts.remarks, *contradiction_remarks(network, counts), *self._empty_entries())

    @property
    def flow(self) -> Floats:
        """[veh/s] (M,) flow of each movement, averaged over the duration."""
        return self.flow_between(0, self.duration)

    def flow_between(self, first: int, last: int) -> Floats:
        """[veh/s] (M,) The same averaged over the seconds first .. last."""
        starts = np.arange(len(self.passing)) * self.counts.interval
        inside = np.minimum(starts + self.counts.interval, last) - np.maximum(starts, first)
        shares = np.maximum(inside, 0) / self.counts.interval
        flow: Floats = shares @ self.passing / (last - first)
        return flow

    def draw(self, seed: int) -> Trips:
        """The trips of this seed."""
        generator = np.random.default_rng(seed)
        routes, times = [], []
        for number, flow in enumerate(self.passing):
            own = routes_of(flow, self._structure.leaves, self._structure.enters, self._structure.roads, generator)
            routes += own
            times.append((number + self._shares(own, generator)) * self.counts.interval)
        time = np.concatenate([np.empty(0), *times])
        order = np.argsort(time, kind="stable")
        due = np.floor(time[order]).astype(np.int32)
        order, due = order[due < self.duration], due[due < self.duration]
        places = {route: place for place, route in enumerate(dict.fromkeys(routes))}
        which = np.array([places[routes[place]] for place in order.tolist()], dtype=np.int32)
        path, start = self._paths.choose(list(places), which, generator.random(len(due)))
        rows = self._departures.type_rows(len(due), generator)
        names = tuple(f"trip_{place}" for place in range(len(due)))
        return Trips(self._departures.types, due, rows, path, start, names)

    def _shares(self, routes: Sequence[Route], generator: np.random.Generator) -> Floats:
        """(V,) share of the interval that is over when each vehicle departs."""
        if not self._departures.regular:
            return generator.random(len(routes))
        entry = np.array([route[0] for route in routes], dtype=np.int64)
        count = np.bincount(entry, minlength=self._structure.roads)
        begin = generator.random(self._structure.roads)
        order = np.argsort(entry, kind="stable")
        turn = np.empty(len(routes))
        turn[order] = np.arange(len(routes)) - np.repeat(np.cumsum(count) - count, count)
        shares: Floats = (turn + begin[entry]) / np.maximum(count[entry], 1)
        return shares

    def _whole(self, usual: Usual) -> Ints:
        """[veh] (Q, M) Whole flows. What an interval rounds away is left to the next one."""
        counts, groups = self.counts, self.group_matrix
        rows, rest = [], np.zeros(len(self._network.movement_roads))
        for counted in counts.vehicles:
            flow = fitted_flows(self._structure, groups, counted, usual.inflow * counts.interval)
            rows.append(whole_flows(self._structure, flow + rest))
            rest = rest + flow - rows[-1]
        return np.stack(rows)

    @cached_property
    def group_matrix(self) -> sparse.csr_array:
        """(G, M) 1 where a movement belongs to a group that is counted together."""
        groups = self.counts.groups
        place = [number for number, group in enumerate(groups) for _ in group.movements]
        movement = [each for group in groups for each in group.movements]
        shape = (len(groups), len(self._network.movement_roads))
        return sparse.csr_array((np.ones(len(place)), (place, movement)), shape=shape)

    def _empty_entries(self) -> tuple[Remark, ...]:
        """A remark about roads from the rim on which no vehicle enters although nobody counted none."""
        structure = self._structure
        leaving = np.bincount(structure.leaves, minlength=structure.roads) > 0
        used = np.bincount(structure.leaves, self.passing.sum(axis=0), structure.roads) > 0
        counted = set(np.flatnonzero(~np.isnan(self.counts.vehicles).all(axis=0)).tolist())
        roads = {self.counts.groups[number].road for number in counted}
        empty = [
            self._network.roads[road]
            for road in np.flatnonzero(leaving & ~structure.between & ~used).tolist()
            if self._network.roads[road] not in roads
        ]
        if not empty:
            return ()
        what = f"no vehicle enters on {len(empty)} roads from the rim without counts; the first is {empty[0]}"
        return (
            Remark(
                self.counts.name, what if len(empty) > 1 else f"no vehicle enters on {empty[0]}, which has no counts"
            ),
        )


def road_flows(network: Network, turning: Turning) -> RoadFlows:
    """The structure of a network for the fitting of flows."""
    index = {name: road for road, name in enumerate(network.roads)}
    walks = Walks(network, [turning], MOST_INTERSECTIONS)
    has_way_in, has_way_out = joined(network)
    between: Bools = has_way_in & has_way_out
    leaves = np.array([index[before] for before, _ in network.movement_roads], dtype=np.int32)
    return RoadFlows(
        leaves=leaves,
        enters=np.array([index[after] for _, after in network.movement_roads], dtype=np.int32),
        roads=len(network.roads),
        between=between,
        share=_with_only_ways(walks.probability[0], leaves),
    )


def _with_only_ways(share: Floats, leaves: Ints) -> Floats:
    """The shares (M,). On a road that only movements without a share leave, such as U-turns, all have equal ones."""
    total, count = np.bincount(leaves, share)[leaves], np.bincount(leaves)[leaves]
    return np.where(total > 0, share, 1.0 / count)


def counted_demand(
    path: str | Path,
    network: Network,
    departures: Departures,
    interval: int | None = None,
    usual: Usual | None = None,
) -> CountedDemand:
    """The demand that the counts in a CSV file describe.

    Args:
        path: the file.
        network: on which vehicles were counted.
        departures: as for `CountedDemand`.
        interval: [s] that a line counts. None takes the time between two starts.
        usual: flows where nothing was counted.

    Raises:
        FileError: the file cannot be read as counts.
        DemandError: the counts do not fit the network.
    """
    sheet = read_counts(Path(path))
    counts = matched(sheet, network, sheet.interval if interval is None else interval, departures.duration)
    return CountedDemand(network, counts, departures, usual)
