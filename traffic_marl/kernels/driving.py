"""Movement of vehicles on a lane or connection within one second. Each chooses a speed, then moves.

All vehicles move by the state at the start of the second, so the order in which drivables are visited does not matter.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Record
from traffic_marl.kernels.car_following import braking_distance, following_speed
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import junction_speed
from traffic_marl.kernels.leaders import FAR, Leader, first_leader
from traffic_marl.kernels.slots import reserve
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import SPARE, CopyState, PackedRoads

# `np.uintp(row)` as an index saves numba's test for negative indices, in the innermost loops of the program.
# Every index so written is known to be 0 or more.

HALTED = 0.1  # [m/s] a slower vehicle is halted


@kernel
def note_halt(vehicle_state: Record, was_halted: bool, now: int) -> None:
    """Books the start or the end of a standstill at the end of this second."""
    if was_halted:
        lasted = now + 1 - vehicle_state.halted_since
        vehicle_state.halted += lasted
        vehicle_state.longest_halt = max(vehicle_state.longest_halt, lasted)
        vehicle_state.halted_since = NEVER
    else:
        vehicle_state.stops += 1
        vehicle_state.halted_since = now + 1


@kernel
def note_lane(copy: CopyState, lane: int, halted: int, delay: float, front_halted: bool, now: int) -> None:
    """Books a lane's second: its delay [veh s], its halted vehicles, and whether its first vehicle is halted."""
    copy.delays[lane] += delay
    copy.tally[0].largest_queue = max(copy.tally[0].largest_queue, halted)
    state = copy.drivable_states[np.uintp(lane)]
    if not front_halted:
        state.standing = NEVER
    elif state.standing == NEVER:
        state.standing = now + 1


class Motion(NamedTuple):
    """How a vehicle moves at the start of the second."""

    position: float  # [m] of the front from the drivable's start
    speed: float  # [m/s]
    rest: float  # [m] from the front to the drivable's end
    braking: float  # [m] braking distance


@kernel
def choose_speed(
    roads: PackedRoads, copy: CopyState, d: int, s: int, motion: Motion, leader: Leader, target: float, now: int
) -> float:
    """Speed that the vehicle in slot s of drivable d takes at the end of this second [m/s].

    It is the least of `target`, the following rule and, near or on a connection, the rules of junctions. Hardest
    braking is the floor. A negative speed means that the vehicle stops within the second.

    Args:
        roads: the roads.
        copy: the traffic.
        d: drivable.
        s: slot of the vehicle.
        motion: of the vehicle.
        leader: of the vehicle.
        target: [m/s] its speed on a free road: the least of top speed, speed limit and full acceleration.
        now: [s] the second.
    """
    slot = copy.slots[np.uintp(s)]
    vehicle_type = copy.types[np.uintp(slot.type_row)]
    # Beyond `reach` no leader can matter: the equations, with their roots and divisions, are left out.
    if leader.gap <= vehicle_type.reach:
        ahead = copy.types[np.uintp(leader.type_row)]
        following = following_speed(vehicle_type, ahead, motion.speed, leader.gap, leader.speed, leader.braking)
        target = min(target, following)
    if d >= roads.lanes or (motion.rest <= vehicle_type.look_ahead and slot.next != NONE):
        target = min(target, junction_speed(roads, copy, d, s, motion.rest, motion.braking, now))
    return max(target, motion.speed - vehicle_type.max_deceleration)


@kernel
def move(copy: CopyState, s: int, to: int, motion: Motion, speed: float) -> tuple[float, float]:
    """Position [m] and speed [m/s] of the vehicle in slot s at the end of the second; writes them to slot `to`.

    Its speed changes evenly to `speed` [m/s]. If that is negative, it stops after its braking distance.
    """
    slot = copy.slots[np.uintp(s)]
    moved = (motion.speed + speed) / 2.0
    if speed < 0.0:
        moved = motion.braking
        speed = 0.0
    position = motion.position + moved
    later = copy.later[np.uintp(to)]
    later.position = position
    later.speed = speed
    later.path = slot.path
    later.next = slot.next
    later.vehicle = slot.vehicle
    later.type_row = slot.type_row
    return position, speed


@kernel
def drive(roads: PackedRoads, copy: CopyState, d: int, now: int) -> bool:
    """Moves every vehicle of a drivable through this second, from the state at its start alone.

    The state at its end goes to `copy.later`. Returns whether a vehicle has run past the end of the drivable.
    """
    road = roads.drivables[np.uintp(d)]
    state = copy.drivable_states[np.uintp(d)]
    # Loaded once, since the compiler cannot know that writes in the loop leave them as they are.
    first = state.first
    count = state.count
    length = road.length
    limit = road.limit
    slowness = road.slowness
    state.room = count + SPARE
    state.next_first = reserve(copy, state.room, len(copy.later))
    shift = state.next_first - first
    runs_past = False
    halted = 0
    delay = 0.0
    # The vehicle ahead, which leads the next one. The leader of the first vehicle is searched for instead.
    rear = FAR
    speed_ahead = 0.0
    braking_ahead = 0.0
    type_ahead = 0
    for s in range(first, first + count):
        slot = copy.slots[np.uintp(s)]
        vehicle_type = copy.types[np.uintp(slot.type_row)]
        position = slot.position
        speed = slot.speed
        braking = braking_distance(speed, vehicle_type.max_deceleration)
        motion = Motion(position=position, speed=speed, rest=length - position, braking=braking)
        target = min(min(vehicle_type.max_speed, limit), speed + vehicle_type.max_acceleration)
        leader = Leader(gap=rear - position, speed=speed_ahead, braking=braking_ahead, type_row=type_ahead)
        if s == first:
            leader = first_leader(roads, copy, d, s, motion.rest, target, now)
        chosen = choose_speed(roads, copy, d, s, motion, leader, target, now)
        reached, speed_then = move(copy, s, s + shift, motion, chosen)
        if reached > length:
            runs_past = True
        is_halted = speed_then < HALTED
        if is_halted != (speed < HALTED):
            note_halt(copy.vehicle_states[slot.vehicle], not is_halted, now)
        halted += is_halted
        # 1 - v / (the lower of both limits), with the reciprocals stored: a product instead of a division.
        delay += 1.0 - speed_then * max(slowness, vehicle_type.slowness)
        rear = position - vehicle_type.length
        speed_ahead = speed
        braking_ahead = braking
        type_ahead = slot.type_row
    copy.tally[0].updates += count
    copy.tally[0].moving += count - halted
    if d < roads.lanes:
        note_lane(copy, d, halted, delay, copy.later[np.uintp(first + shift)].speed < HALTED, now)
    return runs_past
