"""What happens on a lane or connection within one second: enter, plan, move, hand over.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). Everybody plans from the state at the
start of the second, so the order in which drivables are visited does not matter.
"""

import math

import numpy as np

from traffic_marl.kernels.car_following import braking_distance, headway_speed, safe_speed
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim, junction_speed
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, ON

HALTED = 0.1  # [m/s] a slower vehicle is halted
FAR = math.inf  # [m] gap to nobody


@kernel
def occupy(layout, copy, d):  # type: ignore[no-untyped-def]
    """Notes that a drivable has got its first vehicle."""
    if d >= layout.lanes:
        claim(layout, copy, d, ON)
    if copy.states[d].listed == 0:
        copy.states[d].listed = 1
        copy.occupied[copy.tally[0].occupied] = d
        copy.tally[0].occupied += 1


@kernel
def set_front(layout, copy, d):  # type: ignore[no-untyped-def]
    """Brings up to date what is kept about the first vehicle of a drivable."""
    if d >= layout.lanes:
        return
    front = NONE
    if copy.states[d].count > 0:
        front = copy.slots[layout.drivables[d].first_slot].next
    if front == copy.states[d].front:
        return
    if copy.states[d].front != NONE:
        disclaim(layout, copy, copy.states[d].front, FRONT)
    if front != NONE:
        claim(layout, copy, front, FRONT)
    copy.states[d].front = front


@kernel
def fits(layout, copy, lane, v):  # type: ignore[no-untyped-def]
    """Whether a vehicle may enter a lane: it is empty, or its last vehicle is far enough in."""
    state = copy.states[lane]
    if state.count == 0:
        return True
    last = copy.slots[layout.drivables[lane].first_slot + state.count - 1]
    return last.position > copy.types[last.kind].length + copy.types[copy.kind[v]].min_gap


@kernel
def insert(layout, copy, lane, v, now):  # type: ignore[no-untyped-def]
    """Puts a vehicle at the start of a lane, at rest."""
    road = layout.drivables[lane]
    state = copy.states[lane]
    slot = copy.slots[road.first_slot + state.count]
    slot.position = 0.0
    slot.speed = 0.0
    slot.path = copy.path_start[v]
    slot.next = copy.path[slot.path + 1]
    slot.vehicle = v
    slot.kind = copy.kind[v]
    state.count += 1
    state.inserted = now
    ride = copy.rides[v]
    ride.entered = now
    ride.halted_since = now + 1
    if road.intersection != NONE:
        ride.lane_since = now
    copy.tally[0].under_way += 1


@kernel
def insert_waiting(layout, copy, lane, now):  # type: ignore[no-untyped-def]
    """Lets the first vehicle that waits to enter a lane do so if there is room."""
    state = copy.states[lane]
    if state.queue_head >= copy.queue_start[lane + 1]:
        return
    v = copy.queue[state.queue_head]
    if copy.scheduled[v] > now or not fits(layout, copy, lane, v):
        return
    if state.count >= layout.drivables[lane].capacity:
        copy.tally[0].overflow = 1
        return
    insert(layout, copy, lane, v, now)
    state.queue_head += 1
    if state.count == 1:
        occupy(layout, copy, lane)
        set_front(layout, copy, lane)


@kernel
def seen_count(copy, lane, newcomer, now):  # type: ignore[no-untyped-def]
    """Vehicles of a lane that a vehicle upstream has seen when it chose its leader.

    That was at the end of the second before, so those that entered in this second do not count; a `newcomer` (the
    lane on which the onlooker itself has just entered, or NONE) chose after those of lanes before its own.
    """
    state = copy.states[lane]
    if state.count > 0 and state.inserted == now and lane >= newcomer:
        return state.count - 1
    return state.count


@kernel
def nearest_sibling(layout, copy, lane, distance):  # type: ignore[no-untyped-def]
    """Slot of the nearest last vehicle on the connections that leave a lane, or NONE, and the gap to it [m]."""
    nearest = NONE
    gap = 0.0
    for k in range(layout.drivables[lane].first, layout.drivables[lane].last):
        connection = layout.leaving[k]
        count = copy.states[connection].count
        if count > 0:
            s = layout.drivables[connection].first_slot + count - 1
            length = copy.types[copy.slots[s].kind].length
            between = distance + copy.slots[s].position - length
            if nearest == NONE or between < gap:
                nearest = s
                gap = between
    return nearest, gap


@kernel
def leader_ahead(layout, copy, s, distance, newcomer, now):  # type: ignore[no-untyped-def]
    """Slot of the leader of a drivable's first vehicle, or NONE, and the gap to it [m].

    The vehicle is in slot s, `distance` from the drivable's end; beyond its `approach` nobody looks [m].
    """
    pointer = copy.slots[s].path + 1
    ahead = copy.slots[s].next
    approach = copy.types[copy.slots[s].kind].approach
    while ahead != NONE:
        if ahead >= layout.lanes:
            leader, gap = nearest_sibling(layout, copy, layout.drivables[ahead].start, distance)
            if leader != NONE:
                return leader, gap
        else:
            count = seen_count(copy, ahead, newcomer, now)
            if count > 0:
                leader = layout.drivables[ahead].first_slot + count - 1
                length = copy.types[copy.slots[leader].kind].length
                return leader, distance + copy.slots[leader].position - length
        distance += layout.drivables[ahead].length
        if distance > approach:
            return NONE, FAR
        pointer += 1
        ahead = copy.path[pointer]
    return NONE, FAR


@kernel
def following_speed(kind, leader, speed, gap, leader_speed, leader_braking):  # type: ignore[no-untyped-def]
    """Speed behind a leader: safe if it brakes hard or as usual, and at the wished headway."""
    bound = headway_speed(speed, gap, leader_speed, kind.headway)
    deceleration = leader.usual_deceleration
    if deceleration == leader.max_deceleration and kind.usual_deceleration == kind.max_deceleration:
        # Keeping min_gap is then the stricter of both rules, to the last digit: every operation is monotonic.
        return min(
            bound,
            safe_speed(
                speed,
                gap,
                kind.min_gap,
                leader_speed,
                leader_braking,
                deceleration,
                kind.usual_curve,
                kind.usual_scale,
            ),
        )
    braking = braking_distance(leader_speed, deceleration)
    usual = safe_speed(
        speed, gap, kind.min_gap, leader_speed, braking, deceleration, kind.usual_curve, kind.usual_scale
    )
    deceleration = leader.max_deceleration
    hard = safe_speed(
        speed, gap, 0.0, leader_speed, leader_braking, deceleration, kind.max_curve, kind.max_scale
    )
    return min(bound, min(usual, hard))


@kernel
def first_leader(layout, copy, d, s, rest, now):  # type: ignore[no-untyped-def]
    """Slot of the leader on a later drivable, or NONE, of a drivable's first vehicle, and the gap to it [m]."""
    slot = copy.slots[s]
    if rest > copy.types[slot.kind].search:
        return NONE, FAR
    newcomer = NONE
    if d < layout.lanes and copy.rides[slot.vehicle].entered == now:
        newcomer = d
    return leader_ahead(layout, copy, s, rest, newcomer, now)


@kernel
def plan_drivable(layout, copy, d, now):  # type: ignore[no-untyped-def]
    """Plans the speed of every vehicle of a drivable at the end of this second, from the present state alone."""
    first = layout.drivables[d].first_slot
    length = layout.drivables[d].length
    limit = layout.drivables[d].limit
    tail = 0.0
    leader_speed = 0.0
    leader_braking = 0.0
    leader_kind = 0
    for s in range(first, first + copy.states[d].count):
        slot = copy.slots[np.uintp(s)]
        kind = copy.types[np.uintp(slot.kind)]
        position = slot.position
        speed = slot.speed
        gap = tail - position
        if s == first:
            leader, gap = first_leader(layout, copy, d, s, length - position, now)
            if leader != NONE:
                leader_speed = copy.slots[leader].speed
                leader_kind = copy.slots[leader].kind
                leader_braking = braking_distance(leader_speed, copy.types[leader_kind].max_deceleration)
        planned = min(min(kind.max_speed, limit), speed + kind.max_acceleration)
        if gap <= kind.reach:
            bound = following_speed(
                kind, copy.types[np.uintp(leader_kind)], speed, gap, leader_speed, leader_braking
            )
            planned = min(planned, bound)
        braking = braking_distance(speed, kind.max_deceleration)
        rest = length - position
        if d >= layout.lanes or (rest <= kind.approach and slot.next != NONE):
            planned = min(planned, junction_speed(layout, copy, d, s, rest, braking, now))
        copy.planned[np.uintp(s)] = max(planned, speed - kind.max_deceleration)
        tail = position - kind.length
        leader_speed = speed
        leader_braking = braking
        leader_kind = slot.kind


@kernel
def note_halt(ride, was_halted, now):  # type: ignore[no-untyped-def]
    """Books the start or end of a standstill at the end of this second."""
    if was_halted:
        lasted = now + 1 - ride.halted_since
        ride.halted += lasted
        ride.longest_halt = max(ride.longest_halt, lasted)
        ride.halted_since = NEVER
    else:
        ride.stops += 1
        ride.halted_since = now + 1


@kernel
def move_drivable(layout, copy, d, now):  # type: ignore[no-untyped-def]
    """Moves the vehicles of a drivable; True if one has run past its end."""
    first = layout.drivables[d].first_slot
    length = layout.drivables[d].length
    slowness = 1.0 / layout.drivables[d].limit
    count = copy.states[d].count
    runs_past = False
    halted = 0
    delay = 0.0
    for s in range(first, first + count):
        slot = copy.slots[np.uintp(s)]
        kind = copy.types[np.uintp(slot.kind)]
        speed = slot.speed
        planned = copy.planned[np.uintp(s)]
        moved = (speed + planned) / 2.0
        if planned < 0.0:
            moved = 0.5 * speed * speed / kind.max_deceleration
            planned = 0.0
        position = slot.position + moved
        slot.position = position
        slot.speed = planned
        if position > length:
            runs_past = True
        is_halted = planned < HALTED
        halted += is_halted
        if is_halted != (speed < HALTED):
            note_halt(copy.rides[slot.vehicle], not is_halted, now)
        delay += 1.0 - planned * max(slowness, kind.slowness)
    tally = copy.tally[0]
    tally.updates += count
    tally.moving += count - halted
    if d < layout.lanes:
        copy.sensors[d].delay += delay
        tally.largest_queue = max(tally.largest_queue, halted)
        note_front(copy.states[d], copy.slots[first].speed < HALTED, now)
    return runs_past


@kernel
def note_front(state, is_halted, now):  # type: ignore[no-untyped-def]
    """Books since when the first vehicle of a lane stands."""
    if not is_halted:
        state.standing = NEVER
    elif state.standing == NEVER:
        state.standing = now + 1


@kernel
def take_out(layout, copy, d, taken):  # type: ignore[no-untyped-def]
    """Puts the vehicles that ran past the end of a drivable behind the `taken` ones already on the way."""
    road = layout.drivables[d]
    first = road.first_slot
    kept = first
    for s in range(first, first + copy.states[d].count):
        if copy.slots[s].position > road.length:
            copy.changing[taken] = copy.slots[s]
            copy.rides[copy.slots[s].vehicle].came_from = d
            taken += 1
        else:
            if kept != s:
                copy.slots[kept] = copy.slots[s]
            kept += 1
    state = copy.states[d]
    state.count = kept - first
    state.standing = NEVER
    if d >= layout.lanes and state.count == 0:
        disclaim(layout, copy, d, ON)
    set_front(layout, copy, d)
    return taken


@kernel
def leave_lane(ride, now):  # type: ignore[no-untyped-def]
    """Books the time on the signalled lane that a vehicle has left."""
    if ride.lane_since != NEVER:
        ride.approaching += now - ride.lane_since
        ride.lane_since = NEVER


@kernel
def finish(copy, v, now):  # type: ignore[no-untyped-def]
    """Ends a trip."""
    ride = copy.rides[v]
    ride.left = now
    if ride.halted_since != NEVER:
        note_halt(ride, True, now)
    copy.tally[0].under_way -= 1
    copy.tally[0].completed += 1


@kernel
def place(layout, copy, d, k, now):  # type: ignore[no-untyped-def]
    """Appends the k-th vehicle on the way to a drivable: behind those there, arrivals of one second by distance."""
    road = layout.drivables[d]
    state = copy.states[d]
    if state.count >= road.capacity:
        copy.tally[0].overflow = 1
        return
    s = road.first_slot + state.count
    if state.arrived != now:
        state.arrived = now
        state.arrivals = s
    position = copy.changing[k].position
    while s > state.arrivals and copy.slots[s - 1].position < position:
        copy.slots[s] = copy.slots[s - 1]
        s -= 1
    copy.slots[s] = copy.changing[k]
    state.count += 1


@kernel
def note_arrival(layout, copy, d, v, now):  # type: ignore[no-untyped-def]
    """Books what changes for a vehicle on a new drivable."""
    ride = copy.rides[v]
    if d >= layout.lanes:
        ride.crossing_since = now
        return
    ride.crossing_since = NEVER
    if layout.drivables[d].intersection != NONE:
        ride.lane_since = now
    if ride.came_from >= layout.lanes:
        tally = copy.tally[0]
        copy.clearing[2 * tally.clearing] = d
        copy.clearing[2 * tally.clearing + 1] = ride.came_from
        tally.clearing += 1


@kernel
def hand_over(layout, copy, k, now):  # type: ignore[no-untyped-def]
    """Brings the k-th vehicle on the way to its next drivable, or to the end of its trip."""
    slot = copy.changing[k]
    ride = copy.rides[slot.vehicle]
    leave_lane(ride, now)
    d = ride.came_from
    while d != NONE and slot.position > layout.drivables[d].length:
        slot.position -= layout.drivables[d].length
        slot.path += 1
        d = copy.path[slot.path]
    if d == NONE:
        finish(copy, slot.vehicle, now)
        return
    slot.next = copy.path[slot.path + 1]
    place(layout, copy, d, k, now)
    note_arrival(layout, copy, d, slot.vehicle, now)
    if copy.states[d].count == 1:
        occupy(layout, copy, d)
    set_front(layout, copy, d)
