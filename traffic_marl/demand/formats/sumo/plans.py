"""Plans: the vehicles of one trip, vehicle or flow of a route file, and the demand that is drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.demand import Demand
from traffic_marl.demand.formats.sumo.times import Process
from traffic_marl.demand.origin_destination import movement_flow
from traffic_marl.demand.paths import LanePaths
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark


@dataclass(frozen=True)
class Plan:
    """The vehicles of one element."""

    name: str
    process: Process | int  # or the second of one vehicle [s]
    routes: tuple[tuple[tuple[str, ...], float], ...]  # roads, and the share of the vehicles that take them
    types: tuple[tuple[VehicleType, float], ...]  # types, and their shares

    @property
    def is_random(self) -> bool:
        """Whether its times, routes or types are drawn."""
        drawn = not isinstance(self.process, int) and bool(self.process.random)
        return drawn or len(self.routes) > 1 or len(self.types) > 1

    def expected(self, horizon: int) -> float:
        """[veh] expected before the horizon [s]."""
        if isinstance(self.process, int):
            return float(self.process < horizon)
        return self.process.expected(horizon)

    def trips(self, horizon: int, generator: np.random.Generator | None) -> list[PlannedTrip]:
        """Its vehicles that are due before the horizon [s]. A plan that is not random needs no generator."""
        if isinstance(self.process, int):
            seconds, names = [self.process] if self.process < horizon else [], [self.name]
        else:
            seconds = self.process.seconds(horizon, generator)
            names = [f"{self.name}.{number}" for number in range(len(seconds))]
        routes, types = (_picked(options, len(seconds), generator) for options in (self.routes, self.types))
        return [PlannedTrip(*each) for each in zip(names, seconds, routes, types, strict=False)]


def demand_of(
    network: Network, plans: Sequence[Plan], horizon: int, remarks: Sequence[Remark], paths: LanePaths
) -> Demand:
    """The demand of the plans before the horizon [s], on paths that are known already."""
    if not any(plan.is_random for plan in plans):
        trips = [trip for plan in plans for trip in plan.trips(horizon, None)]
        return TripDemand(network, trips, horizon, remarks, paths)
    return RandomPlans(network, plans, horizon, remarks, paths)


class RandomPlans:
    """Vehicles of which some are drawn by seed: their times, routes or types.

    Args:
        network: of the vehicles.
        plans: in the order of the files.
        duration: [s] vehicles depart before it.
        remarks: about the files.
        paths: that are known already.
    """

    is_random = True
    duration: int  # [s]
    flow: Floats  # [veh/s] (M,)

    def __init__(
        self, network: Network, plans: Sequence[Plan], duration: int, remarks: Sequence[Remark], paths: LanePaths
    ) -> None:
        self.duration = duration
        self.remarks = tuple(remarks)
        self._network, self._plans = network, tuple(plans)
        self._paths = paths
        self._types = tuple(dict.fromkeys(vehicle for plan in plans for vehicle, _ in plan.types))  # of every draw
        self.flow = self._expected_flow()

    def draw(self, seed: int) -> Trips:
        """The trips of this seed."""
        generator = np.random.default_rng(seed)
        trips = [trip for plan in self._plans for trip in plan.trips(self.duration, generator)]
        return TripDemand(self._network, trips, self.duration, (), self._paths, self._types).draw(seed)

    def _expected_flow(self) -> Floats:
        """[veh/s] (M,) averaged over the duration."""
        flows: dict[tuple[str, ...], float] = {}
        for plan in self._plans:
            total = sum(share for _, share in plan.routes)
            for roads, share in plan.routes:
                flows[roads] = flows.get(roads, 0.0) + plan.expected(self.duration) * share / total
        routes = [self._paths.route(roads, "route") for roads in flows]
        return movement_flow(self._network, routes, np.array(list(flows.values())) / self.duration)


def _picked(options: Sequence[tuple[Any, float]], count: int, generator: np.random.Generator | None) -> list[Any]:
    """One option for each of `count` vehicles, by their shares."""
    if len(options) == 1:
        return [options[0][0]] * count
    assert generator is not None, "a choice needs a generator"
    bounds = np.cumsum([share for _, share in options])
    places = np.searchsorted(bounds, generator.random(count) * bounds[-1], side="right")
    return [options[min(place, len(options) - 1)][0] for place in places.tolist()]
