"""Events of a vehicle that another program moves, booked as `driving` and `passing` book them."""

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.detecting import WORKS, frame_of, times_counted
from traffic_marl.kernels.driving import HALTED, note_halt
from traffic_marl.kernels.observed.tables import Followed, Seen
from traffic_marl.kernels.passing import finish, leave_lane, reach_lane
from traffic_marl.kernels.places.visits import note_entry, note_passage
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import CopyState, PackedRoads


@kernel
def note_entering(roads: PackedRoads, copy: CopyState, followed: Followed, v: int, now: int) -> None:
    """Books that vehicle v has entered in this second, on the first lane of its path."""
    vehicle_state = copy.vehicle_states[v]
    vehicle_state.entered = now
    vehicle_state.halted_since = now + 1  # at rest, but the second of entering does not count as a standstill
    lane = copy.path[copy.path_start[v]]
    if roads.drivables[lane].intersection != NONE:
        vehicle_state.lane_since = now
    if copy.visits.shape[0] > 0:
        note_entry(roads, copy, v, now)
    followed.drivable[v] = lane
    followed.place[v] = copy.path_start[v]
    copy.tally[0].under_way += 1
    for e in range(len(roads.entries)):
        if roads.entries[e] == lane:
            copy.queue_head[e] += 1
            more = copy.queue_head[e] < copy.queue_start[lane + 1]
            copy.next_due[e] = copy.scheduled[copy.queue[copy.queue_head[e]]] if more else NEVER


@kernel
def note_second(roads: PackedRoads, copy: CopyState, v: int, d: int, speed: float, now: int) -> None:
    """Books the standstill of vehicle v, and its delay on the drivable d on which it began the second."""
    vehicle_state = copy.vehicle_states[v]
    was_halted = vehicle_state.halted_since != NEVER
    if (speed < HALTED) != was_halted:
        note_halt(vehicle_state, was_halted, now)
    copy.tally[0].updates += 1
    if speed >= HALTED:
        copy.tally[0].moving += 1
    if d < roads.lanes:
        delay = 1.0 - speed * max(roads.drivables[d].slowness, copy.types[copy.type_row[v]].slowness)
        copy.delays[d] += delay
        if copy.frames.shape[0] > 0 and copy.broken[d] == WORKS:
            copy.frames[frame_of(copy, now + 1), d].delay += times_counted(copy, v, d) * delay


@kernel
def note_leaving(roads: PackedRoads, copy: CopyState, followed: Followed, v: int, now: int) -> None:
    """Books that vehicle v has passed the end of the drivable on which it began the second."""
    d = followed.drivable[v]
    copy.vehicle_states[v].came_from = d
    leave_lane(copy, v, followed.place[v], now)
    if d < roads.lanes:
        copy.discharged[d] += 1
        if copy.frames.shape[0] > 0 and copy.broken[d] == WORKS:
            copy.frames[frame_of(copy, now + 1), d].discharged += times_counted(copy, v, d)


@kernel
def path_place(copy: CopyState, followed: Followed, place: int, d: int) -> int:
    """The first part of a path, from `place` on, on the same road or of the same movement as drivable d; else NONE.

    Another program may let vehicles take other lanes of the roads than those of the path.
    """
    while copy.path[place] != NONE:
        if followed.way[copy.path[place]] == followed.way[d]:
            return place
        place += 1
    return NONE


@kernel
def follow(roads: PackedRoads, copy: CopyState, followed: Followed, seen: Seen, k: int, now: int) -> None:
    """Books what the k-th vehicle seen has done in this second. A lane change is no event."""
    v = seen.vehicle[k]
    d = seen.drivable[k]
    followed.seen[v] = now + 1
    if followed.way[d] == followed.way[followed.drivable[v]]:
        followed.drivable[v] = d
        return
    note_leaving(roads, copy, followed, v, now)
    place = path_place(copy, followed, followed.place[v], d)
    if place == NONE:
        followed.lost[0] = 1
        return
    if d < roads.lanes:
        copy.vehicle_states[v].came_from = copy.path[place - 1]  # the connection, be it passed within the second
        if roads.drivables[d].intersection != NONE:
            reach_lane(copy, v, place, now)
    if copy.visits.shape[0] > 0:
        note_passage(roads, copy, v, followed.place[v], place, seen.position[k], seen.speed[k], now)
    followed.place[v] = place
    followed.drivable[v] = d


@kernel
def note_end(roads: PackedRoads, copy: CopyState, followed: Followed, v: int, now: int) -> None:
    """Books that vehicle v, which is not seen any more, has gone the rest of its path in this second."""
    note_leaving(roads, copy, followed, v, now)
    if copy.visits.shape[0] > 0:
        end = followed.place[v]
        while copy.path[end] != NONE:
            end += 1
        note_passage(roads, copy, v, followed.place[v], end, 0.0, 0.0, now)
    followed.drivable[v] = NONE
    copy.tally[0].updates += 1
    finish(copy, v, now)


@kernel
def next_drivable(roads: PackedRoads, copy: CopyState, followed: Followed, place: int, d: int) -> int:
    """The drivable that a vehicle on d takes next, if it is at this place of its path. NONE at the end of its trip.

    From a lane it is the connection that leaves this lane with the movement of the path. Where there is none, the
    vehicle has to change lanes first, and the path's own connection stands for it.
    """
    if d >= roads.lanes:
        return roads.drivables[d].end
    planned = copy.path[place + 1]
    if planned == NONE:
        return NONE
    for k in range(roads.drivables[d].first, roads.drivables[d].last):
        if followed.way[roads.leaving[k]] == followed.way[planned]:
            return roads.leaving[k]
    return planned
