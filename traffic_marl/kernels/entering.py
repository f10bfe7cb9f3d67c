"""Entry of vehicles: at rest, at the start of a lane, at most one a second on each lane, when there is room.

Source: Zhang et al. 2019, CityFlow, doi 10.1145/3308558.3314139.
"""

from traffic_marl.arrays import StructuredArray
from traffic_marl.kernels.claims import claim, disclaim
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.places.visits import note_entry
from traffic_marl.kernels.slots import last_slot
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import FRONT, CopyState, PackedRoads


@kernel
def set_front(roads: PackedRoads, copy: CopyState, slots: StructuredArray, lane: int) -> None:
    """Updates `front`, the connection that the first vehicle of a lane takes next, and its bit among the claims.

    It is called whenever the first vehicle may have changed. `front` is set for one connection of a lane at most, so
    the bit of the old one can be cleared without a look at others.
    """
    state = copy.drivable_states[lane]
    front = slots[state.first].next if state.count > 0 else NONE
    if front == state.front:
        return
    if state.front != NONE:
        disclaim(roads, copy, state.front, FRONT)
    if front != NONE:
        claim(roads, copy, front, FRONT)
    state.front = front


@kernel
def fits(copy: CopyState, lane: int, v: int) -> bool:
    """Whether vehicle v may enter a lane: it is empty, or the rear of its last vehicle is more than min_gap in."""
    state = copy.drivable_states[lane]
    if state.count == 0:
        return True
    last = state.first + state.count - 1
    return (
        copy.slots[last].position > copy.types[copy.slots[last].type_row].length + copy.types[copy.type_row[v]].min_gap
    )


@kernel
def insert(roads: PackedRoads, copy: CopyState, lane: int, v: int, now: int) -> None:
    """Puts a vehicle at the start of a lane, at rest."""
    s = last_slot(copy, copy.slots, lane)
    slot = copy.slots[s]
    slot.position = 0.0
    slot.speed = 0.0
    slot.path = copy.path_start[v]
    slot.next = copy.path[slot.path + 1]
    slot.vehicle = v
    slot.type_row = copy.type_row[v]
    state = copy.drivable_states[lane]
    state.count += 1
    state.inserted = now
    vehicle_state = copy.vehicle_states[v]
    vehicle_state.entered = now
    vehicle_state.halted_since = now + 1  # at rest, but the second of entering does not count as a standstill
    if roads.drivables[lane].intersection != NONE:
        vehicle_state.lane_since = now
    if copy.visits.shape[0] > 0:
        note_entry(roads, copy, v, now)
    copy.tally[0].under_way += 1


@kernel
def insert_waiting(roads: PackedRoads, copy: CopyState, e: int, now: int) -> None:
    """Lets the first vehicle that waits at the e-th entry lane enter if there is room."""
    if copy.next_due[e] > now:
        return
    lane = roads.entries[e]
    v = copy.queue[copy.queue_head[e]]
    if not fits(copy, lane, v):
        return
    insert(roads, copy, lane, v, now)
    set_front(roads, copy, copy.slots, lane)
    copy.queue_head[e] += 1
    copy.next_due[e] = NEVER
    if copy.queue_head[e] < copy.queue_start[lane + 1]:
        copy.next_due[e] = copy.scheduled[copy.queue[copy.queue_head[e]]]
