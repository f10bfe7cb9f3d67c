"""CityFlow's flow files, read as a demand and written from one draw of a demand.

The format and its meaning: Zhang et al. (2019), doi 10.1145/3308558.3314139.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from traffic_marl.demand.paths import LanePaths
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import VEHICLE_LIMITS, Trips, VehicleType, check_count
from traffic_marl.errors import DemandError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.formats.document import JsonValue, read_document
from traffic_marl.network.network import Network
from traffic_marl.network.routes import shortest_path

SHORTEST_INTERVAL = 0.01  # [s] between the vehicles of one flow
NO_END = -1  # [s] the end of a flow that goes on to the horizon
VEHICLE_FIELDS = {  # name in CityFlow: name in VehicleType, and unit
    "length": ("length", "metres"),
    "minGap": ("min_gap", "metres"),
    "maxSpeed": ("max_speed", "metres per second"),
    "headwayTime": ("headway", "seconds"),
    "maxPosAcc": ("max_acceleration", "metres per second squared"),
    "maxNegAcc": ("max_deceleration", "metres per second squared"),
    "usualPosAcc": ("usual_acceleration", "metres per second squared"),
    "usualNegAcc": ("usual_deceleration", "metres per second squared"),
}
VEHICLE_WIDTH = 2.0  # [m] written because CityFlow asks for it; it has no effect


def read_flow(path: str | Path, network: Network, horizon: int) -> TripDemand:
    """The vehicles of a flow file that CityFlow creates in the seconds before the horizon.

    Vehicles are named `flow_<flow>_<count>`. Those of the same second enter in the order of their flows. A flow without
    a route is an error; CityFlow leaves it out.

    Args:
        path: the file.
        network: the network of the trips.
        horizon: [s] at least 1.

    Raises:
        FileError: the file cannot be read or is not JSON.
        DemandError: an element of it is wrong. The error names file and element.
    """
    document = read_document(Path(path), "a flow file", DemandError)
    vehicles: dict[VehicleType, VehicleType] = {}  # parameters to type, so that equal vehicles share one
    routes = _Routes(network)
    trips: list[PlannedTrip] = []
    for index, flow in enumerate(document):
        roads = routes.roads(flow["route"])
        parameters = _vehicle(flow["vehicle"])
        vehicle = vehicles.setdefault(parameters, _named(parameters, len(vehicles)))
        due = enumerate(_creations(flow, horizon, len(trips)))
        trips += [PlannedTrip(f"flow_{index}_{count}", second, roads, vehicle) for count, second in due]
    return TripDemand(network, trips, horizon)


def write_flow(trips: Trips, network: Network, path: str | Path) -> None:
    """Writes trips as a flow file, with one flow for each vehicle in their order.

    An existing file is replaced at the end only.

    CityFlow draws the first lane itself where a route leaves a choice.

    Raises:
        FileError: the file cannot be written.
    """
    routes: dict[int, list[str]] = {}
    for start in trips.path_start.tolist():
        if start not in routes:
            routes[start] = _roads_along(trips, network, start)
    vehicles = [_vehicle_fields(vehicle) for vehicle in trips.types]
    rows = zip(trips.scheduled.tolist(), trips.type_row.tolist(), trips.path_start.tolist(), strict=True)
    flows = [
        {"vehicle": vehicles[row], "route": routes[start], "interval": 1.0, "startTime": second, "endTime": second}
        for second, row, start in rows
    ]
    replace_text(Path(path), None, json.dumps(flows))


def _creations(flow: JsonValue, horizon: int, others: int) -> Iterator[int]:
    """[s] when the vehicles of a flow are created, by CityFlow's own accumulator.

    With the `others` of the file they must not be too many.
    """
    interval = flow["interval"].number()
    if interval < SHORTEST_INTERVAL:
        raise flow["interval"].error(f"{interval} s is too short", f"give at least {SHORTEST_INTERVAL} s")
    start = _second(flow["startTime"], 0)
    given = flow.find("endTime")
    end = NO_END if given is None else _second(given, NO_END)
    if given is not None and end != NO_END and end < start:
        raise given.error(f"{end} s is before startTime", "give -1 or a time from startTime on")
    seconds = range(start, horizon if end == NO_END else min(horizon, end + 1))
    check_count(f"{flow.file}: {flow.path}", others + len(seconds) / interval, horizon)
    ready = interval
    for second in seconds:
        while ready >= interval:
            yield second
            ready -= interval
        ready += 1.0


class _Routes:
    """The routes of a file. Anchors that are not adjacent are joined by the shortest path."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._paths = LanePaths(network)
        self._names = frozenset(network.roads)
        self._neighbours = frozenset(network.movement_roads)
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def roads(self, anchors: JsonValue) -> tuple[str, ...]:
        """The roads along the anchors, if lanes lead along them."""
        names = tuple(anchor.text() for anchor in anchors)
        if names not in self._known:
            self._known[names] = self._joined(names, f"{anchors.file}: {anchors.path}")
        return self._known[names]

    def _joined(self, anchors: tuple[str, ...], where: str) -> tuple[str, ...]:
        for name in anchors:
            if name not in self._names:
                raise DemandError(where, f"there is no road {name!r}", "use names of roads of the network")
        roads = list(anchors[:1])
        for before, after in pairwise(anchors):
            roads += self._between(before, after, where)
        self._paths.route(roads, where)
        return tuple(roads)

    def _between(self, before: str, after: str, where: str) -> Sequence[str]:
        """The roads that lead on from one road to another, the other included."""
        if (before, after) in self._neighbours:
            return [after]
        between = shortest_path(self._network, before, after) if before != after else None
        if not between:
            raise DemandError(where, f"no route leads from {before!r} to {after!r}", "give roads that movements join")
        return between[1:]


def _vehicle(entry: JsonValue) -> VehicleType:
    values = {ours: entry[name].within(*VEHICLE_LIMITS[ours], unit) for name, (ours, unit) in VEHICLE_FIELDS.items()}
    return VehicleType(name="", **values)


def _named(parameters: VehicleType, number: int) -> VehicleType:
    return replace(parameters, name="car" if number == 0 else f"car_{number + 1}")


def _vehicle_fields(vehicle: VehicleType) -> dict[str, float]:
    fields = {name: getattr(vehicle, ours) for name, (ours, _) in VEHICLE_FIELDS.items()}
    return {**fields, "width": VEHICLE_WIDTH}


def _roads_along(trips: Trips, network: Network, start: int) -> list[str]:
    """Names of the roads that a path leads over."""
    end = start + int(np.argmax(trips.path[start:] == NONE))
    lanes = trips.path[start:end:2]  # connections lie between them
    return [network.roads[road] for road in network.tables.lane_road[lanes].tolist()]


def _second(entry: JsonValue, least: int) -> int:
    value = entry.number()
    if value != int(value) or value < least:
        raise entry.error(f"{value:g} is not a second", f"give a whole number, at least {least}")
    return int(value)
