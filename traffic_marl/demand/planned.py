"""Demand that is given trip by trip."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.origin_destination import movement_flow
from traffic_marl.demand.paths import LanePaths
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.errors import DemandError
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark


@dataclass(frozen=True)
class PlannedTrip:
    """One vehicle with its departure time and its roads."""

    name: str
    scheduled: int  # [s]
    roads: tuple[str, ...]  # names, each joined to the next
    vehicle: VehicleType = field(default_factory=VehicleType)


class TripDemand:
    """The same trips for every seed. Only the first lane is drawn, where a route leaves a choice.

    Args:
        network: the network of the trips.
        trips: in any order. Trips of the same second enter in the order given.
        duration: [s] every trip departs before it.
        remarks: about the file that the trips were read from.
        paths: that are known already.
        types: of the vehicles, and others that stand beside them in the table of types. None: those of the trips.

    Raises:
        DemandError: a trip departs after the duration, or no lanes lead along its roads. The error names the index.
    """

    duration: int  # [s]
    is_random: bool
    flow: Floats  # [veh/s] (M,)

    def __init__(
        self,
        network: Network,
        trips: Sequence[PlannedTrip],
        duration: int,
        remarks: Sequence[Remark] = (),
        paths: LanePaths | None = None,
        types: Sequence[VehicleType] | None = None,
    ) -> None:
        _check(trips, duration)
        self.remarks = tuple(remarks)
        order = np.argsort([trip.scheduled for trip in trips], kind="stable").tolist()
        self.duration = duration
        self._paths = LanePaths(network) if paths is None else paths
        self._names = tuple(trips[place].name for place in order)
        own = (trip.vehicle for trip in trips) if types is None else types
        self._types = tuple(dict.fromkeys(own)) or (VehicleType(),)
        rows = {vehicle: row for row, vehicle in enumerate(self._types)}
        self._scheduled = np.array([trips[place].scheduled for place in order], dtype=np.int32)
        self._type_row = np.array([rows[trips[place].vehicle] for place in order], dtype=np.int32)
        known = {trip.roads: index for index, trip in reversed(list(enumerate(trips)))}
        self._routes = [self._paths.route(roads, f"trips[{index}].roads") for roads, index in known.items()]
        places = {roads: place for place, roads in enumerate(known)}
        self._which = np.array([places[trips[place].roads] for place in order], dtype=np.int32)
        self.is_random = any(len(self._paths.options(route)) > 1 for route in self._routes)
        count = np.bincount(self._which, minlength=len(self._routes))
        self.flow = movement_flow(network, self._routes, count / duration)

    def draw(self, seed: int) -> Trips:
        """The trips, with the first lanes of this seed."""
        lane = np.random.default_rng(seed).random(len(self._scheduled))
        path, start = self._paths.choose(self._routes, self._which, lane)
        return Trips(self._types, self._scheduled, self._type_row, path, start, self._names)


def _check(trips: Sequence[PlannedTrip], duration: int) -> None:
    if duration < 1:
        raise DemandError("duration", f"{duration} s is too short", "give at least 1 s")
    for index, trip in enumerate(trips):
        if not 0 <= trip.scheduled < duration:
            what = f"{trip.scheduled} s is not within the duration"
            raise DemandError(f"trips[{index}].scheduled", what, f"give 0 to {duration - 1}")
