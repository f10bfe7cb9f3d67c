"""CityFlow's flow files: reading them as a demand, and writing one draw so that CityFlow can run it.

The format and its meaning: Zhang et al. (2019), doi 10.1145/3308558.3314139.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.demand.paths import LanePaths
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.errors import DemandError, FileError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.network.routes import shortest_path

SHORTEST_INTERVAL = 0.01  # [s] between the vehicles of one flow
LARGEST = 1e12  # no number in a file means anything beyond it
VEHICLE_FIELDS = {  # CityFlow's name: ours, and whether it may be 0
    "length": ("length", False),
    "minGap": ("min_gap", True),
    "maxSpeed": ("max_speed", False),
    "headwayTime": ("headway", True),
    "maxPosAcc": ("max_acceleration", False),
    "maxNegAcc": ("max_deceleration", False),
    "usualPosAcc": ("usual_acceleration", False),
    "usualNegAcc": ("usual_deceleration", False),
}
VEHICLE_WIDTH = 2.0  # [m] written because CityFlow asks for it; it has no effect


def read_flow(path: str | Path, network: Network, horizon: int) -> TripDemand:
    """Reads a flow file as the vehicles that CityFlow creates in the seconds before the horizon.

    Vehicles are named `flow_<flow>_<count>`. Those of one second queue in the order of their flows. Stricter than
    CityFlow, which leaves out flows it cannot route.

    Args:
        path: the file.
        network: the network it belongs to.
        horizon: [s] at least 1.

    Raises:
        FileError: the file cannot be read or is not JSON.
        DemandError: an element of it is wrong; the error names file and element.
    """
    flows = _read_json(Path(path))
    name = Path(path).name
    if not isinstance(flows, list):
        raise DemandError(name, "is not a list of flows", "give a list, one element a flow")
    vehicles: dict[VehicleType, VehicleType] = {}  # parameters to type, so that equal vehicles share one
    routes = _Routes(network)
    trips: list[PlannedTrip] = []
    for index, flow in enumerate(flows):
        where = f"{name}: [{index}]"
        if not isinstance(flow, dict):
            raise DemandError(where, "is not a flow", "give an object with vehicle, route, interval and startTime")
        roads = routes.roads(_field(flow, "route", where), f"{where}.route")
        parameters = _vehicle(_field(flow, "vehicle", where), f"{where}.vehicle")
        vehicle = vehicles.setdefault(parameters, _named(parameters, len(vehicles)))
        due = enumerate(_creations(flow, where, horizon))
        trips += [PlannedTrip(f"flow_{index}_{count}", second, roads, vehicle) for count, second in due]
    return TripDemand(network, trips, horizon)


def write_flow(trips: Trips, network: Network, path: str | Path) -> None:
    """Writes trips as a flow file, one flow a vehicle in their order; an existing file is replaced at the end only.

    CityFlow draws the first lane itself where a route leaves a choice.

    Raises:
        FileError: the file cannot be written.
    """
    routes: dict[int, list[str]] = {}
    for start in trips.path_start.tolist():
        if start not in routes:
            routes[start] = _roads_along(trips, network, start)
    vehicles = [_vehicle_fields(vehicle) for vehicle in trips.types]
    rows = zip(trips.scheduled.tolist(), trips.kind.tolist(), trips.path_start.tolist(), strict=True)
    flows = [
        {"vehicle": vehicles[kind], "route": routes[start], "interval": 1.0, "startTime": second, "endTime": second}
        for second, kind, start in rows
    ]
    _write_json(flows, Path(path))


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(str(path), f"cannot be read: {error.strerror}", "give a flow file that can be read") from None
    except UnicodeDecodeError:
        raise FileError(str(path), "is not text in UTF-8", "give a flow file in JSON") from None
    except json.JSONDecodeError as error:
        what = f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise FileError(str(path), what, "correct the file there") from None
    except ValueError as error:
        raise FileError(str(path), f"cannot be read: {error}", "correct the number") from None
    except RecursionError:
        raise FileError(str(path), "is nested too deeply", "give a flow file") from None


def _creations(flow: dict[str, Any], where: str, horizon: int) -> Iterator[int]:
    """[s] when the vehicles of a flow are created, by CityFlow's own accumulator."""
    interval = _number(flow, "interval", where)
    if interval < SHORTEST_INTERVAL:
        raise DemandError(f"{where}.interval", f"{interval} s is too short", f"give at least {SHORTEST_INTERVAL} s")
    start = _second(flow, "startTime", where, 0)
    end = _second(flow, "endTime", where, -1) if "endTime" in flow else -1
    if end != -1 and end < start:
        raise DemandError(f"{where}.endTime", f"{end} s is before startTime", "give -1 or a time from startTime on")
    ready = interval
    for second in range(start, horizon if end == -1 else min(horizon, end + 1)):
        while ready >= interval:
            yield second
            ready -= interval
        ready += 1.0


class _Routes:
    """The routes of a file: anchors that are no neighbours are joined by the shortest path."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._paths = LanePaths(network)
        self._names = frozenset(network.roads)
        self._neighbours = frozenset(network.movement_roads)
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def roads(self, anchors: Any, where: str) -> tuple[str, ...]:
        """The roads along the anchors, once it is sure that lanes lead along them."""
        if not isinstance(anchors, list) or not all(isinstance(name, str) for name in anchors):
            raise DemandError(where, "is not a list of road names", "give the roads in driving order")
        key = tuple(anchors)
        if key not in self._known:
            self._known[key] = self._joined(key, where)
        return self._known[key]

    def _joined(self, anchors: tuple[str, ...], where: str) -> tuple[str, ...]:
        for name in anchors:
            if name not in self._names:
                raise DemandError(where, f"there is no road {name!r}", "name roads of the network")
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
            raise DemandError(where, f"no route leads from {before!r} to {after!r}", "name roads that are joined")
        return between[1:]


def _vehicle(fields: Any, where: str) -> VehicleType:
    if not isinstance(fields, dict):
        raise DemandError(where, "is not a vehicle", "give an object with length, maxSpeed and the other parameters")
    values = {}
    for name, (ours, may_be_zero) in VEHICLE_FIELDS.items():
        values[ours] = _number(fields, name, where)
        if values[ours] < 0 or (values[ours] == 0 and not may_be_zero):
            remedy = "give a number of at least 0" if may_be_zero else "give a number above 0"
            raise DemandError(f"{where}.{name}", f"{fields[name]} is too small", remedy)
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


def _field(fields: dict[str, Any], name: str, where: str) -> Any:
    if name not in fields:
        raise DemandError(f"{where}.{name}", "is missing", "give it")
    return fields[name]


def _number(fields: dict[str, Any], name: str, where: str) -> float:
    value = _field(fields, name, where)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise DemandError(f"{where}.{name}", f"{value!r} is not a number", "give a finite number")
    return float(value)


def _second(fields: dict[str, Any], name: str, where: str, least: int) -> int:
    value = _number(fields, name, where)
    if value != int(value) or value < least:
        raise DemandError(f"{where}.{name}", f"{value:g} is not a second", f"give a whole number, at least {least}")
    return int(value)


def _write_json(content: Any, path: Path) -> None:
    """Writes under a temporary name in the same folder, then renames."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileError(str(path), f"cannot be written: {error.strerror}", "give a path that can be written") from None
