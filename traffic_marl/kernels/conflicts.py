"""Right of way where the paths of two connections meet, and the speed of a vehicle towards a junction.

A *foe* is the vehicle on the other connection that a conflict point expects next. CityFlow notes it for every conflict
point in every second; here the same vehicle is looked up when another one asks.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.kernels.car_following import (
    TURN_SPEED,
    YIELD_GAP,
    approach_speed,
    braking_distance,
    can_yield,
    steps_to_reach,
    stopping_speed,
)
from traffic_marl.kernels.claims import NO_BITS, is_green, meets_claim
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import BEYOND, CLAIMED, LIMITED, TURNING, CopyState, PackedRoads

# `np.uintp(row)` as an index saves numba's test for negative indices, in the innermost loops of the program.
# Every index so written is known to be 0 or more.

CRAWL = 2.0  # [m/s] least speed of the last vehicle of a full lane at which others may follow it into the lane


class Contender(NamedTuple):
    """A vehicle that reaches a conflict point on one of the two connections."""

    slot: int
    connection: int
    distance: float  # [m] from its front to the point, negative when the front is past it


@kernel
def foe_at(roads: PackedRoads, copy: CopyState, connection: int, distance: float) -> tuple[int, float]:
    """Slot of the vehicle that the point at `distance` [m] along a connection expects next, and its way to the point.

    It is the foremost vehicle that has not cleared the point: the last one of the lane beyond if its tail still covers
    the point, else one on the connection, else the first one of the lane before if it has green. The slot is NONE if
    there is no such vehicle. The way [m] is negative when the vehicle's front is past the point.
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
def target_speed(roads: PackedRoads, connection: int, max_speed: float) -> float:
    """Speed towards which a vehicle of this top speed [m/s] accelerates on the way over a connection [m/s]."""
    road = roads.drivables[np.uintp(connection)]
    if road.manner == TURNING:
        return TURN_SPEED
    return min(max_speed, road.limit)


@kernel
def arrives_first(roads: PackedRoads, copy: CopyState, own: Contender, foe: Contender, precedence: int) -> bool:
    """Whether a vehicle goes before its foe, when both could still yield and neither is at the point.

    One that yields goes first only if it arrives sooner. Where none yields, sooner arrival decides, then earlier entry
    into the junction, then smaller distance, and last the vehicle's number, so that exactly one of the two goes.
    """
    mine = copy.slots[np.uintp(own.slot)]
    theirs = copy.slots[np.uintp(foe.slot)]
    my_type = copy.types[np.uintp(mine.type_row)]
    their_type = copy.types[np.uintp(theirs.type_row)]
    target = target_speed(roads, own.connection, my_type.max_speed)
    foe_target = target_speed(roads, foe.connection, their_type.max_speed)
    steps = steps_to_reach(mine.speed, own.distance, target, my_type.usual_acceleration)
    foe_steps = steps_to_reach(theirs.speed, foe.distance, foe_target, their_type.usual_acceleration)
    if precedence < 0 or steps != foe_steps:
        return foe_steps > steps
    since = copy.vehicle_states[mine.vehicle].crossing_since
    foe_since = copy.vehicle_states[theirs.vehicle].crossing_since
    if since != foe_since:
        return since < foe_since
    if own.distance != foe.distance:
        return own.distance < foe.distance
    return mine.vehicle > theirs.vehicle


@kernel
def may_pass(roads: PackedRoads, copy: CopyState, own: Contender, foe: Contender, precedence: int, now: int) -> bool:
    """Whether a vehicle that is able to yield need not yield to its foe."""
    slot = copy.slots[np.uintp(foe.slot)]
    vehicle_type = copy.types[np.uintp(slot.type_row)]
    goes = False
    if can_yield(braking_distance(slot.speed, vehicle_type.max_deceleration), vehicle_type.length, foe.distance):
        if precedence > 0:
            goes = True
        elif foe.distance > 0.0:
            goes = arrives_first(roads, copy, own, foe, precedence)
        else:
            goes = foe.distance + vehicle_type.length < 0.0
    # Vehicles that yield to each other in a circle would never move again, so each of them may go.
    return goes or is_deadlocked(copy, slot.vehicle, now)


@kernel
def has_room(copy: CopyState, lane: int, length: float) -> bool:
    """Whether the lane beyond a junction has room for a vehicle of this length [m], or its last vehicle drives on."""
    state = copy.drivable_states[np.uintp(lane)]
    if state.count == 0:
        return True
    s = state.first + state.count - 1
    last = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)].length
    return copy.slots[np.uintp(s)].position > last + length or copy.slots[np.uintp(s)].speed >= CRAWL


@kernel
def space_wanted(roads: PackedRoads, copy: CopyState, lane: int) -> float:
    """Space [m] that the vehicles on the connections into a lane will take on it, with the gaps before them."""
    space = 0.0
    for k in range(roads.entering_start[lane], roads.entering_start[lane + 1]):
        state = copy.drivable_states[np.uintp(roads.entering[k])]
        for s in range(state.first, state.first + state.count):
            vehicle_type = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)]
            space += vehicle_type.length + vehicle_type.min_gap
    return space


@kernel
def has_room_for_all(roads: PackedRoads, copy: CopyState, lane: int, own: float) -> bool:
    """Whether a lane has this room [m] behind all that come first: those on it, and those on the connections into it.

    Vehicles of the lane that crawl or stand are taken to stay where they are. Others may close up to them.
    """
    space = own + space_wanted(roads, copy, lane)
    state = copy.drivable_states[np.uintp(lane)]
    for s in range(state.first + state.count - 1, state.first - 1, -1):
        slot = copy.slots[np.uintp(s)]
        vehicle_type = copy.types[np.uintp(slot.type_row)]
        if slot.position - vehicle_type.length > space:
            return True
        if slot.speed < CRAWL:
            return False
        space += vehicle_type.length + vehicle_type.min_gap
    return roads.drivables[np.uintp(lane)].length > space


@kernel
def may_enter(roads: PackedRoads, copy: CopyState, connection: int, length: float, gap: float) -> bool:
    """Whether a vehicle of this length and min gap [m] may enter a connection: green, and with room on the lane beyond.

    Where the junction is kept clear, there must be room for those that are on the way to that lane, too. Two vehicles
    that enter from two lanes in the same second do not see each other.
    """
    road = roads.drivables[np.uintp(connection)]
    if not (is_green(roads, copy, connection) and has_room(copy, road.end, length)):
        return False
    return road.keeps_clear == 0 or has_room_for_all(roads, copy, road.end, length + gap)


@kernel
def conflict_speed(
    roads: PackedRoads, copy: CopyState, s: int, connection: int, start: float, braking: float, now: int
) -> float:
    """Speed towards the first conflict point at which the vehicle must yield [m/s]; its top speed if there is none.

    `start` is the position of its front along the connection, negative before it [m]. Points are looked at from near to
    far. Points behind the front do not count. Neither do those at which it can no longer stop, because it passes them.
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
        foe_slot, foe_distance = foe_at(roads, copy, crossing.foe, crossing.foe_distance)
        if foe_slot == NONE:
            continue
        foe = Contender(slot=foe_slot, connection=crossing.foe, distance=foe_distance)
        own = Contender(slot=s, connection=connection, distance=distance)
        if not may_pass(roads, copy, own, foe, crossing.precedence, now):
            copy.vehicle_states[slot.vehicle].foe[now & 1] = copy.slots[np.uintp(foe.slot)].vehicle
            copy.vehicle_states[slot.vehicle].yielded[now & 1] = now
            return stopping_speed(
                copy.slots[np.uintp(s)].speed,
                distance - YIELD_GAP,
                vehicle_type.usual_acceleration,
                vehicle_type.usual_deceleration,
            )
    return vehicle_type.max_speed


@kernel
def speed_beyond(roads: PackedRoads, copy: CopyState, d: int, s: int, rest: float, braking: float) -> float:
    """Speed that signals, full exits and speed limits allow beyond the short lanes right ahead [m/s].

    On a short lane it would be too late to brake for what comes at its end. The arguments are those of
    `junction_speed`.
    """
    slot = copy.slots[np.uintp(s)]
    vehicle_type = copy.types[np.uintp(slot.type_row)]
    speed = vehicle_type.max_speed
    pointer = slot.path
    distance = rest
    if d < roads.lanes:
        pointer += 1
        distance += roads.drivables[np.uintp(slot.next)].length
    connection = copy.path[pointer]
    while roads.drivables[np.uintp(connection)].hop == BEYOND:
        distance += roads.drivables[np.uintp(copy.path[pointer + 1])].length
        pointer += 2
        connection = copy.path[pointer]
        if connection == NONE:
            return speed
        road = roads.drivables[np.uintp(connection)]
        if braking <= distance and not may_enter(roads, copy, connection, vehicle_type.length, vehicle_type.min_gap):
            stopping = stopping_speed(
                slot.speed, distance, vehicle_type.usual_acceleration, vehicle_type.usual_deceleration
            )
            return min(speed, stopping)
        if road.manner == LIMITED:
            speed = min(speed, approach_speed(slot.speed, distance, road.limit, vehicle_type.usual_deceleration))
    return speed


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
        if braking <= rest and not may_enter(roads, copy, connection, vehicle_type.length, vehicle_type.min_gap):
            return stopping_speed(
                copy.slots[np.uintp(s)].speed, rest, vehicle_type.usual_acceleration, vehicle_type.usual_deceleration
            )
        if road.manner == TURNING:
            speed = min(speed, TURN_SPEED)
        elif road.manner == LIMITED:
            speed = min(
                speed, approach_speed(copy.slots[np.uintp(s)].speed, rest, road.limit, vehicle_type.usual_deceleration)
            )
    if roads.drivables[np.uintp(connection)].hop == BEYOND:
        speed = min(speed, speed_beyond(roads, copy, d, s, rest, braking))
    if meets_claim(roads, copy, connection):
        speed = min(speed, conflict_speed(roads, copy, s, connection, start, braking, now))
    return speed
