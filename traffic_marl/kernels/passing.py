"""Passage of vehicles from one drivable to the next, and the end of their trips.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

from traffic_marl.kernels.claims import claim, disclaim
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.driving import HALTED, note_halt
from traffic_marl.kernels.entering import set_front
from traffic_marl.kernels.places.visits import note_passage
from traffic_marl.kernels.slots import last_slot
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import ON, CopyState, PackedRoads


@kernel
def take_out(roads: PackedRoads, copy: CopyState, d: int, taken: int, now: int) -> int:
    """Moves the vehicles past the end of a drivable to `changing`, behind the `taken` ones there. Returns the sum."""
    length = roads.drivables[d].length
    state = copy.drivable_states[d]
    first = state.first
    kept = first
    # All are looked at, because the first vehicle need not be the farthest one. Those that stay close up in order.
    for s in range(first, first + state.count):
        if copy.later[s].position > length:
            copy.vehicle_states[copy.later[s].vehicle].came_from = d
            copy.changing[taken] = copy.later[s]
            taken += 1
        else:
            copy.later[kept] = copy.later[s]
            kept += 1
    left = first + state.count - kept
    state.count -= left
    if d < roads.lanes:
        copy.discharged[d] += left
        state.standing = now + 1 if state.count > 0 and copy.later[first].speed < HALTED else NEVER
        set_front(roads, copy, copy.later, d)
    else:
        copy.drivable_states[roads.drivables[d].start].crossing -= left
        if state.count == 0:
            disclaim(roads, copy, d, ON)
    return taken


@kernel
def reach_lane(copy: CopyState, v: int, place: int, now: int) -> None:
    """Books the arrival of vehicle v on a signalled lane, at this place of its path."""
    vehicle_state = copy.vehicle_states[v]
    vehicle_state.lane_since = now
    if vehicle_state.departed != NONE:
        again = copy.revisit[place]
        vehicle_state.departed = NEVER if again == NONE else copy.departures[v, again]


@kernel
def leave_lane(copy: CopyState, v: int, place: int, now: int) -> None:
    """Books the time on the signalled lane that vehicle v has left, at this place of its path, if it was on one."""
    vehicle_state = copy.vehicle_states[v]
    if vehicle_state.lane_since == NEVER:
        return
    vehicle_state.approaching += now - vehicle_state.lane_since
    if vehicle_state.departed != NONE:
        if vehicle_state.departed != NEVER:
            vehicle_state.away += vehicle_state.lane_since - vehicle_state.departed
        again = copy.revisit[place]
        if again != NONE:
            copy.departures[v, again] = now
    vehicle_state.lane_since = NEVER


@kernel
def finish(copy: CopyState, v: int, now: int) -> None:
    """Ends a trip.

    `drive` may have booked a standstill that begins at the end of this second. The trip ends before that, so it is
    taken back. A vehicle that entered in this second has no such booking: its standstill began with entering.
    """
    vehicle_state = copy.vehicle_states[v]
    vehicle_state.left = now
    if vehicle_state.halted_since == now + 1 and vehicle_state.entered != now:
        vehicle_state.stops -= 1
        vehicle_state.halted_since = NEVER
    if vehicle_state.halted_since != NEVER:
        note_halt(vehicle_state, True, now)
    copy.tally[0].under_way -= 1
    copy.tally[0].completed += 1


@kernel
def comes_before(copy: CopyState, k: int, s: int) -> bool:
    """Whether the k-th vehicle on the way goes before the one in slot s, which has arrived in the same second.

    The farther one does. Of two at the same place, whose order CityFlow leaves open, the one from the drivable with the
    lower number does.
    """
    position = copy.changing[k].position
    if position != copy.later[s].position:
        return position > copy.later[s].position
    came_from = copy.vehicle_states[copy.changing[k].vehicle].came_from
    return came_from < copy.vehicle_states[copy.later[s].vehicle].came_from


@kernel
def place(copy: CopyState, d: int, k: int, now: int) -> None:
    """Appends the k-th vehicle on the way to a drivable.

    The drivable's vehicles are two groups: those that were there before this second's first arrival, whose number is
    kept in `arrivals`, and this second's arrivals behind them, the farthest first. An arrival is inserted into the
    second group and never passes into the first, even where it is farther: CityFlow sorts all arrivals by distance and
    appends them. So the order of visits to drivables does not matter.
    """
    s = last_slot(copy, copy.later, d)
    state = copy.drivable_states[d]
    if copy.arrivals[d, 0] != now:
        copy.arrivals[d, 0] = now
        copy.arrivals[d, 1] = state.count
    while s > state.first + copy.arrivals[d, 1] and comes_before(copy, k, s - 1):
        copy.later[s] = copy.later[s - 1]
        s -= 1
    copy.later[s] = copy.changing[k]
    state.count += 1


@kernel
def note_arrival(roads: PackedRoads, copy: CopyState, d: int, v: int, place: int, now: int) -> None:
    """Books the arrival of vehicle v on drivable d, the `place` of its path, in its own state and in the claims."""
    vehicle_state = copy.vehicle_states[v]
    if d >= roads.lanes:
        vehicle_state.crossing_since = now
        copy.drivable_states[roads.drivables[d].start].crossing += 1
        claim(roads, copy, d, ON)
        return
    set_front(roads, copy, copy.later, d)
    vehicle_state.crossing_since = NEVER
    if roads.drivables[d].intersection != NONE:
        reach_lane(copy, v, place, now)
    if vehicle_state.came_from >= roads.lanes:
        tally = copy.tally[0]
        copy.clearing[2 * tally.clearing] = d
        copy.clearing[2 * tally.clearing + 1] = vehicle_state.came_from
        tally.clearing += 1


@kernel
def hand_over(roads: PackedRoads, copy: CopyState, k: int, now: int) -> None:
    """Brings the k-th vehicle on the way to its next drivable, or to the end of its trip."""
    slot = copy.changing[k]
    vehicle_state = copy.vehicle_states[slot.vehicle]
    leave_lane(copy, slot.vehicle, slot.path, now)
    d = vehicle_state.came_from
    begin = slot.path
    while d != NONE and slot.position > roads.drivables[d].length:
        slot.position -= roads.drivables[d].length
        slot.path += 1
        d = copy.path[slot.path]
    if copy.visits.shape[0] > 0:
        note_passage(roads, copy, slot.vehicle, begin, slot.path, slot.position, slot.speed, now)
    if d == NONE:
        finish(copy, slot.vehicle, now)
        return
    slot.next = copy.path[slot.path + 1]
    place(copy, d, k, now)
    note_arrival(roads, copy, d, slot.vehicle, slot.path, now)
