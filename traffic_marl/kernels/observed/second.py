"""A second of traffic that another program moves.

Signals stay with the kernels: they are switched first. Then the other program moves the vehicles, and their places are
written into the tables. So readings and records are made as always.
"""

from collections.abc import Callable

from traffic_marl.kernels.advance import copy_at
from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.detecting import STUCK, detect, frame_of
from traffic_marl.kernels.driving import HALTED
from traffic_marl.kernels.observed.events import follow, next_drivable, note_end, note_entering, note_second
from traffic_marl.kernels.observed.tables import Followed, Seen
from traffic_marl.kernels.places.queues import note_queues
from traffic_marl.kernels.places.tables import Places
from traffic_marl.kernels.sensing import note_stillness, sense
from traffic_marl.kernels.signals import follow_plans, switch_signal
from traffic_marl.kernels.tables import NEVER, NONE, Timing, Vehicles
from traffic_marl.kernels.traffic import CopyState, Detectors, PackedRoads, Traffic


@kernel
def begin_second(roads: PackedRoads, copy: CopyState, followed: Followed, now: int) -> None:
    """Notes the first vehicle of each lane, and sets to zero what failing detectors will report of this second."""
    for lane in range(roads.lanes):
        state = copy.drivable_states[lane]
        followed.leader[lane] = copy.slots[state.first].vehicle if state.count > 0 else NONE
    if copy.frames.shape[0] > 0:
        at = frame_of(copy, now + 1)
        for lane in range(roads.lanes):
            copy.frames[at, lane].delay = 1.0 if copy.broken[lane] == STUCK else 0.0
            copy.frames[at, lane].discharged = 0


@kernel
def follow_all(roads: PackedRoads, copy: CopyState, followed: Followed, seen: Seen, now: int) -> None:
    """Books the events of all vehicles. One that was on the road and is not seen any more has completed its trip."""
    for k in range(len(seen.vehicle)):
        v = seen.vehicle[k]
        if copy.vehicle_states[v].entered == NEVER:
            note_entering(roads, copy, followed, v, now)
        note_second(roads, copy, v, followed.drivable[v], seen.speed[k], now)
        follow(roads, copy, followed, seen, k, now)
    for k in range(copy.tally[0].occupied):
        state = copy.drivable_states[copy.occupied[k]]
        for s in range(state.first, state.first + state.count):
            v = copy.slots[s].vehicle
            if followed.seen[v] != now + 1:
                note_end(roads, copy, followed, v, now)


@kernel
def place_all(roads: PackedRoads, copy: CopyState, followed: Followed, seen: Seen) -> None:
    """Writes the vehicles into the slots of the end of this second, in their order."""
    for k in range(copy.tally[0].occupied):
        copy.drivable_states[copy.occupied[k]].count = 0
    for lane in range(roads.lanes):
        copy.drivable_states[lane].crossing = 0
    copy.tally[0].occupied = 0
    for k in range(len(seen.vehicle)):
        v, d = seen.vehicle[k], seen.drivable[k]
        state = copy.drivable_states[d]
        if state.count == 0:
            state.first = k
            copy.occupied[copy.tally[0].occupied] = d
            copy.tally[0].occupied += 1
        state.count += 1
        if d >= roads.lanes:
            copy.drivable_states[roads.drivables[d].start].crossing += 1
        slot = copy.later[k]
        slot.position = seen.position[k]
        slot.speed = seen.speed[k]
        slot.path = followed.place[v]
        slot.next = next_drivable(roads, copy, followed, followed.place[v], d)
        slot.vehicle = v
        slot.type_row = copy.type_row[v]


@kernel
def note_queue(copy: CopyState, followed: Followed, lane: int, now: int) -> None:
    """Books the halted vehicles of a lane, the standstill of its first vehicle, and what that one takes next."""
    state = copy.drivable_states[lane]
    state.front = NONE
    if state.count == 0:
        state.standing = NEVER
        return
    halted = 0
    for s in range(state.first, state.first + state.count):
        if copy.later[s].speed < HALTED:
            halted += 1
    copy.tally[0].largest_queue = max(copy.tally[0].largest_queue, halted)
    leader = copy.later[state.first]
    state.front = leader.next
    if leader.speed >= HALTED:
        state.standing = NEVER
    elif state.standing == NEVER or followed.leader[lane] != leader.vehicle:
        state.standing = now + 1


@kernel
def observe_second(
    roads: PackedRoads, copy: CopyState, places: Places, followed: Followed, seen: Seen, now: int
) -> None:
    """Takes over the second that begins at `now`."""
    begin_second(roads, copy, followed, now)
    follow_all(roads, copy, followed, seen, now)
    place_all(roads, copy, followed, seen)
    for lane in range(roads.lanes):
        note_queue(copy, followed, lane, now)
    if copy.queues.shape[0] > 0:
        note_queues(roads, copy, places, now)
    note_stillness(copy, now)
    copy.tally[0].time = now + 1


def _compiled(sources: str) -> tuple[Callable[..., None], Callable[..., None], Callable[..., None]]:
    """The entries, bound to the digest of the sources they are made from."""

    @entry
    def switch_signals(
        roads: PackedRoads, vehicles: Vehicles, detectors: Detectors, traffic: Traffic, timing: Timing, now: int
    ) -> None:
        """Sets the rows that the intersections of the only copy show in the second that begins at `now`."""
        sources  # noqa: B018 - closed over: see compiling.entry
        copy = copy_at(vehicles, detectors, traffic, 0, now)
        follow_plans(copy, now)
        for n in range(len(roads.phase_count)):
            switch_signal(roads, copy, timing, n, now)

    @entry
    def observe(
        roads: PackedRoads,
        vehicles: Vehicles,
        detectors: Detectors,
        places: Places,
        traffic: Traffic,
        followed: Followed,
        seen: Seen,
        now: int,
    ) -> None:
        """Takes over the vehicles of the only copy, as they are at the end of the second that begins at `now`."""
        sources  # noqa: B018 - closed over: see compiling.entry
        observe_second(roads, copy_at(vehicles, detectors, traffic, 0, now), places, followed, seen, now)
        if traffic.frames.shape[1] > 0:
            detect(roads, copy_at(vehicles, detectors, traffic, 0, now + 1), now + 1)

    @entry
    def read_detectors(
        roads: PackedRoads, vehicles: Vehicles, detectors: Detectors, traffic: Traffic, now: int
    ) -> None:
        """Reads the detectors of the only copy at `now`."""
        sources  # noqa: B018 - closed over: see compiling.entry
        sense(roads, copy_at(vehicles, detectors, traffic, 0, now), now)

    return switch_signals, observe, read_detectors


switch_signals, observe, read_detectors = _compiled(SOURCES)
