"""How vehicles pass from one drivable to the next, and how their trips end.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139).
"""

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim
from traffic_marl.kernels.driving import HALTED, note_halt
from traffic_marl.kernels.entering import set_front
from traffic_marl.kernels.slots import last_slot
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import ON, Copy, Layout


@kernel
def take_out(layout: Layout, copy: Copy, d: int, taken: int, now: int) -> int:
    """Puts the vehicles that ran past the end of a drivable behind the `taken` ones already on the way."""
    length = layout.drivables[d].length
    state = copy.states[d]
    first = state.first
    kept = first
    for s in range(first, first + state.count):
        if copy.later[s].position > length:
            copy.rides[copy.later[s].vehicle].came_from = d
            copy.changing[taken] = copy.later[s]
            taken += 1
        else:
            copy.later[kept] = copy.later[s]
            kept += 1
    left = first + state.count - kept
    state.count -= left
    if d < layout.lanes:
        copy.discharged[d] += left
        state.standing = now + 1 if state.count > 0 and copy.later[first].speed < HALTED else NEVER
        set_front(layout, copy, copy.later, d)
    else:
        copy.states[layout.drivables[d].start].crossing -= left
        if state.count == 0:
            disclaim(layout, copy, d, ON)
    return taken


@kernel
def leave_lane(ride: Record, now: int) -> None:
    """Books the time on the signalled lane that a vehicle has left."""
    if ride.lane_since != NEVER:
        ride.approaching += now - ride.lane_since
        ride.lane_since = NEVER


@kernel
def finish(copy: Copy, v: int, now: int) -> None:
    """Ends a trip; a standstill that began at this very moment was none."""
    ride = copy.rides[v]
    ride.left = now
    if ride.halted_since == now + 1 and ride.entered != now:
        ride.stops -= 1
        ride.halted_since = NEVER
    if ride.halted_since != NEVER:
        note_halt(ride, True, now)
    copy.tally[0].under_way -= 1
    copy.tally[0].completed += 1


@kernel
def comes_before(copy: Copy, k: int, s: int) -> bool:
    """Whether the k-th vehicle on the way goes before the one in slot s, arrived in the same second.

    The farther one does; of two at the same place, which CityFlow leaves open, the one from the earlier drivable.
    """
    position = copy.changing[k].position
    if position != copy.later[s].position:
        return position > copy.later[s].position
    came_from = copy.rides[copy.changing[k].vehicle].came_from
    return came_from < copy.rides[copy.later[s].vehicle].came_from


@kernel
def place(copy: Copy, d: int, k: int, now: int) -> None:
    """Appends the k-th vehicle on the way to a drivable: behind those there, arrivals of one second by distance."""
    s = last_slot(copy, copy.later, d)
    state = copy.states[d]
    if copy.arrivals[d, 0] != now:
        copy.arrivals[d, 0] = now
        copy.arrivals[d, 1] = state.count
    while s > state.first + copy.arrivals[d, 1] and comes_before(copy, k, s - 1):
        copy.later[s] = copy.later[s - 1]
        s -= 1
    copy.later[s] = copy.changing[k]
    state.count += 1


@kernel
def note_arrival(layout: Layout, copy: Copy, d: int, v: int, now: int) -> None:
    """Books what changes for a vehicle on a new drivable."""
    ride = copy.rides[v]
    if d >= layout.lanes:
        ride.crossing_since = now
        copy.states[layout.drivables[d].start].crossing += 1
        claim(layout, copy, d, ON)
        return
    set_front(layout, copy, copy.later, d)
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
    place(copy, d, k, now)
    note_arrival(layout, copy, d, slot.vehicle, now)
