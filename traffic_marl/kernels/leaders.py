"""Leaders: the vehicle that another one follows, on the same drivable or a later one of its path, and the gap to it.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

import math
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Record
from traffic_marl.kernels.car_following import braking_distance
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import NONE
from traffic_marl.kernels.traffic import CopyState, PackedRoads

# `np.uintp(row)` as an index saves numba's test for negative indices, in the innermost loops of the program.
# Every index so written is known to be 0 or more.

FAR = math.inf  # [m] gap where there is no leader
REACH_MARGIN = 0.1  # [m] against rounding in the bound on the gap that matters


class Leader(NamedTuple):
    """The leader of a vehicle, as car following needs it. Without one, the gap is FAR and the rest has no meaning."""

    gap: float  # [m] from the front of the vehicle to the rear of the leader
    speed: float  # [m/s]
    braking: float  # [m] braking distance at its hardest braking
    type_row: int  # row of Vehicles.types


@kernel
def leader_in(copy: CopyState, s: int, gap: float) -> Leader:
    """The leader in slot s at this gap [m]. Where there is none, s is NONE and the gap FAR."""
    speed = 0.0
    braking = 0.0
    type_row = 0
    if s != NONE:
        speed = copy.slots[np.uintp(s)].speed
        type_row = copy.slots[np.uintp(s)].type_row
        braking = braking_distance(speed, copy.types[np.uintp(type_row)].max_deceleration)
    return Leader(gap=gap, speed=speed, braking=braking, type_row=type_row)


@kernel
def seen_count(copy: CopyState, lane: int, newcomer: int, now: int) -> int:
    """Number of a lane's vehicles that a vehicle upstream has seen when it chose its leader.

    CityFlow chooses leaders at the end of the second before, so a vehicle that has entered in this second is not
    seen. A vehicle that has itself just entered chooses later: it sees those that entered on lanes before its own.
    `newcomer` is the lane on which it entered, or NONE.
    """
    state = copy.drivable_states[np.uintp(lane)]
    if state.count > 0 and state.inserted == now and lane >= newcomer:
        return state.count - 1
    return state.count


@kernel
def nearest_sibling(roads: PackedRoads, copy: CopyState, lane: int, distance: float) -> tuple[int, float]:
    """Slot of the nearest last vehicle on the connections that leave a lane, or NONE, and the gap to it [m].

    All of these connections count, because they overlap where they begin.
    """
    nearest = NONE
    gap = FAR
    if copy.drivable_states[np.uintp(lane)].crossing == 0:
        return nearest, gap
    for k in range(roads.drivables[np.uintp(lane)].first, roads.drivables[np.uintp(lane)].last):
        connection = roads.leaving[k]
        state = copy.drivable_states[np.uintp(connection)]
        if state.count > 0:
            s = state.first + state.count - 1
            length = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)].length
            between = distance + copy.slots[np.uintp(s)].position - length
            if nearest == NONE or between < gap:
                nearest = s
                gap = between
    return nearest, gap


@kernel
def leader_ahead(
    roads: PackedRoads, copy: CopyState, d: int, s: int, distance: float, newcomer: int, now: int
) -> tuple[int, float]:
    """Slot of the nearest vehicle on the drivables after d, or NONE, and the gap to it [m].

    The vehicle that looks is in slot s, `distance` [m] from the end of d. Vehicles beyond its `look_ahead` are ignored.
    """
    pointer = copy.slots[np.uintp(s)].path + 1
    ahead = copy.slots[np.uintp(s)].next
    vehicle_type = copy.types[np.uintp(copy.slots[np.uintp(s)].type_row)]
    farthest = min(vehicle_type.look_ahead, vehicle_type.search)
    lane = d
    while ahead != NONE:
        if ahead >= roads.lanes:
            leader, gap = nearest_sibling(roads, copy, lane, distance)
            if leader != NONE:
                return leader, gap
        else:
            lane = ahead
            count = seen_count(copy, lane, newcomer, now)
            if count > 0:
                leader = copy.drivable_states[np.uintp(lane)].first + count - 1
                length = copy.types[np.uintp(copy.slots[np.uintp(leader)].type_row)].length
                return leader, distance + copy.slots[np.uintp(leader)].position - length
        distance += roads.drivables[np.uintp(ahead)].length
        if distance > farthest:
            return NONE, FAR
        pointer += 1
        ahead = roads.drivables[np.uintp(ahead)].end if ahead >= roads.lanes else copy.path[pointer]
    return NONE, FAR


@kernel
def reach_at(vehicle_type: Record, speed: float, target_speed: float) -> float:
    """Largest gap at which a leader can hold the vehicle below its target speed [m].

    VEHICLE_TYPE's `reach` is this bound at top speed; at low speeds it is much shorter. Each term is the gap at which
    one of the equations of car following allows the target speed behind a leader that stands.
    """
    braking = (
        0.25 * max(vehicle_type.usual_curve, vehicle_type.max_curve) * target_speed * target_speed
        + (target_speed + speed) / 2.0
    )
    sudden = (target_speed + vehicle_type.hardest) / 2.0
    return max(max(braking, sudden) + vehicle_type.min_gap, target_speed * (vehicle_type.headway + 0.5)) + REACH_MARGIN


@kernel
def first_leader(
    roads: PackedRoads, copy: CopyState, d: int, s: int, rest: float, target_speed: float, now: int
) -> Leader:
    """The leader of the first vehicle of drivable d, which is on a later drivable, if one could matter.

    Args:
        roads: the roads.
        copy: the traffic.
        d: drivable.
        s: slot of the vehicle.
        rest: [m] from its front to the end of the drivable.
        target_speed: [m/s] its speed without a leader.
        now: [s] the second.
    """
    slot = copy.slots[np.uintp(s)]
    vehicle_type = copy.types[np.uintp(slot.type_row)]
    # No vehicle beyond `search` can slow this one down. Most vehicles go no further than this test.
    if rest > vehicle_type.search:
        return leader_in(copy, NONE, FAR)
    newcomer = NONE
    if d < roads.lanes:
        state = copy.drivable_states[np.uintp(d)]
        longest = vehicle_type.search - vehicle_type.reach  # length of the longest type
        # With no vehicle on the connections, the nearest rear is at least their length less that of a vehicle away.
        if state.crossing == 0 and rest + roads.drivables[np.uintp(d)].hop - longest > reach_at(
            vehicle_type, slot.speed, target_speed
        ):
            return leader_in(copy, NONE, FAR)
        if state.count == 1 and state.inserted == now:
            newcomer = d
    leader, gap = leader_ahead(roads, copy, d, s, rest, newcomer, now)
    return leader_in(copy, leader, gap)
