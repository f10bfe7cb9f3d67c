"""How vehicles move on a lane or connection within one second.

Everybody moves by the state at the start of the second, so the order in which drivables are visited does not matter.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139).
"""

import math

import numpy as np

from traffic_marl.arrays import Record
from traffic_marl.kernels.car_following import braking_distance, following_speed
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import junction_speed
from traffic_marl.kernels.slots import reserve
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import SPARE, Copy, Layout

HALTED = 0.1  # [m/s] a slower vehicle is halted
FAR = math.inf  # [m] gap to nobody
REACH_MARGIN = 0.1  # [m] against rounding in the bound on the gap that matters


@kernel
def seen_count(copy: Copy, lane: int, newcomer: int, now: int) -> int:
    """Vehicles of a lane that a vehicle upstream has seen when it chose its leader.

    That was at the end of the second before, so those that entered in this second do not count; a `newcomer` (the
    lane on which the onlooker itself has just entered, or NONE) chose after those of lanes before its own.
    """
    state = copy.states[np.uintp(lane)]
    if state.count > 0 and state.inserted == now and lane >= newcomer:
        return state.count - 1
    return state.count


@kernel
def nearest_sibling(layout: Layout, copy: Copy, lane: int, distance: float) -> tuple[int, float]:
    """Slot of the nearest last vehicle on the connections that leave a lane, or NONE, and the gap to it [m]."""
    nearest = NONE
    gap = FAR
    if copy.states[np.uintp(lane)].crossing == 0:
        return nearest, gap
    for k in range(layout.drivables[np.uintp(lane)].first, layout.drivables[np.uintp(lane)].last):
        connection = layout.leaving[k]
        state = copy.states[np.uintp(connection)]
        if state.count > 0:
            s = state.first + state.count - 1
            length = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)].length
            between = distance + copy.slots[np.uintp(s)].position - length
            if nearest == NONE or between < gap:
                nearest = s
                gap = between
    return nearest, gap


@kernel
def leader_ahead(
    layout: Layout, copy: Copy, d: int, s: int, distance: float, newcomer: int, now: int
) -> tuple[int, float]:
    """Slot of the leader of the first vehicle of drivable d, or NONE, and the gap to it [m].

    The vehicle is in slot s, `distance` from the drivable's end; beyond its `approach` nobody looks [m].
    """
    pointer = copy.slots[np.uintp(s)].path + 1
    ahead = copy.slots[np.uintp(s)].next
    kind = copy.types[np.uintp(copy.slots[np.uintp(s)].kind)]
    farthest = min(kind.approach, kind.search)
    lane = d
    while ahead != NONE:
        if ahead >= layout.lanes:
            leader, gap = nearest_sibling(layout, copy, lane, distance)
            if leader != NONE:
                return leader, gap
        else:
            lane = ahead
            count = seen_count(copy, lane, newcomer, now)
            if count > 0:
                leader = copy.states[np.uintp(lane)].first + count - 1
                length = copy.types[np.uintp(copy.slots[np.uintp(leader)].kind)].length
                return leader, distance + copy.slots[np.uintp(leader)].position - length
        distance += layout.drivables[np.uintp(ahead)].length
        if distance > farthest:
            return NONE, FAR
        pointer += 1
        ahead = layout.drivables[np.uintp(ahead)].end if ahead >= layout.lanes else copy.path[pointer]
    return NONE, FAR


@kernel
def reach_at(kind: Record, speed: float, wish: float) -> float:
    """Gap beyond which no leader can hold a vehicle below the speed it wishes for [m].

    The bound of VEHICLE_TYPE's `reach` for this speed: it is short for who stands.
    """
    braking = 0.25 * max(kind.usual_curve, kind.max_curve) * wish * wish + (wish + speed) / 2.0
    sudden = (wish + kind.hardest) / 2.0
    return max(max(braking, sudden) + kind.min_gap, wish * (kind.headway + 0.5)) + REACH_MARGIN


@kernel
def first_leader(layout: Layout, copy: Copy, d: int, s: int, rest: float, wish: float, now: int) -> tuple[int, float]:
    """Slot of the leader on a later drivable, or NONE, of a drivable's first vehicle, and the gap to it [m].

    None is looked for where it could not matter: beyond the `search` of the vehicle's type, or behind connections
    without a vehicle that are long enough.
    """
    slot = copy.slots[np.uintp(s)]
    kind = copy.types[np.uintp(slot.kind)]
    if rest > kind.search:
        return NONE, FAR
    newcomer = NONE
    if d < layout.lanes:
        state = copy.states[np.uintp(d)]
        longest = kind.search - kind.reach
        if state.crossing == 0 and rest + layout.drivables[np.uintp(d)].hop - longest > reach_at(
            kind, slot.speed, wish
        ):
            return NONE, FAR
        if state.count == 1 and state.inserted == now:
            newcomer = d
    return leader_ahead(layout, copy, d, s, rest, newcomer, now)


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
def note_lane(copy: Copy, lane: int, halted: int, delay: float, front_halted: bool, now: int) -> None:
    """Books what happened on a lane in this second."""
    copy.delays[lane] += delay
    copy.tally[0].largest_queue = max(copy.tally[0].largest_queue, halted)
    state = copy.states[np.uintp(lane)]
    if not front_halted:
        state.standing = NEVER
    elif state.standing == NEVER:
        state.standing = now + 1


@kernel
def drive(layout: Layout, copy: Copy, d: int, now: int) -> bool:
    """Moves every vehicle of a drivable through this second, from the state at its start alone.

    The state at its end goes to `copy.later`. Returns whether a vehicle has run past the end of the drivable.
    """
    state = copy.states[np.uintp(d)]
    first = state.first
    length = layout.drivables[np.uintp(d)].length
    limit = layout.drivables[np.uintp(d)].limit
    slowness = layout.drivables[np.uintp(d)].slowness
    count = state.count
    is_lane = d < layout.lanes
    state.room = count + SPARE
    state.next_first = reserve(copy, state.room, len(copy.later))
    shift = state.next_first - first
    runs_past = False
    halted = 0
    delay = 0.0
    tail = 0.0
    leader_speed = 0.0
    leader_braking = 0.0
    leader_kind = 0
    for s in range(first, first + count):
        slot = copy.slots[np.uintp(s)]
        kind = copy.types[np.uintp(slot.kind)]
        position = slot.position
        speed = slot.speed
        gap = tail - position
        rest = length - position
        wish = min(min(kind.max_speed, limit), speed + kind.max_acceleration)
        if s == first:
            leader, gap = first_leader(layout, copy, d, s, rest, wish, now)
            if leader != NONE:
                leader_speed = copy.slots[np.uintp(leader)].speed
                leader_kind = copy.slots[np.uintp(leader)].kind
                leader_braking = braking_distance(leader_speed, copy.types[np.uintp(leader_kind)].max_deceleration)
        if gap <= kind.reach:
            ahead = copy.types[np.uintp(leader_kind)]
            wish = min(wish, following_speed(kind, ahead, speed, gap, leader_speed, leader_braking))
        braking = braking_distance(speed, kind.max_deceleration)
        if not is_lane or (rest <= kind.approach and slot.next != NONE):
            wish = min(wish, junction_speed(layout, copy, d, s, rest, braking, now))
        wish = max(wish, speed - kind.max_deceleration)
        moved = (speed + wish) / 2.0
        if wish < 0.0:
            moved = braking
            wish = 0.0
        later = copy.later[np.uintp(s + shift)]
        later.position = position + moved
        later.speed = wish
        later.path = slot.path
        later.next = slot.next
        later.vehicle = slot.vehicle
        later.kind = slot.kind
        if position + moved > length:
            runs_past = True
        is_halted = wish < HALTED
        if is_halted != (speed < HALTED):
            note_halt(copy.rides[slot.vehicle], not is_halted, now)
        halted += is_halted
        delay += 1.0 - wish * max(slowness, kind.slowness)
        tail = position - kind.length
        leader_speed = speed
        leader_braking = braking
        leader_kind = slot.kind
    copy.tally[0].updates += count
    copy.tally[0].moving += count - halted
    if is_lane:
        note_lane(copy, d, halted, delay, copy.later[np.uintp(first + shift)].speed < HALTED, now)
    return runs_past
