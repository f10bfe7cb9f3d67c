"""Who may pass a point at which the paths of two connections meet, and how fast a vehicle may go towards a junction.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). Where CityFlow tells every conflict
point each second who comes next, the same vehicle is looked up here when somebody asks.
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
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import NEVER, NONE, THROUGH
from traffic_marl.kernels.traffic import CLAIMED, FRONT, ON, SHOWN

CRAWL = 2.0  # [m/s] the last vehicle of a full lane must go at least this fast to be followed into it
NO_BITS = np.uint64(0)


@kernel
def is_green(layout, traffic, b, connection):  # type: ignore[no-untyped-def]
    """Whether a connection is green in this second."""
    road = layout.drivables[connection]
    return (traffic.claims[b, road.intersection, road.word, SHOWN] & road.mask) != NO_BITS


@kernel
def claim(layout, traffic, b, connection, kind):  # type: ignore[no-untyped-def]
    """Sets the bit of a connection."""
    road = layout.drivables[connection]
    traffic.claims[b, road.intersection, road.word, kind] |= road.mask


@kernel
def disclaim(layout, traffic, b, connection, kind):  # type: ignore[no-untyped-def]
    """Clears the bit of a connection."""
    road = layout.drivables[connection]
    traffic.claims[b, road.intersection, road.word, kind] &= ~road.mask


@kernel
def combine_claims(layout, vehicles, traffic, b):  # type: ignore[no-untyped-def]
    """Marks the connections on which somebody may stand in another's way in this second.

    A filter only: it may name too many, never too few.
    """
    for n in range(traffic.claims.shape[1]):
        for w in range(traffic.claims.shape[2]):
            waiting = traffic.claims[b, n, w, FRONT] & traffic.claims[b, n, w, SHOWN]
            traffic.claims[b, n, w, CLAIMED] = traffic.claims[b, n, w, ON] | waiting
    kept = 0
    for k in range(traffic.tallies[b].clearing):
        lane = traffic.clearing[b, 2 * k]
        connection = traffic.clearing[b, 2 * k + 1]
        if last_is_clearing(layout, vehicles, traffic, b, lane, connection):
            claim(layout, traffic, b, connection, CLAIMED)
            traffic.clearing[b, 2 * kept] = lane
            traffic.clearing[b, 2 * kept + 1] = connection
            kept += 1
    traffic.tallies[b].clearing = kept


@kernel
def last_is_clearing(layout, vehicles, traffic, b, lane, connection):  # type: ignore[no-untyped-def]
    """Whether the last vehicle of a lane came from this connection and its tail is not on the lane yet."""
    count = traffic.states[b, lane].count
    if count == 0:
        return False
    s = layout.drivables[lane].first_slot + count - 1
    v = traffic.slots[b, s].vehicle
    if traffic.rides[b, v].came_from != connection:
        return False
    return traffic.slots[b, s].position < vehicles.types[vehicles.kind[b, v]].length


@kernel
def foe_at(layout, vehicles, traffic, b, connection, distance):  # type: ignore[no-untyped-def]
    """Slot of the vehicle that a point of a connection must expect next, or NONE, and its distance to the point [m].

    It is the foremost one that has not cleared the point: the last vehicle of the lane beyond if its tail still
    covers it, else one on the connection, else the first of the lane before if that one has green.
    """
    road = layout.drivables[connection]
    state = traffic.states[b, road.end]
    if state.count > 0:
        s = layout.drivables[road.end].first_slot + state.count - 1
        v = traffic.slots[b, s].vehicle
        position = traffic.slots[b, s].position
        if (
            road.length - distance + position - vehicles.types[vehicles.kind[b, v]].length < 0.0
            and traffic.rides[b, v].came_from == connection
        ):
            return s, -(position + road.length - distance)
    for s in range(road.first_slot, road.first_slot + traffic.states[b, connection].count):
        position = traffic.slots[b, s].position
        length = vehicles.types[vehicles.kind[b, traffic.slots[b, s].vehicle]].length
        if position <= distance or position - distance - length <= 0.0:
            return s, distance - position
    if traffic.states[b, road.start].front == connection and is_green(layout, traffic, b, connection):
        start = layout.drivables[road.start]
        s = start.first_slot
        return s, start.length - traffic.slots[b, s].position + distance
    return NONE, 0.0


@kernel
def yielded_to(traffic, b, v, now):  # type: ignore[no-untyped-def]
    """Vehicle to which vehicle v yielded in the second before and that is still under way, or NONE."""
    parity = (now + 1) & 1
    if traffic.rides[b, v].yielded[parity] != now - 1:
        return NONE
    foe = traffic.rides[b, v].foe[parity]
    if traffic.rides[b, foe].left != NEVER:
        return NONE
    return foe


@kernel
def is_deadlocked(traffic, b, v, now):  # type: ignore[no-untyped-def]
    """Whether the chain of those who yield, begun at vehicle v, runs into a circle."""
    slow = v
    fast = v
    while fast != NONE:
        between = yielded_to(traffic, b, fast, now)
        if between == NONE:
            return False
        slow = yielded_to(traffic, b, slow, now)
        fast = yielded_to(traffic, b, between, now)
        if slow == fast:
            return True
    return False


@kernel
def arrives_first(layout, vehicles, traffic, b, s, connection, distance, foe, other, foe_distance):  # type: ignore[no-untyped-def]
    """Whether the vehicle in slot s goes before its foe: both could still yield, and neither is at the point."""
    v = traffic.slots[b, s].vehicle
    w = traffic.slots[b, foe].vehicle
    mine = vehicles.types[vehicles.kind[b, v]]
    theirs = vehicles.types[vehicles.kind[b, w]]
    rank = layout.drivables[connection].rank
    foe_rank = layout.drivables[other].rank
    target = TURN_SPEED if rank < THROUGH else mine.max_speed
    foe_target = TURN_SPEED if foe_rank < THROUGH else theirs.max_speed
    steps = steps_to_reach(traffic.slots[b, s].speed, distance, target, mine.usual_acceleration)
    foe_steps = steps_to_reach(traffic.slots[b, foe].speed, foe_distance, foe_target, theirs.usual_acceleration)
    if rank < foe_rank or steps != foe_steps:
        return foe_steps > steps
    since = traffic.rides[b, v].crossing_since
    foe_since = traffic.rides[b, w].crossing_since
    if since != foe_since:
        return since < foe_since
    if distance != foe_distance:
        return distance < foe_distance
    return v > w


@kernel
def may_pass(layout, vehicles, traffic, b, s, connection, distance, foe, other, foe_distance, now):  # type: ignore[no-untyped-def]
    """Whether the vehicle in slot s, able to yield, need not do so to its foe."""
    w = traffic.slots[b, foe].vehicle
    theirs = vehicles.types[vehicles.kind[b, w]]
    braking = braking_distance(traffic.slots[b, foe].speed, theirs.max_deceleration)
    goes = False
    if can_yield(braking, theirs.length, foe_distance):
        if layout.drivables[connection].rank > layout.drivables[other].rank:
            goes = True
        elif foe_distance > 0.0:
            goes = arrives_first(
                layout, vehicles, traffic, b, s, connection, distance, foe, other, foe_distance
            )
        else:
            goes = foe_distance + theirs.length < 0.0
    return goes or is_deadlocked(traffic, b, w, now)


@kernel
def has_room(layout, vehicles, traffic, b, lane, length):  # type: ignore[no-untyped-def]
    """Whether a vehicle of this length may be let into a junction whose exit is `lane`."""
    count = traffic.states[b, lane].count
    if count == 0:
        return True
    s = layout.drivables[lane].first_slot + count - 1
    last = vehicles.types[vehicles.kind[b, traffic.slots[b, s].vehicle]].length
    return traffic.slots[b, s].position > last + length or traffic.slots[b, s].speed >= CRAWL


@kernel
def meets_claim(layout, traffic, b, lanes, connection):  # type: ignore[no-untyped-def]
    """Whether any connection that meets this one is claimed; `lanes` is K."""
    n = layout.drivables[connection].intersection
    for w in range(layout.conflicts.shape[1]):
        if (layout.conflicts[connection - lanes, w] & traffic.claims[b, n, w, CLAIMED]) != NO_BITS:
            return True
    return False


@kernel
def conflict_speed(layout, vehicles, traffic, b, s, connection, start, braking, now):  # type: ignore[no-untyped-def]
    """Speed towards the first conflict point at which the vehicle must yield; its top speed if there is none.

    `start` is the position of its front along the connection, negative before it [m].
    """
    v = traffic.slots[b, s].vehicle
    kind = vehicles.types[vehicles.kind[b, v]]
    road = layout.drivables[connection]
    for k in range(road.first, road.last):
        crossing = layout.crossings[k]
        distance = crossing.distance - start
        if distance < 0.0 or not braking < distance - YIELD_GAP:
            continue
        if (traffic.claims[b, road.intersection, crossing.word, CLAIMED] & crossing.mask) == NO_BITS:
            continue
        foe, foe_distance = foe_at(layout, vehicles, traffic, b, crossing.foe, crossing.foe_distance)
        if foe == NONE:
            continue
        if not may_pass(
            layout, vehicles, traffic, b, s, connection, distance, foe, crossing.foe, foe_distance, now
        ):
            traffic.rides[b, v].foe[now & 1] = traffic.slots[b, foe].vehicle
            traffic.rides[b, v].yielded[now & 1] = now
            speed = traffic.slots[b, s].speed
            return stopping_speed(speed, distance - YIELD_GAP, kind.usual_acceleration, kind.usual_deceleration)
    return kind.max_speed


@kernel
def junction_speed(layout, vehicles, traffic, b, lanes, d, s, braking, now):  # type: ignore[no-untyped-def]
    """Speed that signals, full exits, turns and conflicts leave to a vehicle near or on a connection."""
    slot = traffic.slots[b, s]
    kind = vehicles.types[vehicles.kind[b, slot.vehicle]]
    if d >= lanes:
        if meets_claim(layout, traffic, b, lanes, d):
            return conflict_speed(layout, vehicles, traffic, b, s, d, slot.position, braking, now)
        return kind.max_speed
    connection = vehicles.path[slot.path + 1]
    rest = layout.drivables[d].length - slot.position
    is_open = is_green(layout, traffic, b, connection) and has_room(
        layout, vehicles, traffic, b, layout.drivables[connection].end, kind.length
    )
    if not is_open and braking <= rest:
        return stopping_speed(slot.speed, rest, kind.usual_acceleration, kind.usual_deceleration)
    speed = kind.max_speed
    if layout.drivables[connection].rank < THROUGH:
        speed = min(speed, TURN_SPEED)
    if meets_claim(layout, traffic, b, lanes, connection):
        yielding = conflict_speed(layout, vehicles, traffic, b, s, connection, -rest, braking, now)
        speed = min(speed, yielding)
    return speed
