"""Right of way where the paths of two connections meet, and the speed of a vehicle towards a junction.

A *foe* is the vehicle on the other connection that a conflict point expects next. CityFlow notes it for every conflict
point in every second; here the same vehicle is looked up when another one asks.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

import numpy as np

from traffic_marl.kernels.car_following import (
    TURN_SPEED,
    YIELD_GAP,
    braking_distance,
    can_yield,
    steps_to_reach,
    stopping_speed,
)
from traffic_marl.kernels.claims import NO_BITS, is_green, meets_claim
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import NEVER, NONE, THROUGH
from traffic_marl.kernels.traffic import CLAIMED, CopyState, PackedRoads

# `np.uintp(row)` as an index saves numba's test for negative indices, in the innermost loops of the program.
# Every index so written is known to be 0 or more.

CRAWL = 2.0  # [m/s] least speed of the last vehicle of a full lane at which others may follow it into the lane


@kernel
def foe_at(roads: PackedRoads, copy: CopyState, connection: int, distance: float) -> tuple[int, float]:
    """Slot of the vehicle that a point of a connection expects next, or NONE, and its distance to the point [m].

    It is the foremost vehicle that has not cleared the point: the last one of the lane beyond if its tail still covers
    the point, else one on the connection, else the first one of the lane before if it has green. The distance is
    negative when its front is past the point.
    """
    road = roads.drivables[np.uintp(connection)]
    state = copy.drivable_states[np.uintp(road.end)]
    if state.count > 0:
        s = state.first + state.count - 1
        position = copy.slots[np.uintp(s)].position
        if (
            road.length - distance + position - copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)].length < 0.0
            and copy.vehicle_states[copy.slots[np.uintp(s)].vehicle].came_from == connection
        ):
            return s, -(position + road.length - distance)
    state = copy.drivable_states[np.uintp(connection)]
    for s in range(state.first, state.first + state.count):
        position = copy.slots[np.uintp(s)].position
        length = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)].length
        if position <= distance or position - distance - length <= 0.0:
            return s, distance - position
    if copy.drivable_states[np.uintp(road.start)].front == connection and is_green(roads, copy, connection):
        start = roads.drivables[np.uintp(road.start)]
        s = copy.drivable_states[np.uintp(road.start)].first
        return s, start.length - copy.slots[np.uintp(s)].position + distance
    return NONE, 0.0


@kernel
def yielded_to(copy: CopyState, v: int, now: int) -> int:
    """Vehicle to which vehicle v yielded in the second before and that is still under way, or NONE."""
    # Notes of this second go to the other parity: those of the second before must stay until all have read them.
    parity = (now + 1) & 1
    if copy.vehicle_states[v].yielded[parity] != now - 1:
        return NONE
    foe = copy.vehicle_states[v].foe[parity]
    if copy.vehicle_states[foe].left != NEVER:
        return NONE
    return foe


@kernel
def is_deadlocked(copy: CopyState, v: int, now: int) -> bool:
    """Whether vehicles yield to each other in a circle: v to another, that one to a third, and so on.

    The circle need not contain v. Floyd's tortoise and hare find it: the fast one goes two steps for each step of the
    slow one, and they meet if and only if there is a circle.
    """
    slow = v
    fast = v
    while fast != NONE:
        between = yielded_to(copy, fast, now)
        if between == NONE:
            return False
        slow = yielded_to(copy, slow, now)
        fast = yielded_to(copy, between, now)
        if slow == fast:
            return True
    return False


@kernel
def arrives_first(
    roads: PackedRoads,
    copy: CopyState,
    s: int,
    connection: int,
    distance: float,
    foe: int,
    other: int,
    foe_distance: float,
) -> bool:
    """Whether the vehicle in slot s goes before its foe, when both could still yield and neither is at the point.

    A lower rank goes first only if it arrives sooner. Between equal ranks decide, one after the other: sooner arrival,
    earlier entry into the junction, smaller distance, and the vehicle's number, so that exactly one of the two goes.
    """
    v = copy.slots[np.uintp(s)].vehicle
    w = copy.slots[np.uintp(foe)].vehicle
    mine = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)]
    theirs = copy.types[np.uintp(copy.slots[np.uintp(foe)].type_row)]
    rank = roads.drivables[np.uintp(connection)].rank
    foe_rank = roads.drivables[np.uintp(other)].rank
    target = TURN_SPEED if rank < THROUGH else mine.max_speed
    foe_target = TURN_SPEED if foe_rank < THROUGH else theirs.max_speed
    steps = steps_to_reach(copy.slots[np.uintp(s)].speed, distance, target, mine.usual_acceleration)
    foe_steps = steps_to_reach(copy.slots[np.uintp(foe)].speed, foe_distance, foe_target, theirs.usual_acceleration)
    if rank < foe_rank or steps != foe_steps:
        return foe_steps > steps
    since = copy.vehicle_states[v].crossing_since
    foe_since = copy.vehicle_states[w].crossing_since
    if since != foe_since:
        return since < foe_since
    if distance != foe_distance:
        return distance < foe_distance
    return v > w


@kernel
def may_pass(
    roads: PackedRoads,
    copy: CopyState,
    s: int,
    connection: int,
    distance: float,
    foe: int,
    other: int,
    foe_distance: float,
    now: int,
) -> bool:
    """Whether the vehicle in slot s, which is able to yield, need not yield to its foe.

    `distance` and `foe_distance` are those of both fronts to the conflict point [m], negative past it.
    """
    theirs = copy.types[np.uintp(copy.slots[np.uintp(foe)].type_row)]
    braking = braking_distance(copy.slots[np.uintp(foe)].speed, theirs.max_deceleration)
    goes = False
    if can_yield(braking, theirs.length, foe_distance):
        if roads.drivables[np.uintp(connection)].rank > roads.drivables[np.uintp(other)].rank:
            goes = True
        elif foe_distance > 0.0:
            goes = arrives_first(roads, copy, s, connection, distance, foe, other, foe_distance)
        else:
            goes = foe_distance + theirs.length < 0.0
    # A circle of vehicles that all yield would stand for ever: each of them may go.
    return goes or is_deadlocked(copy, copy.slots[np.uintp(foe)].vehicle, now)


@kernel
def has_room(copy: CopyState, lane: int, length: float) -> bool:
    """Whether a vehicle of this length [m] may be let into a junction whose exit is `lane`: it keeps the box clear."""
    state = copy.drivable_states[np.uintp(lane)]
    if state.count == 0:
        return True
    s = state.first + state.count - 1
    last = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)].length
    return copy.slots[np.uintp(s)].position > last + length or copy.slots[np.uintp(s)].speed >= CRAWL


@kernel
def conflict_speed(
    roads: PackedRoads, copy: CopyState, s: int, connection: int, start: float, braking: float, now: int
) -> float:
    """Speed towards the first conflict point at which the vehicle must yield [m/s]; its top speed if there is none.

    `start` is the position of its front along the connection, negative before it [m]. Points are looked at from near to
    far. Those behind the front do not count, nor do those before which it can no longer stop: it passes there.
    """
    slot = copy.slots[np.uintp(s)]
    vehicle_type = copy.types[np.uintp(slot.type_row)]
    road = roads.drivables[np.uintp(connection)]
    for k in range(road.first, road.last):
        crossing = roads.crossings[np.uintp(k)]
        distance = crossing.distance - start
        if distance < 0.0 or not braking < distance - YIELD_GAP:
            continue
        if (copy.claims[road.intersection, crossing.word, CLAIMED] & crossing.mask) == NO_BITS:
            continue
        foe, foe_distance = foe_at(roads, copy, crossing.foe, crossing.foe_distance)
        if foe == NONE:
            continue
        if not may_pass(roads, copy, s, connection, distance, foe, crossing.foe, foe_distance, now):
            copy.vehicle_states[slot.vehicle].foe[now & 1] = copy.slots[np.uintp(foe)].vehicle
            copy.vehicle_states[slot.vehicle].yielded[now & 1] = now
            return stopping_speed(
                copy.slots[np.uintp(s)].speed,
                distance - YIELD_GAP,
                vehicle_type.usual_acceleration,
                vehicle_type.usual_deceleration,
            )
    return vehicle_type.max_speed


@kernel
def junction_speed(roads: PackedRoads, copy: CopyState, d: int, s: int, rest: float, braking: float, now: int) -> float:
    """Speed that signals, full exits, turns and conflicts allow a vehicle near or on a connection [m/s].

    `rest` is the distance from its front to the end of the drivable [m]. A vehicle that can no longer stop runs the
    red, as in CityFlow. The turn speed holds on the way to the turn, and no longer once the front is on the connection.
    """
    vehicle_type = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)]
    speed = vehicle_type.max_speed
    connection = d
    start = copy.slots[np.uintp(s)].position
    if d < roads.lanes:
        connection = copy.slots[np.uintp(s)].next
        start = -rest
        road = roads.drivables[np.uintp(connection)]
        if braking <= rest and not (
            is_green(roads, copy, connection) and has_room(copy, road.end, vehicle_type.length)
        ):
            return stopping_speed(
                copy.slots[np.uintp(s)].speed, rest, vehicle_type.usual_acceleration, vehicle_type.usual_deceleration
            )
        if road.rank < THROUGH:
            speed = min(speed, TURN_SPEED)
    if meets_claim(roads, copy, connection):
        speed = min(speed, conflict_speed(roads, copy, s, connection, start, braking, now))
    return speed
