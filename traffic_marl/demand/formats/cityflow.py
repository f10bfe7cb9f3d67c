"""CityFlow's flow files, read as a demand and written from one draw of a demand.

The format and its meaning: Zhang et al. (2019), doi 10.1145/3308558.3314139.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from traffic_marl.demand.anchors import AnchoredRoutes, Undrivable
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.demand.formats.flow_ends import NO_END, flow_ends
from traffic_marl.demand.formats.flow_times import FlowTimes
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import VEHICLE_LIMITS, Trips, VehicleType, check_count
from traffic_marl.errors import DemandError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.formats.contents import Kind
from traffic_marl.network.formats.document import JsonValue, read_document
from traffic_marl.network.network import Network
from traffic_marl.reading import distinct_names
from traffic_marl.remarks import Remark, RemarkBook

SHORTEST_INTERVAL = 0.01  # [s] between the vehicles of one flow
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


def read_flow(path: str | Path, network: Network, horizon: int, also: Sequence[str | Path] = ()) -> TripDemand:
    """The vehicles of a flow file that CityFlow creates in the seconds before the horizon.

    Vehicles are named `flow_<flow>_<count>`. Those of the same second enter in the order of their flows. A flow whose
    route cannot be driven is left out, as in CityFlow; the demand's remarks tell how many.

    Args:
        path: the file.
        network: the network of the trips.
        horizon: [s] at least 1.
        also: further files, which are read as if their flows stood after those of the first.

    Raises:
        FileError: a file cannot be read or is not JSON.
        DemandError: an element of it is wrong. The error names file and element.
    """
    reader = _Reader(network, horizon)
    paths = [Path(each) for each in (path, *also)]
    for each, name in zip(paths, distinct_names(paths), strict=True):
        reader.read(each, name)
    return TripDemand(network, reader.trips, horizon, reader.remarks)


class _Reader:
    """Reads one flow file after the other."""

    def __init__(self, network: Network, horizon: int) -> None:
        self.trips: list[PlannedTrip] = []
        self.remarks: list[Remark] = []
        self._horizon = horizon  # [s]
        self._routes = AnchoredRoutes(network)
        self._vehicles: dict[VehicleType, VehicleType] = {}  # parameters to type, so that equal vehicles share one
        self._flows = 0  # of the files before

    def read(self, path: Path, name: str) -> None:
        """Adds the trips of a file and the remarks about it, which call it by this name."""
        book, left_out = RemarkBook(name), _LeftOut()
        flows = list(read_document(path, Kind.FLOW, DemandError, book))
        before, late = len(self.trips), 0
        for index, flow in enumerate(flows):
            anchors = flow["route"]
            roads = self._routes.roads([anchor.text() for anchor in anchors], f"{anchors.file}: {anchors.path}")
            times = _times(flow, flow_ends(flow, len(flows), book), len(self.trips), self._horizon)
            due = list(times.creations(self._horizon))
            if isinstance(roads, Undrivable):
                left_out.add(roads, f"flow {index}", len(due))
                continue
            vehicle = self._vehicle(flow["vehicle"])
            trip = f"flow_{self._flows + index}"
            self.trips += [PlannedTrip(f"{trip}_{count}", second, roads, vehicle) for count, second in enumerate(due)]
            late += times.count_after(self._horizon, len(due))
            if times.end == NO_END and not due:
                kind = (
                    f"{{count}} of {len(flows):,} flows have no end, begin after {self._horizon:,} s and are left out"
                )
                book.add(kind, f"flow {index}")
        left_out.tell(book, len(flows))
        total = late + len(self.trips) - before
        self.remarks += [*book.remarks(), *_late(name, late, total, self._horizon)]
        self._flows += len(flows)

    def _vehicle(self, entry: JsonValue) -> VehicleType:
        """The type of a vehicle. Equal vehicles share one."""
        parameters = _vehicle(entry)
        return self._vehicles.setdefault(parameters, _named(parameters, len(self._vehicles)))


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


class _LeftOut:
    """The flows that are left out, by reason."""

    def __init__(self) -> None:
        self._flows: dict[str, list[tuple[str, DemandError]]] = {}
        self._vehicles: Counter[str] = Counter()

    def add(self, route: Undrivable, name: str, vehicles: int) -> None:
        """Notes a flow with the number of its vehicles."""
        self._flows.setdefault(route.why, []).append((f"{name} ({route.error.what})", route.error))
        self._vehicles[route.why] += vehicles

    def tell(self, book: RemarkBook, flows: int) -> None:
        """Puts them into the book of a file with so many flows."""
        for why, entries in self._flows.items():
            vehicles = self._vehicles[why]
            with_them = f"{vehicles:,} vehicle{'' if vehicles == 1 else 's'}"
            kind = f"{{count}} of {flows:,} flows left out with {with_them}, because {why}"
            for name, error in entries:
                book.add(kind, name, error)


def _times(flow: JsonValue, ends: tuple[int, int], others: int, horizon: int) -> FlowTimes:
    """When a flow creates vehicles. With the `others` of the file they must not be too many before the horizon."""
    interval = flow["interval"].number()
    if interval < SHORTEST_INTERVAL:
        what = f"{interval:g} s between two vehicles is too short"
        raise flow["interval"].error(what, f"give at least {SHORTEST_INTERVAL} s")
    times = FlowTimes(*ends, interval)
    check_count(f"{flow.file}: {flow.path}", others + len(times.seconds_before(horizon)) / interval, horizon)
    return times


def _late(file: str, late: int, total: int, horizon: int) -> tuple[Remark, ...]:
    """The remark about vehicles that are due after the horizon [s].

    A strict reader refuses them only if no run can be long enough for them.
    """
    if not late:
        return ()
    what = f"{late:,} of {total:,} vehicles are due after {horizon:,} s and left out"
    error = DemandError(file, what, f"give times below {horizon}") if horizon >= LONGEST_DURATION else None
    return (Remark(file, what, error),)


def _vehicle(entry: JsonValue) -> VehicleType:
    speed, fastest = entry["maxSpeed"], VEHICLE_LIMITS["max_speed"][1]
    if speed.number() > fastest:
        what = f"{speed.number():g} m/s are {speed.number() * 3.6:g} km/h, which is too fast"
        raise speed.error(what, f"give metres per second, at most {fastest:g}")
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
