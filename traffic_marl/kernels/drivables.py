"""What happens on a lane or connection within one second: enter, plan, move, hand over.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). Everybody plans from the state at the
start of the second, so the order in which drivables are visited does not matter.
"""

import math

import numpy as np

from traffic_marl.arrays import Record
from traffic_marl.kernels.car_following import braking_distance, headway_speed, safe_speed
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim, junction_speed
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, ON, Copy, Layout

HALTED = 0.1  # [m/s] a slower vehicle is halted
FAR = math.inf  # [m] gap to nobody


@kernel
def occupy(layout: Layout, copy: Copy, d: int) -> None:
    """Notes that a drivable has got its first vehicle."""
    if d >= layout.lanes:
        claim(layout, copy, d, ON)
    if copy.states[d].listed == 0:
        copy.states[d].listed = 1
        copy.occupied[copy.tally[0].occupied] = d
        copy.tally[0].occupied += 1


@kernel
def set_front(layout: Layout, copy: Copy, d: int) -> None:
    """Brings up to date what is kept about the first vehicle of a drivable."""
    if d >= layout.lanes:
        return
    front = NONE
    if copy.states[d].count > 0:
        front = copy.riders[layout.drivables[d].first_slot].next
    if front == copy.states[d].front:
        return
    if copy.states[d].front != NONE:
        disclaim(layout, copy, copy.states[d].front, FRONT)
    if front != NONE:
        claim(layout, copy, front, FRONT)
    copy.states[d].front = front


@kernel
def fits(layout: Layout, copy: Copy, lane: int, v: int) -> bool:
    """Whether a vehicle may enter a lane: it is empty, or its last vehicle is far enough in."""
    state = copy.states[lane]
    if state.count == 0:
        return True
    last = layout.drivables[lane].first_slot + state.count - 1
    return copy.motions[last].position > copy.types[copy.riders[last].kind].length + copy.types[copy.kind[v]].min_gap


@kernel
def insert(layout: Layout, copy: Copy, lane: int, v: int, now: int) -> None:
    """Puts a vehicle at the start of a lane, at rest."""
    road = layout.drivables[lane]
    state = copy.states[lane]
    motion = copy.motions[road.first_slot + state.count]
    motion.position = 0.0
    motion.speed = 0.0
    rider = copy.riders[road.first_slot + state.count]
    rider.path = copy.path_start[v]
    rider.next = copy.path[rider.path + 1]
    rider.vehicle = v
    rider.kind = copy.kind[v]
    state.count += 1
    state.inserted = now
    ride = copy.rides[v]
    ride.entered = now
    ride.halted_since = now + 1
    if road.intersection != NONE:
        ride.lane_since = now
    copy.tally[0].under_way += 1


@kernel
def insert_waiting(layout: Layout, copy: Copy, lane: int, now: int) -> None:
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
def seen_count(copy: Copy, lane: int, newcomer: int, now: int) -> int:
    """Vehicles of a lane that a vehicle upstream has seen when it chose its leader.

    That was at the end of the second before, so those that entered in this second do not count; a `newcomer` (the
    lane on which the onlooker itself has just entered, or NONE) chose after those of lanes before its own.
    """
    state = copy.states[lane]
    if state.count > 0 and state.inserted == now and lane >= newcomer:
        return state.count - 1
    return state.count


@kernel
def nearest_sibling(layout: Layout, copy: Copy, lane: int, distance: float) -> tuple[int, float]:
    """Slot of the nearest last vehicle on the connections that leave a lane, or NONE, and the gap to it [m]."""
    nearest = NONE
    gap = 0.0
    for k in range(layout.drivables[lane].first, layout.drivables[lane].last):
        connection = layout.leaving[k]
        count = copy.states[connection].count
        if count > 0:
            s = layout.drivables[connection].first_slot + count - 1
            length = copy.types[copy.riders[s].kind].length
            between = distance + copy.motions[s].position - length
            if nearest == NONE or between < gap:
                nearest = s
                gap = between
    return nearest, gap


@kernel
def leader_ahead(layout: Layout, copy: Copy, s: int, distance: float, newcomer: int, now: int) -> tuple[int, float]:
    """Slot of the leader of a drivable's first vehicle, or NONE, and the gap to it [m].

    The vehicle is in slot s, `distance` from the drivable's end; beyond its `approach` nobody looks [m].
    """
    pointer = copy.riders[s].path + 1
    ahead = copy.riders[s].next
    approach = copy.types[copy.riders[s].kind].approach
    while ahead != NONE:
        if ahead >= layout.lanes:
            leader, gap = nearest_sibling(layout, copy, layout.drivables[ahead].start, distance)
            if leader != NONE:
                return leader, gap
        else:
            count = seen_count(copy, ahead, newcomer, now)
            if count > 0:
                leader = layout.drivables[ahead].first_slot + count - 1
                length = copy.types[copy.riders[leader].kind].length
                return leader, distance + copy.motions[leader].position - length
        distance += layout.drivables[ahead].length
        if distance > approach:
            return NONE, FAR
        pointer += 1
        ahead = copy.path[pointer]
    return NONE, FAR


@kernel
def following_speed(
    kind: Record, leader: Record, speed: float, gap: float, leader_speed: float, leader_braking: float
) -> float:
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
    hard = safe_speed(speed, gap, 0.0, leader_speed, leader_braking, deceleration, kind.max_curve, kind.max_scale)
    return min(bound, min(usual, hard))


@kernel
def first_leader(layout: Layout, copy: Copy, d: int, s: int, rest: float, now: int) -> tuple[int, float]:
    """Slot of the leader on a later drivable, or NONE, of a drivable's first vehicle, and the gap to it [m]."""
    rider = copy.riders[s]
    if rest > copy.types[rider.kind].search:
        return NONE, FAR
    newcomer = NONE
    if d < layout.lanes and copy.rides[rider.vehicle].entered == now:
        newcomer = d
    return leader_ahead(layout, copy, s, rest, newcomer, now)


@kernel
def note_halt(ride: Record, was_halted: bool, now: int) -> None:
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
def drive(layout: Layout, copy: Copy, d: int, now: int) -> bool:
    """Moves every vehicle of a drivable through this second, from the state at its start alone.

    The state at its end goes to `copy.later`. Returns whether a vehicle has run past the end of the drivable.
    """
    first = layout.drivables[d].first_slot
    length = layout.drivables[d].length
    limit = layout.drivables[d].limit
    count = copy.states[d].count
    is_lane = d < layout.lanes
    slowness = 1.0 / limit
    runs_past = False
    halted = 0
    delay = 0.0
    tail = 0.0
    leader_speed = 0.0
    leader_braking = 0.0
    leader_kind = 0
    for s in range(first, first + count):
        position = copy.motions[np.uintp(s)].position
        speed = copy.motions[np.uintp(s)].speed
        rider = copy.riders[np.uintp(s)]
        kind = copy.types[np.uintp(rider.kind)]
        gap = tail - position
        rest = length - position
        if s == first:
            leader, gap = first_leader(layout, copy, d, s, rest, now)
            if leader != NONE:
                leader_speed = copy.motions[leader].speed
                leader_kind = copy.riders[leader].kind
                leader_braking = braking_distance(leader_speed, copy.types[leader_kind].max_deceleration)
        wish = min(min(kind.max_speed, limit), speed + kind.max_acceleration)
        if gap <= kind.reach:
            ahead = copy.types[np.uintp(leader_kind)]
            wish = min(wish, following_speed(kind, ahead, speed, gap, leader_speed, leader_braking))
        braking = braking_distance(speed, kind.max_deceleration)
        if not is_lane or (rest <= kind.approach and rider.next != NONE):
            wish = min(wish, junction_speed(layout, copy, d, s, rest, braking, now))
        wish = max(wish, speed - kind.max_deceleration)
        moved = (speed + wish) / 2.0
        if wish < 0.0:
            moved = braking
            wish = 0.0
        copy.later[np.uintp(s)].position = position + moved
        copy.later[np.uintp(s)].speed = wish
        if position + moved > length:
            runs_past = True
        is_halted = wish < HALTED
        if is_halted != (speed < HALTED):
            note_halt(copy.rides[rider.vehicle], not is_halted, now)
        halted += is_halted
        delay += 1.0 - wish * max(slowness, kind.slowness)
        tail = position - kind.length
        leader_speed = speed
        leader_braking = braking
        leader_kind = rider.kind
    copy.tally[0].updates += count
    copy.tally[0].moving += count - halted
    if is_lane:
        note_lane(copy, d, halted, delay, copy.later[first].speed < HALTED, now)
    return runs_past


@kernel
def note_lane(copy: Copy, lane: int, halted: int, delay: float, front_halted: bool, now: int) -> None:
    """Books what happened on a lane in this second."""
    copy.sensors[lane].delay += delay
    copy.tally[0].largest_queue = max(copy.tally[0].largest_queue, halted)
    state = copy.states[lane]
    if not front_halted:
        state.standing = NEVER
    elif state.standing == NEVER:
        state.standing = now + 1


@kernel
def take_out(layout: Layout, copy: Copy, d: int, taken: int) -> int:
    """Puts the vehicles that ran past the end of a drivable behind the `taken` ones already on the way."""
    road = layout.drivables[d]
    first = road.first_slot
    kept = first
    for s in range(first, first + copy.states[d].count):
        if copy.later[s].position > road.length:
            copy.rides[copy.riders[s].vehicle].came_from = d
            copy.changing_motions[taken] = copy.later[s]
            copy.changing_riders[taken] = copy.riders[s]
            taken += 1
        else:
            copy.later[kept] = copy.later[s]
            copy.riders[kept] = copy.riders[s]
            kept += 1
    state = copy.states[d]
    state.count = kept - first
    state.standing = NEVER
    if d >= layout.lanes and state.count == 0:
        disclaim(layout, copy, d, ON)
    set_front(layout, copy, d)
    return taken


@kernel
def leave_lane(ride: Record, now: int) -> None:
    """Books the time on the signalled lane that a vehicle has left."""
    if ride.lane_since != NEVER:
        ride.approaching += now - ride.lane_since
        ride.lane_since = NEVER


@kernel
def finish(copy: Copy, v: int, now: int) -> None:
    """Ends a trip."""
    ride = copy.rides[v]
    ride.left = now
    if ride.halted_since != NEVER:
        note_halt(ride, True, now)
    copy.tally[0].under_way -= 1
    copy.tally[0].completed += 1


@kernel
def place(layout: Layout, copy: Copy, d: int, k: int, now: int) -> None:
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
    while s > state.arrivals and copy.later[s - 1].position < copy.changing_motions[k].position:
        copy.later[s] = copy.later[s - 1]
        copy.riders[s] = copy.riders[s - 1]
        s -= 1
    copy.later[s] = copy.changing_motions[k]
    copy.riders[s] = copy.changing_riders[k]
    state.count += 1


@kernel
def note_arrival(layout: Layout, copy: Copy, d: int, v: int, now: int) -> None:
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
def hand_over(layout: Layout, copy: Copy, k: int, now: int) -> None:
    """Brings the k-th vehicle on the way to its next drivable, or to the end of its trip."""
    motion = copy.changing_motions[k]
    rider = copy.changing_riders[k]
    ride = copy.rides[rider.vehicle]
    leave_lane(ride, now)
    d = ride.came_from
    while d != NONE and motion.position > layout.drivables[d].length:
        motion.position -= layout.drivables[d].length
        rider.path += 1
        d = copy.path[rider.path]
    if d == NONE:
        finish(copy, rider.vehicle, now)
        return
    rider.next = copy.path[rider.path + 1]
    place(layout, copy, d, k, now)
    note_arrival(layout, copy, d, rider.vehicle, now)
    if copy.states[d].count == 1:
        occupy(layout, copy, d)
    set_front(layout, copy, d)
