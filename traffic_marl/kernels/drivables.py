"""What happens on a lane or connection within one second: enter, plan, move, hand over.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139). Everybody plans from the state at the
start of the second, so the order in which drivables are visited does not matter.
"""

from traffic_marl.kernels.car_following import braking_distance, headway_speed, safe_speed
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim, junction_speed
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, ON

HALTED = 0.1  # [m/s] a slower vehicle is halted


@kernel
def occupy(layout, traffic, b, lanes, d):  # type: ignore[no-untyped-def]
    """Notes that a drivable has got its first vehicle."""
    if d >= lanes:
        claim(layout, traffic, b, d, ON)
    if traffic.states[b, d].listed == 0:
        traffic.states[b, d].listed = 1
        traffic.occupied[b, traffic.tallies[b].occupied] = d
        traffic.tallies[b].occupied += 1


@kernel
def set_front(layout, vehicles, traffic, b, lanes, d):  # type: ignore[no-untyped-def]
    """Brings up to date what is kept about the first vehicle of a drivable."""
    if d >= lanes:
        return
    front = NONE
    if traffic.states[b, d].count > 0:
        front = vehicles.path[traffic.slots[b, layout.drivables[d].first_slot].path + 1]
    if front == traffic.states[b, d].front:
        return
    if traffic.states[b, d].front != NONE:
        disclaim(layout, traffic, b, traffic.states[b, d].front, FRONT)
    if front != NONE:
        claim(layout, traffic, b, front, FRONT)
    traffic.states[b, d].front = front


@kernel
def insert_waiting(layout, vehicles, traffic, b, lanes, lane, now):  # type: ignore[no-untyped-def]
    """Lets the first vehicle that waits to enter a lane do so, at rest, if there is room."""
    state = traffic.states[b, lane]
    head = state.queue_head
    if head >= vehicles.queue_start[b, lane + 1]:
        return
    v = vehicles.queue[b, head]
    if vehicles.scheduled[b, v] > now:
        return
    road = layout.drivables[lane]
    s = road.first_slot + state.count
    if state.count > 0:
        last = vehicles.types[vehicles.kind[b, traffic.slots[b, s - 1].vehicle]].length
        if traffic.slots[b, s - 1].position <= last + vehicles.types[vehicles.kind[b, v]].min_gap:
            return
    if state.count >= road.capacity:
        traffic.tallies[b].overflow = 1
        return
    slot = traffic.slots[b, s]
    slot.position = 0.0
    slot.speed = 0.0
    slot.path = vehicles.path_start[b, v]
    slot.vehicle = v
    state.count += 1
    state.queue_head = head + 1
    state.inserted = now
    ride = traffic.rides[b, v]
    ride.entered = now
    ride.halted_since = now + 1
    if road.intersection != NONE:
        ride.lane_since = now
    traffic.tallies[b].under_way += 1
    if state.count == 1:
        occupy(layout, traffic, b, lanes, lane)
        set_front(layout, vehicles, traffic, b, lanes, lane)


@kernel
def seen_count(traffic, b, lane, newcomer, now):  # type: ignore[no-untyped-def]
    """Vehicles of a lane that a vehicle upstream has seen when it chose its leader.

    That was at the end of the second before, so those that entered in this second do not count; a `newcomer` (the
    lane on which the onlooker itself has just entered, or NONE) chose after those of lanes before its own.
    """
    state = traffic.states[b, lane]
    if state.count > 0 and state.inserted == now and lane >= newcomer:
        return state.count - 1
    return state.count


@kernel
def nearest_sibling(layout, vehicles, traffic, b, lane, distance):  # type: ignore[no-untyped-def]
    """Slot of the nearest last vehicle on the connections that leave a lane, or NONE, and the gap to it [m]."""
    nearest = NONE
    gap = 0.0
    for k in range(layout.drivables[lane].first, layout.drivables[lane].last):
        connection = layout.leaving[k]
        count = traffic.states[b, connection].count
        if count > 0:
            s = layout.drivables[connection].first_slot + count - 1
            length = vehicles.types[vehicles.kind[b, traffic.slots[b, s].vehicle]].length
            between = distance + traffic.slots[b, s].position - length
            if nearest == NONE or between < gap:
                nearest = s
                gap = between
    return nearest, gap


@kernel
def leader_ahead(layout, vehicles, traffic, b, lanes, pointer, distance, approach, newcomer, now):  # type: ignore[no-untyped-def]
    """Slot of the leader of a drivable's first vehicle, or NONE, and the gap to it [m].

    `distance` from its front to the drivable's end; beyond `approach` nobody looks [m].
    """
    while True:
        pointer += 1
        ahead = vehicles.path[pointer]
        if ahead == NONE:
            return NONE, 0.0
        if ahead >= lanes:
            leader, gap = nearest_sibling(
                layout, vehicles, traffic, b, layout.drivables[ahead].start, distance
            )
            if leader != NONE:
                return leader, gap
        else:
            count = seen_count(traffic, b, ahead, newcomer, now)
            if count > 0:
                s = layout.drivables[ahead].first_slot + count - 1
                length = vehicles.types[vehicles.kind[b, traffic.slots[b, s].vehicle]].length
                return s, distance + traffic.slots[b, s].position - length
        distance += layout.drivables[ahead].length
        if distance > approach:
            return NONE, 0.0


@kernel
def following_speed(kind, leader, speed, gap, leader_speed, leader_braking):  # type: ignore[no-untyped-def]
    """Speed behind a leader: safe if it brakes hard or as usual, and at the wished headway."""
    bound = headway_speed(speed, gap, leader_speed, kind.headway)
    usual_braking = leader_braking
    if leader.usual_deceleration != leader.max_deceleration:
        usual_braking = braking_distance(leader_speed, leader.usual_deceleration)
    bound = min(
        bound,
        safe_speed(
            speed,
            gap,
            kind.min_gap,
            leader_speed,
            usual_braking,
            leader.usual_deceleration,
            kind.usual_curve,
            kind.usual_scale,
        ),
    )
    if (
        leader.usual_deceleration == leader.max_deceleration and kind.usual_deceleration == kind.max_deceleration
    ):  # then keeping min_gap is the stricter rule, to the last digit, for every operation above is monotonic
        return bound
    return min(
        bound,
        safe_speed(
            speed,
            gap,
            0.0,
            leader_speed,
            leader_braking,
            leader.max_deceleration,
            kind.max_curve,
            kind.max_scale,
        ),
    )


@kernel
def plan_first(layout, vehicles, traffic, b, lanes, d, s, kind, longest, now):  # type: ignore[no-untyped-def]
    """Speed that the leader on a later drivable leaves to a drivable's first vehicle."""
    slot = traffic.slots[b, s]
    distance = layout.drivables[d].length - slot.position
    if distance - longest > kind.reach:
        return kind.max_speed
    newcomer = d if d < lanes and traffic.rides[b, slot.vehicle].entered == now else NONE
    leader, gap = leader_ahead(
        layout, vehicles, traffic, b, lanes, slot.path, distance, kind.approach, newcomer, now
    )
    if leader == NONE or gap > kind.reach:
        return kind.max_speed
    ahead = vehicles.types[vehicles.kind[b, traffic.slots[b, leader].vehicle]]
    leader_speed = traffic.slots[b, leader].speed
    braking = braking_distance(leader_speed, ahead.max_deceleration)
    return following_speed(kind, ahead, slot.speed, gap, leader_speed, braking)


@kernel
def plan_drivable(layout, vehicles, traffic, b, lanes, d, longest, now):  # type: ignore[no-untyped-def]
    """Plans the speed of every vehicle of a drivable at the end of this second, from the present state alone."""
    road = layout.drivables[d]
    first = road.first_slot
    tail = 0.0
    leader_speed = 0.0
    leader_braking = 0.0
    leader = 0
    for s in range(first, first + traffic.states[b, d].count):
        slot = traffic.slots[b, s]
        k = vehicles.kind[b, slot.vehicle]
        kind = vehicles.types[k]
        speed = slot.speed
        braking = braking_distance(speed, kind.max_deceleration)
        planned = min(min(kind.max_speed, road.limit), speed + kind.max_acceleration)
        if s == first:
            planned = min(planned, plan_first(layout, vehicles, traffic, b, lanes, d, s, kind, longest, now))
        else:
            gap = tail - slot.position
            if gap <= kind.reach:
                bound = following_speed(kind, vehicles.types[leader], speed, gap, leader_speed, leader_braking)
                planned = min(planned, bound)
        if d >= lanes or (
            road.length - slot.position <= kind.approach and vehicles.path[slot.path + 1] != NONE
        ):
            planned = min(planned, junction_speed(layout, vehicles, traffic, b, lanes, d, s, braking, now))
        slot.planned = max(planned, speed - kind.max_deceleration)
        tail = slot.position - kind.length
        leader_speed = speed
        leader_braking = braking
        leader = k


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
def move_drivable(layout, vehicles, traffic, b, lanes, d, now):  # type: ignore[no-untyped-def]
    """Moves the vehicles of a drivable; True if one has run past its end."""
    road = layout.drivables[d]
    first = road.first_slot
    count = traffic.states[b, d].count
    slowness = 1.0 / road.limit
    runs_past = False
    halted = 0
    delay = 0.0
    for s in range(first, first + count):
        slot = traffic.slots[b, s]
        kind = vehicles.types[vehicles.kind[b, slot.vehicle]]
        speed = slot.speed
        planned = slot.planned
        if planned < 0.0:
            slot.position += 0.5 * speed * speed / kind.max_deceleration
            planned = 0.0
        else:
            slot.position += (speed + planned) / 2.0
        slot.speed = planned
        runs_past |= slot.position > road.length
        is_halted = planned < HALTED
        if is_halted:
            halted += 1
        if is_halted != (speed < HALTED):
            note_halt(traffic.rides[b, slot.vehicle], not is_halted, now)
        delay += 1.0 - planned * max(slowness, kind.slowness)
    tally = traffic.tallies[b]
    tally.updates += count
    tally.moving += count - halted
    if d < lanes:
        traffic.sensors[b, d].delay += delay
        tally.largest_queue = max(tally.largest_queue, halted)
        state = traffic.states[b, d]
        if traffic.slots[b, first].speed >= HALTED:
            state.standing = NEVER
        elif state.standing == NEVER:
            state.standing = now + 1
    return runs_past


@kernel
def take_out(layout, vehicles, traffic, b, lanes, d, taken):  # type: ignore[no-untyped-def]
    """Puts the vehicles that ran past the end of a drivable behind the `taken` ones already on the way."""
    road = layout.drivables[d]
    first = road.first_slot
    kept = first
    for s in range(first, first + traffic.states[b, d].count):
        if traffic.slots[b, s].position > road.length:
            traffic.changing[b, taken] = traffic.slots[b, s]
            traffic.rides[b, traffic.slots[b, s].vehicle].came_from = d
            taken += 1
        else:
            if kept != s:
                traffic.slots[b, kept] = traffic.slots[b, s]
            kept += 1
    state = traffic.states[b, d]
    state.count = kept - first
    state.standing = NEVER
    if d >= lanes and state.count == 0:
        disclaim(layout, traffic, b, d, ON)
    set_front(layout, vehicles, traffic, b, lanes, d)
    return taken


@kernel
def leave_lane(ride, now):  # type: ignore[no-untyped-def]
    """Books the time on the signalled lane that a vehicle has left."""
    if ride.lane_since != NEVER:
        ride.approaching += now - ride.lane_since
        ride.lane_since = NEVER


@kernel
def finish(traffic, b, v, now):  # type: ignore[no-untyped-def]
    """Ends a trip."""
    ride = traffic.rides[b, v]
    ride.left = now
    if ride.halted_since != NEVER:
        note_halt(ride, True, now)
    traffic.tallies[b].under_way -= 1
    traffic.tallies[b].completed += 1


@kernel
def place(layout, traffic, b, d, k, now):  # type: ignore[no-untyped-def]
    """Appends the k-th vehicle on the way to a drivable: behind those there, arrivals of one second by distance."""
    road = layout.drivables[d]
    state = traffic.states[b, d]
    if state.count >= road.capacity:
        traffic.tallies[b].overflow = 1
        return
    s = road.first_slot + state.count
    if state.arrived != now:
        state.arrived = now
        state.arrivals = s
    position = traffic.changing[b, k].position
    while s > state.arrivals and traffic.slots[b, s - 1].position < position:
        traffic.slots[b, s] = traffic.slots[b, s - 1]
        s -= 1
    traffic.slots[b, s] = traffic.changing[b, k]
    state.count += 1


@kernel
def note_arrival(layout, traffic, b, lanes, d, v, now):  # type: ignore[no-untyped-def]
    """Books what changes for a vehicle on a new drivable."""
    ride = traffic.rides[b, v]
    if d >= lanes:
        ride.crossing_since = now
        return
    ride.crossing_since = NEVER
    if layout.drivables[d].intersection != NONE:
        ride.lane_since = now
    if ride.came_from >= lanes:
        tally = traffic.tallies[b]
        traffic.clearing[b, 2 * tally.clearing] = d
        traffic.clearing[b, 2 * tally.clearing + 1] = ride.came_from
        tally.clearing += 1


@kernel
def hand_over(layout, vehicles, traffic, b, lanes, k, now):  # type: ignore[no-untyped-def]
    """Brings the k-th vehicle on the way to its next drivable, or to the end of its trip."""
    slot = traffic.changing[b, k]
    ride = traffic.rides[b, slot.vehicle]
    leave_lane(ride, now)
    d = ride.came_from
    while d != NONE and slot.position > layout.drivables[d].length:
        slot.position -= layout.drivables[d].length
        slot.path += 1
        d = vehicles.path[slot.path]
    if d == NONE:
        finish(traffic, b, slot.vehicle, now)
        return
    place(layout, traffic, b, d, k, now)
    note_arrival(layout, traffic, b, lanes, d, slot.vehicle, now)
    if traffic.states[b, d].count == 1:
        occupy(layout, traffic, b, lanes, d)
    set_front(layout, vehicles, traffic, b, lanes, d)
