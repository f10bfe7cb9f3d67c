"""Tables of roads, vehicles and traffic as the kernels want them, made from a network and trips."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.arrays import Floats, Ints, Table
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.errors import DemandError
from traffic_marl.kernels.driving import REACH_MARGIN
from traffic_marl.kernels.tables import GREEN, NEVER, NONE, VEHICLE_TYPE, Roads, Vehicles
from traffic_marl.kernels.traffic import (
    CROSSING,
    DRIVABLE,
    RIDE,
    SENSOR,
    SHOWN,
    SIGNAL,
    SLOT,
    SPARE,
    STATE,
    TALLY,
    Layout,
    Traffic,
)


def reach(kind: VehicleType, hardest: float) -> float:
    """Gap beyond which no leader, braking at up to `hardest` [m/s2], can hold this vehicle back [m].

    Each of the three terms of the following speed is at least the vehicle's top speed at such a gap, even behind a
    leader at standstill.
    """
    softest = min(kind.max_deceleration, kind.usual_deceleration)
    braking = kind.max_speed**2 / (2.0 * softest) + kind.max_speed + kind.min_gap
    sudden = (kind.max_speed + hardest) / 2.0 + kind.min_gap
    return max(braking, sudden, kind.max_speed * (kind.headway + 0.5)) + REACH_MARGIN


def vehicle_table(types: Sequence[VehicleType]) -> Table:
    """VEHICLE_TYPE (types,)."""
    table = np.zeros(len(types), VEHICLE_TYPE)
    hardest = max(max(kind.max_deceleration, kind.usual_deceleration) for kind in types)
    for row, kind in zip(table, types, strict=True):
        for name in (
            "length",
            "min_gap",
            "max_speed",
            "headway",
            "max_acceleration",
            "max_deceleration",
            "usual_acceleration",
            "usual_deceleration",
        ):
            row[name] = getattr(kind, name)
        row["approach"] = kind.max_speed * kind.max_speed / kind.usual_deceleration / 2.0 + kind.max_speed * 2.0
        row["reach"] = reach(kind, hardest)
        row["search"] = row["reach"] + max(each.length for each in types)
        row["hardest"] = hardest
        row["max_curve"] = 4.0 * (0.5 / kind.max_deceleration)
        row["max_scale"] = 0.5 / (0.5 / kind.max_deceleration)
        row["usual_curve"] = 4.0 * (0.5 / kind.usual_deceleration)
        row["usual_scale"] = 0.5 / (0.5 / kind.usual_deceleration)
        row["slowness"] = 1.0 / kind.max_speed
    return table


def entry_queues(trips: Trips, lanes: int) -> tuple[Ints, Ints]:
    """Slices (K + 1,) and vehicles (V,) of the queues at the entry lanes, each in the order of `trips`."""
    lane = trips.path[trips.path_start]
    order = np.argsort(lane, kind="stable")
    starts = np.searchsorted(lane[order], np.arange(lanes + 1))
    return starts.astype(np.int32), order.astype(np.int32)


def pack_vehicles(trips: Sequence[Trips], lanes: int) -> Vehicles:
    """Vehicles of all copies; trips given several times share their paths."""
    types = trips[0].types
    if any(each.types != types for each in trips):
        raise DemandError("trips", "copies with different vehicle types", "give all copies the same list of types")
    copies, most = len(trips), max(1, *(len(each) for each in trips))
    scheduled = np.full((copies, most), NEVER, np.int32)
    kind = np.zeros((copies, most), np.uint8)
    path_start = np.zeros((copies, most), np.int32)
    queue = np.zeros((copies, most), np.int32)
    queue_start = np.zeros((copies, lanes + 1), np.int32)
    paths: list[Ints] = []
    offsets: dict[int, int] = {}
    total = 0
    for b, each in enumerate(trips):
        if id(each) not in offsets:
            offsets[id(each)] = total
            paths.append(each.path)
            total += len(each.path)
        count = len(each)
        scheduled[b, :count] = each.scheduled
        kind[b, :count] = each.kind
        path_start[b, :count] = each.path_start + offsets[id(each)]
        queue_start[b], queue[b, :count] = entry_queues(each, lanes)
    path = np.concatenate(paths).astype(np.int32)
    return Vehicles(vehicle_table(types), scheduled, kind, path, path_start, queue_start, queue)


def entry_lanes(vehicles: Vehicles) -> Ints:
    """Lanes on which vehicles of any copy enter, ascending."""
    lanes: Ints = np.flatnonzero((np.diff(vehicles.queue_start, axis=1) > 0).any(axis=0)).astype(np.int32)
    return lanes


def approaches(roads: Roads) -> tuple[Ints, Ints]:
    """Slices (N + 1,) and lanes that end at each intersection, ascending."""
    order = np.argsort(roads.lane_intersection, kind="stable")
    order = order[roads.lane_intersection[order] != NONE]
    starts = np.searchsorted(roads.lane_intersection[order], np.arange(len(roads.phase_count) + 1))
    return starts.astype(np.int32), order.astype(np.int32)


def pack_drivables(roads: Roads) -> Table:
    """DRIVABLE (D,)."""
    lanes = len(roads.lane_road)
    table = np.zeros(len(roads.length), DRIVABLE)
    table["length"] = roads.length
    table["limit"] = roads.limit
    table["slowness"] = 1.0 / roads.limit
    table["intersection"] = np.concatenate([roads.lane_intersection, roads.intersection])
    lane, connection = table[:lanes], table[lanes:]
    lane["first"], lane["last"] = roads.leaving_start[:-1], roads.leaving_start[1:]
    lane["start"] = lane["end"] = NONE
    shortest = np.full(lanes, np.inf)
    np.minimum.at(shortest, roads.start_lane, roads.length[lanes:])
    lane["hop"] = np.floor(shortest)
    connection["first"], connection["last"] = roads.crossing_start[:-1], roads.crossing_start[1:]
    connection["start"], connection["end"] = roads.start_lane, roads.end_lane
    connection["rank"] = roads.rank
    connection["word"] = roads.bit // 64
    connection["mask"] = np.uint64(1) << (roads.bit % 64).astype(np.uint64)
    return table


def pack_roads(roads: Roads, entries: Ints) -> Layout:
    """Roads as the kernels want them."""
    lanes = len(roads.lane_road)
    drivables = pack_drivables(roads)
    crossings = np.zeros(len(roads.crossing_foe), CROSSING)
    crossings["distance"] = roads.crossing_distance
    crossings["foe_distance"] = roads.crossing_foe_distance
    crossings["foe"] = roads.crossing_foe + lanes
    crossings["mask"] = drivables["mask"][crossings["foe"]]
    crossings["word"] = drivables["word"][crossings["foe"]]
    return Layout(
        lanes,
        drivables,
        crossings,
        roads.leaving,
        roads.conflicts,
        roads.green,
        roads.phase_count,
        roads.phase_row,
        roads.clearance_row,
        *approaches(roads),
        entries,
    )


def empty_traffic(layout: Layout, vehicles: Vehicles, lanes: int, log_until: int) -> Traffic:
    """Copies at time 0, without a vehicle on the roads."""
    copies, most = vehicles.scheduled.shape
    intersections, phases = layout.phase_row.shape
    count = len(layout.drivables)
    slots = most_slots(most, count)
    traffic = Traffic(
        slots=np.zeros((copies, 2, slots), SLOT),
        states=np.zeros((copies, count), STATE),
        rides=np.zeros((copies, most), RIDE),
        signals=np.zeros((copies, intersections), SIGNAL),
        served=np.zeros((copies, intersections, phases), np.int32),
        claims=np.zeros((copies, intersections, layout.green.shape[2], 4), np.uint64),
        occupied=np.zeros((copies, count), np.int32),
        clearing=np.zeros((copies, 2 * (count + most)), np.int32),
        queue_head=np.ascontiguousarray(vehicles.queue_start[:, layout.entries]),
        next_due=first_due(layout.entries, vehicles),
        arrivals=np.full((copies, count, 2), NONE, np.int32),
        delays=np.zeros((copies, lanes)),
        discharged=np.zeros((copies, lanes), np.int32),
        passing=np.zeros((copies, count), np.int32),
        changing=np.zeros((copies, most), SLOT),
        tallies=np.zeros((copies, 1), TALLY),
        sensors=np.zeros((copies, lanes), SENSOR),
        moving=np.zeros((copies, lanes, 5), np.int32),
        history=np.zeros((copies, log_until, intersections), np.int16),
    )
    for name in ("front", "inserted"):
        traffic.states[name] = NONE
    traffic.states["standing"] = NEVER
    for name in ("entered", "left", "halted_since", "crossing_since", "lane_since"):
        traffic.rides[name] = NEVER
    for name in ("came_from", "yielded", "foe"):
        traffic.rides[name] = NONE
    traffic.sensors["due"] = vehicles.queue_start[:, :-1]
    traffic.signals["interval"] = GREEN
    rows = layout.phase_row[:, 0]
    traffic.signals["row"] = rows
    traffic.claims[:, :, :, SHOWN] = layout.green[np.arange(intersections), rows]
    return traffic


def most_slots(vehicles: int, drivables: int) -> int:
    """Slots that suffice in any second for this many vehicles under way.

    A second begins with the vehicles and the spare slots of the drivables that have some. Each vehicle that then
    enters or arrives may open a drivable, or fill up one whose vehicles move to the end: of those a drivable with n
    vehicles is one at most every SPARE + 1 arrivals, so that what moves is no more than what is there at the end.
    """
    spare = (SPARE + 1) * min(vehicles, drivables)
    return 3 * (vehicles + spare) + 64


def first_due(entries: Ints, vehicles: Vehicles) -> Ints:
    """When the first vehicle is due at each entry lane [s] (B, E), NEVER where none is."""
    head, end = vehicles.queue_start[:, entries], vehicles.queue_start[:, entries + 1]
    last = vehicles.queue.shape[1] - 1
    first = np.take_along_axis(vehicles.queue, np.minimum(head, last), axis=1)
    due = np.where(head < end, np.take_along_axis(vehicles.scheduled, first, axis=1), NEVER)
    return np.ascontiguousarray(due, dtype=np.int32)


def free_times(layout: Layout, vehicles: Vehicles) -> Floats:
    """Travel time of each vehicle on its path at the lower of its own and the drivables' limit [s] (B, V)."""
    ends = np.flatnonzero(vehicles.path == NONE)
    if not len(ends):
        return np.zeros(vehicles.scheduled.shape)
    speeds = np.minimum(layout.drivables["limit"][vehicles.path], vehicles.types["max_speed"][:, None])
    times = np.where(vehicles.path == NONE, 0.0, layout.drivables["length"][vehicles.path] / speeds)
    starts = np.concatenate([[0], ends[:-1] + 1])
    of_path = np.add.reduceat(times, starts, axis=1)  # each path on its own: the same in every batch
    result: Floats = of_path[vehicles.kind, np.searchsorted(starts, vehicles.path_start)]
    return result
