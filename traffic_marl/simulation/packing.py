"""Tables of roads, vehicles and traffic for the kernels, made from a network and trips."""

from collections.abc import Mapping, Sequence

import numpy as np

from traffic_marl.arrays import Ints, StructuredArray
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.errors import DemandError
from traffic_marl.kernels.leaders import REACH_MARGIN
from traffic_marl.kernels.tables import (
    BANDS,
    CONNECTION_LIMIT,
    FINE_BANDS,
    GREEN,
    LEFT,
    NEVER,
    NONE,
    RIGHT,
    SPACE,
    VEHICLE_TYPE,
    WORD,
    Roads,
    Vehicles,
)
from traffic_marl.kernels.traffic import (
    BEYOND,
    CLOSURE,
    CROSSING,
    DRIVABLE,
    DRIVABLE_STATE,
    FREE,
    LIMITED,
    SENSOR,
    SHOWN,
    SIGNAL,
    SLOT,
    SPARE,
    TALLY,
    TURNING,
    VEHICLE_STATE,
    Detectors,
    PackedRoads,
    Traffic,
)
from traffic_marl.simulation.detectors import empty_frames, empty_reported
from traffic_marl.simulation.visits import returns, revisits

ALL_BITS = np.uint64(2**WORD - 1)
SHORTEST_BEYOND = 3 * SPACE  # [m] shorter lanes lie within a junction: nobody need wait until they have room for all


def look_ahead(vehicle_type: VehicleType) -> float:
    """Distance that a vehicle looks ahead [m]: usual braking distance from top speed, and two seconds at top speed."""
    top = vehicle_type.max_speed
    return top * top / vehicle_type.usual_deceleration / 2.0 + top * 2.0


def reach(vehicle_type: VehicleType, hardest: float) -> float:
    """Largest gap at which a leader, braking at up to `hardest` [m/s2], can hold this vehicle back [m].

    At a greater gap each of the three terms of the following speed is at least the vehicle's top speed, even behind a
    leader that stands.
    """
    softest = min(vehicle_type.max_deceleration, vehicle_type.usual_deceleration)
    braking = vehicle_type.max_speed**2 / (2.0 * softest) + vehicle_type.max_speed + vehicle_type.min_gap
    sudden = (vehicle_type.max_speed + hardest) / 2.0 + vehicle_type.min_gap
    return max(braking, sudden, vehicle_type.max_speed * (vehicle_type.headway + 0.5)) + REACH_MARGIN


def vehicle_table(types: Sequence[VehicleType]) -> StructuredArray:
    """VEHICLE_TYPE (types,)."""
    table = np.zeros(len(types), VEHICLE_TYPE)
    hardest = max(max(vehicle_type.max_deceleration, vehicle_type.usual_deceleration) for vehicle_type in types)
    longest = max(vehicle_type.length for vehicle_type in types)
    for row, vehicle_type in zip(table, types, strict=True):
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
            row[name] = getattr(vehicle_type, name)
        row["look_ahead"] = look_ahead(vehicle_type)
        row["reach"] = reach(vehicle_type, hardest)
        row["search"] = row["reach"] + longest
        row["hardest"] = hardest
        row["max_curve"] = 4.0 * (0.5 / vehicle_type.max_deceleration)
        row["max_scale"] = 0.5 / (0.5 / vehicle_type.max_deceleration)
        row["usual_curve"] = 4.0 * (0.5 / vehicle_type.usual_deceleration)
        row["usual_scale"] = 0.5 / (0.5 / vehicle_type.usual_deceleration)
        row["slowness"] = 1.0 / vehicle_type.max_speed
    return table


def entry_queues(trips: Trips, lanes: int) -> tuple[Ints, Ints]:
    """Slices (K + 1,) and vehicles (V,) of the queues at the entry lanes, each in the order of `trips`."""
    lane = trips.path[trips.path_start]
    order = np.argsort(lane, kind="stable")
    starts = np.searchsorted(lane[order], np.arange(lanes + 1))
    return starts.astype(np.int32), order.astype(np.int32)


def pack_vehicles(trips: Sequence[Trips], roads: Roads) -> Vehicles:
    """Vehicles of all copies. Trips given several times share their paths."""
    types = trips[0].types
    if any(each.types is not types and each.types != types for each in trips):
        raise DemandError("trips", "copies with different vehicle types", "give all copies the same list of types")
    lanes = len(roads.lane_road)
    copies, most = len(trips), max(1, *(len(each) for each in trips))
    scheduled = np.full((copies, most), NEVER, np.int32)
    type_row = np.zeros((copies, most), np.int32)
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
        type_row[b, :count] = each.type_row
        path_start[b, :count] = each.path_start + offsets[id(each)]
        queue_start[b], queue[b, :count] = entry_queues(each, lanes)
    path = np.concatenate(paths).astype(np.int32)
    revisit = revisits(path, roads.lane_intersection)
    return Vehicles(vehicle_table(types), scheduled, type_row, path, revisit, path_start, queue_start, queue)


def entry_lanes(vehicles: Vehicles) -> Ints:
    """Lanes on which vehicles of any copy enter, ascending."""
    lanes: Ints = np.flatnonzero((np.diff(vehicles.queue_start, axis=1) > 0).any(axis=0)).astype(np.int32)
    return lanes


def signalled_lanes(roads: Roads) -> tuple[Ints, Ints]:
    """Slices (N + 1,) and lanes that end at each intersection, ascending."""
    order = np.argsort(roads.lane_intersection, kind="stable")
    order = order[roads.lane_intersection[order] != NONE]
    starts = np.searchsorted(roads.lane_intersection[order], np.arange(len(roads.phase_count) + 1))
    return starts.astype(np.int32), order.astype(np.int32)


def entering_connections(roads: Roads) -> tuple[Ints, Ints]:
    """Slices (K + 1,) and connections that lead to each lane, as drivables, ascending."""
    lanes = len(roads.lane_road)
    order = np.argsort(roads.end_lane, kind="stable")
    starts = np.searchsorted(roads.end_lane[order], np.arange(lanes + 1))
    return starts.astype(np.int32), (order + lanes).astype(np.int32)


def pack_drivables(roads: Roads) -> StructuredArray:
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
    connection["manner"] = np.where((roads.rank == LEFT) | (roads.rank == RIGHT), TURNING, FREE)
    connection["manner"][roads.limit[lanes:] < CONNECTION_LIMIT] = LIMITED
    connection["hop"] = np.where(roads.looks_beyond, BEYOND, 0.0)
    meets = np.diff(roads.crossing_start) > 0  # who stands on another one is in nobody's way
    connection["keeps_clear"] = roads.keeps_clear & meets & (roads.length[roads.end_lane] >= SHORTEST_BEYOND)
    connection["word"] = roads.bit // WORD
    connection["mask"] = np.uint64(1) << (roads.bit % WORD).astype(np.uint64)
    return table


def pack_roads(roads: Roads, entries: Ints) -> PackedRoads:
    """The tables of a network, packed for the kernels."""
    lanes = len(roads.lane_road)
    drivables = pack_drivables(roads)
    crossings = np.zeros(len(roads.crossing_foe), CROSSING)
    crossings["distance"] = roads.crossing_distance
    crossings["foe_distance"] = roads.crossing_foe_distance
    crossings["foe"] = roads.crossing_foe + lanes
    crossings["mask"] = drivables["mask"][crossings["foe"]]
    crossings["word"] = drivables["word"][crossings["foe"]]
    crossings["precedence"] = roads.crossing_precedence
    return PackedRoads(
        lanes,
        drivables,
        crossings,
        roads.leaving,
        *entering_connections(roads),
        roads.conflicts,
        roads.green,
        roads.phase_count,
        roads.phase_row,
        roads.clearance_row,
        *signalled_lanes(roads),
        entries,
    )


def empty_traffic(
    roads: PackedRoads,
    vehicles: Vehicles,
    detectors: Detectors,
    age: int,
    lanes: int,
    log_until: int,
    notes: Mapping[str, StructuredArray],
) -> Traffic:
    """Copies at time 0, without a vehicle, without disturbances, and with these arrays for notes on places."""
    copies, most = vehicles.scheduled.shape
    intersections, phases = roads.phase_row.shape
    places = int(roads.drivables["intersection"].max(initial=0)) + 1
    count = len(roads.drivables)
    slots = most_slots(most, count)
    traffic = Traffic(
        slots=np.zeros((copies, 2, slots), SLOT),
        drivable_states=np.zeros((copies, count), DRIVABLE_STATE),
        vehicle_states=np.zeros((copies, most), VEHICLE_STATE),
        signals=np.zeros((copies, intersections), SIGNAL),
        served=np.zeros((copies, intersections, phases), np.int32),
        claims=np.zeros((copies, places, roads.green.shape[2], 4), np.uint64),
        occupied=np.zeros((copies, count), np.int32),
        clearing=np.zeros((copies, 2 * (count + most)), np.int32),
        queue_head=np.ascontiguousarray(vehicles.queue_start[:, roads.entries]),
        next_due=first_due(roads.entries, vehicles),
        arrivals=np.full((copies, count, 2), NONE, np.int32),
        departures=np.full((copies, most, vehicles.revisit.max(initial=NONE) + 1), NEVER, np.int32),
        delays=np.zeros((copies, lanes)),
        discharged=np.zeros((copies, lanes), np.int32),
        passing=np.zeros((copies, count), np.int32),
        changing=np.zeros((copies, most), SLOT),
        tallies=np.zeros((copies, 1), TALLY),
        sensors=np.zeros((copies, lanes), SENSOR),
        moving=np.zeros((copies, lanes, BANDS), np.int32),
        moving_fine=np.zeros((copies, lanes, FINE_BANDS), np.int32),
        history=np.zeros((copies, log_until, intersections), np.int16),
        frames=empty_frames(detectors, age, roads.drivables["limit"][:lanes]),
        reported=empty_reported(detectors),
        closures=np.zeros((copies, 0), CLOSURE),
        fallback=np.zeros((copies, 0, 0), np.int32),
        **notes,
    )
    for name in ("front", "inserted"):
        traffic.drivable_states[name] = NONE
    traffic.drivable_states["standing"] = NEVER
    for name in ("entered", "left", "halted_since", "crossing_since", "lane_since"):
        traffic.vehicle_states[name] = NEVER
    comes_back = returns(vehicles.path, vehicles.revisit, vehicles.path_start)
    traffic.vehicle_states["departed"] = np.where(comes_back, NEVER, NONE)
    for name in ("came_from", "yielded", "foe"):
        traffic.vehicle_states[name] = NONE
    traffic.sensors["due"] = vehicles.queue_start[:, :-1]
    traffic.signals["interval"] = GREEN
    rows = roads.phase_row[:, 0]
    traffic.signals["row"] = rows
    traffic.claims[:, :intersections, :, SHOWN] = roads.green[np.arange(intersections), rows]
    traffic.claims[:, intersections:, :, SHOWN] = ALL_BITS  # junctions without signals are always green
    return traffic


def most_slots(vehicles: int, drivables: int) -> int:
    """Slots that suffice in any second for this many vehicles under way.

    A second begins with the vehicles and the spare slots of the drivables that have vehicles. Each vehicle that then
    enters or arrives may open a drivable, or fill one up, whose n vehicles then move to the end of the slots in use.
    That happens at most once in SPARE + 1 arrivals at a drivable, so no more slots are left behind than are in use at
    the end.
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
