"""How vehicles enter: at rest, at the start of a lane, one a lane and second, when there is room.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139).
"""

from traffic_marl.arrays import Table
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim
from traffic_marl.kernels.slots import last_slot
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, Copy, Layout


@kernel
def set_front(layout: Layout, copy: Copy, slots: Table, lane: int) -> None:
    """Brings up to date what is kept about where the first vehicle of a lane goes."""
    state = copy.states[lane]
    front = slots[state.first].next if state.count > 0 else NONE
    if front == state.front:
        return
    if state.front != NONE:
        disclaim(layout, copy, state.front, FRONT)
    if front != NONE:
        claim(layout, copy, front, FRONT)
    state.front = front


@kernel
def fits(copy: Copy, lane: int, v: int) -> bool:
    """Whether a vehicle may enter a lane: it is empty, or its last vehicle is far enough in."""
    state = copy.states[lane]
    if state.count == 0:
        return True
    last = state.first + state.count - 1
    return copy.slots[last].position > copy.types[copy.slots[last].kind].length + copy.types[copy.kind[v]].min_gap


@kernel
def insert(layout: Layout, copy: Copy, lane: int, v: int, now: int) -> None:
    """Puts a vehicle at the start of a lane, at rest."""
    s = last_slot(copy, copy.slots, lane)
    slot = copy.slots[s]
    slot.position = 0.0
    slot.speed = 0.0
    slot.path = copy.path_start[v]
    slot.next = copy.path[slot.path + 1]
    slot.vehicle = v
    slot.kind = copy.kind[v]
    state = copy.states[lane]
    state.count += 1
    state.inserted = now
    ride = copy.rides[v]
    ride.entered = now
    ride.halted_since = now + 1
    if layout.drivables[lane].intersection != NONE:
        ride.lane_since = now
    copy.tally[0].under_way += 1


@kernel
def insert_waiting(layout: Layout, copy: Copy, e: int, now: int) -> None:
    """Lets the first vehicle that waits at the e-th entry lane enter if there is room."""
    if copy.next_due[e] > now:
        return
    lane = layout.entries[e]
    v = copy.queue[copy.queue_head[e]]
    if not fits(copy, lane, v):
        return
    insert(layout, copy, lane, v, now)
    set_front(layout, copy, copy.slots, lane)
    copy.queue_head[e] += 1
    copy.next_due[e] = NEVER
    if copy.queue_head[e] < copy.queue_start[lane + 1]:
        copy.next_due[e] = copy.scheduled[copy.queue[copy.queue_head[e]]]
