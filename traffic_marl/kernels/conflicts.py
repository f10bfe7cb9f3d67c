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
from traffic_marl.kernels.traffic import CLAIMED, FRONT, ON, SHOWN, Copy, Layout

CRAWL = 2.0  # [m/s] the last vehicle of a full lane must go at least this fast to be followed into it
NO_BITS = np.uint64(0)


@kernel
def is_green(layout: Layout, copy: Copy, connection: int) -> bool:
    """Whether a connection is green in this second."""
    road = layout.drivables[connection]
    return (copy.claims[road.intersection, road.word, SHOWN] & road.mask) != NO_BITS


@kernel
def claim(layout: Layout, copy: Copy, connection: int, kind: int) -> None:
    """Sets the bit of a connection."""
    road = layout.drivables[connection]
    copy.claims[road.intersection, road.word, kind] |= road.mask


@kernel
def disclaim(layout: Layout, copy: Copy, connection: int, kind: int) -> None:
    """Clears the bit of a connection."""
    road = layout.drivables[connection]
    copy.claims[road.intersection, road.word, kind] &= ~road.mask


@kernel
def combine_claims(layout: Layout, copy: Copy) -> None:
    """Marks the connections on which somebody may stand in another's way in this second.

    A filter only: it may name too many, never too few.
    """
    for n in range(copy.claims.shape[0]):
        for w in range(copy.claims.shape[1]):
            waiting = copy.claims[n, w, FRONT] & copy.claims[n, w, SHOWN]
            copy.claims[n, w, CLAIMED] = copy.claims[n, w, ON] | waiting
    kept = 0
    for k in range(copy.tally[0].clearing):
        lane = copy.clearing[2 * k]
        connection = copy.clearing[2 * k + 1]
        if last_is_clearing(copy, lane, connection):
            claim(layout, copy, connection, CLAIMED)
            copy.clearing[2 * kept] = lane
            copy.clearing[2 * kept + 1] = connection
            kept += 1
    copy.tally[0].clearing = kept


@kernel
def last_is_clearing(copy: Copy, lane: int, connection: int) -> bool:
    """Whether the last vehicle of a lane came from this connection and its tail is not on the lane yet."""
    state = copy.states[lane]
    if state.count == 0:
        return False
    s = state.first + state.count - 1
    if copy.rides[copy.slots[np.uintp(s)].vehicle].came_from != connection:
        return False
    return copy.slots[s].position < copy.types[copy.slots[np.uintp(s)].kind].length


@kernel
def foe_at(layout: Layout, copy: Copy, connection: int, distance: float) -> tuple[int, float]:
    """Slot of the vehicle that a point of a connection must expect next, or NONE, and its distance to the point [m].

    It is the foremost one that has not cleared the point: the last vehicle of the lane beyond if its tail still
    covers it, else one on the connection, else the first of the lane before if that one has green.
    """
    road = layout.drivables[np.uintp(connection)]
    state = copy.states[np.uintp(road.end)]
    if state.count > 0:
        s = state.first + state.count - 1
        position = copy.slots[np.uintp(s)].position
        if (
            road.length - distance + position - copy.types[np.uintp(copy.slots[np.uintp(s)].kind)].length < 0.0
            and copy.rides[copy.slots[np.uintp(s)].vehicle].came_from == connection
        ):
            return s, -(position + road.length - distance)
    state = copy.states[np.uintp(connection)]
    for s in range(state.first, state.first + state.count):
        position = copy.slots[np.uintp(s)].position
        length = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)].length
        if position <= distance or position - distance - length <= 0.0:
            return s, distance - position
    if copy.states[np.uintp(road.start)].front == connection and is_green(layout, copy, connection):
        start = layout.drivables[np.uintp(road.start)]
        s = copy.states[np.uintp(road.start)].first
        return s, start.length - copy.slots[np.uintp(s)].position + distance
    return NONE, 0.0


@kernel
def yielded_to(copy: Copy, v: int, now: int) -> int:
    """Vehicle to which vehicle v yielded in the second before and that is still under way, or NONE."""
    parity = (now + 1) & 1
    if copy.rides[v].yielded[parity] != now - 1:
        return NONE
    foe = copy.rides[v].foe[parity]
    if copy.rides[foe].left != NEVER:
        return NONE
    return foe


@kernel
def is_deadlocked(copy: Copy, v: int, now: int) -> bool:
    """Whether the chain of those who yield, begun at vehicle v, runs into a circle."""
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
    layout: Layout, copy: Copy, s: int, connection: int, distance: float, foe: int, other: int, foe_distance: float
) -> bool:
    """Whether the vehicle in slot s goes before its foe: both could still yield, and neither is at the point."""
    v = copy.slots[np.uintp(s)].vehicle
    w = copy.slots[np.uintp(foe)].vehicle
    mine = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)]
    theirs = copy.types[np.uintp(copy.slots[np.uintp(foe)].kind)]
    rank = layout.drivables[np.uintp(connection)].rank
    foe_rank = layout.drivables[np.uintp(other)].rank
    target = TURN_SPEED if rank < THROUGH else mine.max_speed
    foe_target = TURN_SPEED if foe_rank < THROUGH else theirs.max_speed
    steps = steps_to_reach(copy.slots[np.uintp(s)].speed, distance, target, mine.usual_acceleration)
    foe_steps = steps_to_reach(copy.slots[np.uintp(foe)].speed, foe_distance, foe_target, theirs.usual_acceleration)
    if rank < foe_rank or steps != foe_steps:
        return foe_steps > steps
    since = copy.rides[v].crossing_since
    foe_since = copy.rides[w].crossing_since
    if since != foe_since:
        return since < foe_since
    if distance != foe_distance:
        return distance < foe_distance
    return v > w


@kernel
def may_pass(
    layout: Layout,
    copy: Copy,
    s: int,
    connection: int,
    distance: float,
    foe: int,
    other: int,
    foe_distance: float,
    now: int,
) -> bool:
    """Whether the vehicle in slot s, able to yield, need not do so to its foe."""
    theirs = copy.types[np.uintp(copy.slots[np.uintp(foe)].kind)]
    braking = braking_distance(copy.slots[np.uintp(foe)].speed, theirs.max_deceleration)
    goes = False
    if can_yield(braking, theirs.length, foe_distance):
        if layout.drivables[np.uintp(connection)].rank > layout.drivables[np.uintp(other)].rank:
            goes = True
        elif foe_distance > 0.0:
            goes = arrives_first(layout, copy, s, connection, distance, foe, other, foe_distance)
        else:
            goes = foe_distance + theirs.length < 0.0
    return goes or is_deadlocked(copy, copy.slots[np.uintp(foe)].vehicle, now)


@kernel
def has_room(copy: Copy, lane: int, length: float) -> bool:
    """Whether a vehicle of this length may be let into a junction whose exit is `lane`."""
    state = copy.states[np.uintp(lane)]
    if state.count == 0:
        return True
    s = state.first + state.count - 1
    last = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)].length
    return copy.slots[np.uintp(s)].position > last + length or copy.slots[np.uintp(s)].speed >= CRAWL


@kernel
def meets_claim(layout: Layout, copy: Copy, connection: int) -> bool:
    """Whether any connection that meets this one is claimed."""
    n = layout.drivables[np.uintp(connection)].intersection
    for w in range(layout.conflicts.shape[1]):
        if (layout.conflicts[connection - layout.lanes, w] & copy.claims[n, w, CLAIMED]) != NO_BITS:
            return True
    return False


@kernel
def conflict_speed(
    layout: Layout, copy: Copy, s: int, connection: int, start: float, braking: float, now: int
) -> float:
    """Speed towards the first conflict point at which the vehicle must yield; its top speed if there is none.

    `start` is the position of its front along the connection, negative before it [m].
    """
    slot = copy.slots[np.uintp(s)]
    kind = copy.types[np.uintp(slot.kind)]
    road = layout.drivables[np.uintp(connection)]
    for k in range(road.first, road.last):
        crossing = layout.crossings[np.uintp(k)]
        distance = crossing.distance - start
        if distance < 0.0 or not braking < distance - YIELD_GAP:
            continue
        if (copy.claims[road.intersection, crossing.word, CLAIMED] & crossing.mask) == NO_BITS:
            continue
        foe, foe_distance = foe_at(layout, copy, crossing.foe, crossing.foe_distance)
        if foe == NONE:
            continue
        if not may_pass(layout, copy, s, connection, distance, foe, crossing.foe, foe_distance, now):
            copy.rides[slot.vehicle].foe[now & 1] = copy.slots[np.uintp(foe)].vehicle
            copy.rides[slot.vehicle].yielded[now & 1] = now
            return stopping_speed(
                copy.slots[np.uintp(s)].speed, distance - YIELD_GAP, kind.usual_acceleration, kind.usual_deceleration
            )
    return kind.max_speed


@kernel
def junction_speed(layout: Layout, copy: Copy, d: int, s: int, rest: float, braking: float, now: int) -> float:
    """Speed that signals, full exits, turns and conflicts leave to a vehicle near or on a connection.

    `rest` is the distance from its front to the end of the drivable [m].
    """
    kind = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)]
    speed = kind.max_speed
    connection = d
    start = copy.slots[np.uintp(s)].position
    if d < layout.lanes:
        connection = copy.slots[np.uintp(s)].next
        start = -rest
        road = layout.drivables[np.uintp(connection)]
        if braking <= rest and not (is_green(layout, copy, connection) and has_room(copy, road.end, kind.length)):
            return stopping_speed(copy.slots[np.uintp(s)].speed, rest, kind.usual_acceleration, kind.usual_deceleration)
        if road.rank < THROUGH:
            speed = min(speed, TURN_SPEED)
    if meets_claim(layout, copy, connection):
        speed = min(speed, conflict_speed(layout, copy, s, connection, start, braking, now))
    return speed
