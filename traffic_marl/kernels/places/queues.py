"""Queues before the stop lines of intersections: of movements, approaches and intersections, looked at now and then.

Looking once in LOOK seconds costs about 5 % of the engine's speed, and looking each second would cost half of it. The
queues of a field survey are counted at regular intervals, too, which the cycle is no multiple of.
"""

import numpy as np

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.driving import HALTED
from traffic_marl.kernels.places.tables import LOOK, Places
from traffic_marl.kernels.tables import NONE, SPACE
from traffic_marl.kernels.traffic import CopyState, PackedRoads


@kernel
def touch(copy: CopyState, place: int, touched: int, now: int) -> int:
    """Begins the queue of a place at this look, unless that is done. Returns the number of places touched."""
    queue = copy.queues[np.uintp(place)]
    if queue.second != now + 1:
        queue.second = now + 1
        queue.vehicles = 0
        queue.length = 0.0
        queue.is_full = 0
        copy.touched[touched] = place
        touched += 1
    return touched


@kernel
def add_queue(copy: CopyState, place: int, vehicles: int, length: float, touched: int, now: int) -> int:
    """Adds halted vehicles, of which the last one reaches to `length` [m], to a place. Returns the places touched."""
    touched = touch(copy, place, touched, now)
    queue = copy.queues[np.uintp(place)]
    queue.vehicles += vehicles
    queue.length = max(queue.length, length)
    return touched


@kernel
def reach(copy: CopyState, s: int, end: float) -> float:
    """Distance from the stop line, at `end` of the lane, to the rear of the vehicle in slot s; at most the lane [m]."""
    slot = copy.later[np.uintp(s)]
    return min(end - slot.position + copy.types[np.uintp(slot.type_row)].length, end)


@kernel
def note_lane_queue(roads: PackedRoads, copy: CopyState, places: Places, lane: int, touched: int, now: int) -> int:
    """Adds the queue of one lane to its places. Returns the places touched."""
    state = copy.drivable_states[np.uintp(lane)]
    movement = places.only[np.uintp(lane)]
    end = roads.drivables[np.uintp(lane)].length
    halted = 0
    last = NONE
    going_on = 0  # of the halted vehicles; the trips of the others end on this lane
    last_going_on = NONE
    for s in range(state.first, state.first + state.count):
        slot = copy.later[np.uintp(s)]
        if slot.speed < HALTED:
            halted += 1
            last = s
            if slot.next != NONE:
                going_on += 1
                last_going_on = s
                if movement == NONE:
                    place = places.movement[np.uintp(slot.next - roads.lanes)]
                    touched = add_queue(copy, place, 1, reach(copy, s, end), touched, now)
    if halted == 0:
        return touched
    length = reach(copy, last, end)
    if movement != NONE and going_on > 0:
        touched = add_queue(copy, movement, going_on, reach(copy, last_going_on, end), touched, now)
    touched = add_queue(copy, places.approach[np.uintp(lane)], halted, length, touched, now)
    touched = add_queue(copy, places.intersection[np.uintp(lane)], halted, length, touched, now)
    if end - length < SPACE:
        touched = mark_full(roads, copy, places, lane, touched, now)
    return touched


@kernel
def mark_full(roads: PackedRoads, copy: CopyState, places: Places, lane: int, touched: int, now: int) -> int:
    """Notes for all places of a lane that its queue leaves no space. Returns the places touched."""
    copy.queues[places.approach[lane]].is_full = 1
    copy.queues[places.intersection[lane]].is_full = 1
    for k in range(roads.drivables[lane].first, roads.drivables[lane].last):
        place = places.movement[roads.leaving[k] - roads.lanes]
        touched = touch(copy, place, touched, now)
        copy.queues[place].is_full = 1
    return touched


@kernel
def book(copy: CopyState, places: Places, place: int) -> None:
    """Counts this look at the queue of a place under both sizes of the queue."""
    queue = copy.queues[np.uintp(place)]
    queue.total_length += queue.length
    queue.full += queue.is_full
    # Vehicles that overlap may outnumber the entries: they count under the last one.
    row = min(places.vehicle_bins[place] + queue.vehicles, places.vehicle_bins[place + 1] - 1)
    copy.looks[row] += 1
    row = min(places.length_bins[place] + int(np.ceil(queue.length)), places.length_bins[place + 1] - 1)
    copy.looks[row] += 1


@kernel
def note_queues(roads: PackedRoads, copy: CopyState, places: Places, now: int) -> None:
    """Notes the queues at the end of this second. Places without one are left out: their looks are the rest."""
    if now % LOOK != LOOK // 2 or now >= places.until:
        return
    touched = 0
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if d < roads.lanes and places.approach[d] != NONE and copy.drivable_states[d].count > 0:
            touched = note_lane_queue(roads, copy, places, d, touched, now)
    for k in range(touched):
        book(copy, places, copy.touched[k])
