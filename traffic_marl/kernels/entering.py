"""How vehicles enter: at rest, at the start of a lane, one a lane and second, when there is room.

Source: the model of CityFlow (Zhang et al. 2019, doi 10.1145/3308558.3314139).
"""

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.conflicts import claim, disclaim
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, ON, Copy, Layout


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
def insert_waiting(layout: Layout, copy: Copy, e: int, now: int) -> None:
    """Lets the first vehicle that waits at the e-th entry lane enter if there is room."""
    if copy.next_due[e] > now:
        return
    lane = layout.entries[e]
    state = copy.states[lane]
    v = copy.queue[state.queue_head]
    if not fits(layout, copy, lane, v):
        return
    if state.count >= layout.drivables[lane].capacity:
        copy.tally[0].overflow = 1
        return
    insert(layout, copy, lane, v, now)
    if state.count == 1:
        occupy(layout, copy, lane)
        set_front(layout, copy, lane)
    state.queue_head += 1
    copy.next_due[e] = NEVER
    if state.queue_head < copy.queue_start[lane + 1]:
        copy.next_due[e] = copy.scheduled[copy.queue[state.queue_head]]
