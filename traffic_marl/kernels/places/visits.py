"""Visits of vehicles to intersections: when they begin and end, noted as vehicles pass from drivable to drivable."""

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.places.tables import TENTHS
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.kernels.traffic import CopyState, PackedRoads


@kernel
def is_visit(roads: PackedRoads, copy: CopyState, place: int) -> bool:
    """Whether the drivable at this place of a path is a lane from which the path goes on through an intersection."""
    d = copy.path[place]
    return d != NONE and d < roads.lanes and roads.drivables[d].intersection != NONE and copy.path[place + 1] != NONE


@kernel
def halted_until(copy: CopyState, v: int, now: int) -> int:
    """Time below 0.1 m/s of vehicle v since it entered, up to the start of this second [s]."""
    state = copy.vehicle_states[v]
    return state.halted + (0 if state.halted_since == NEVER else now + 1 - state.halted_since)


@kernel
def begin_visit(copy: CopyState, v: int, now: int, moment: float) -> None:
    """Notes that vehicle v has come to the lane of its next visit, in this second, at this moment [s]."""
    visit = copy.visits[copy.visit[v]]
    visit.arrived = now
    visit.moment = int(moment * TENTHS + 0.5)
    visit.stops = -copy.vehicle_states[v].stops
    visit.halted = -halted_until(copy, v, now)


@kernel
def end_visit(copy: CopyState, v: int, now: int) -> None:
    """Notes that vehicle v has come to the next road."""
    visit = copy.visits[copy.visit[v]]
    visit.ended = now
    visit.stops += copy.vehicle_states[v].stops
    visit.halted += halted_until(copy, v, now)
    copy.visit[v] += 1


@kernel
def note_entry(roads: PackedRoads, copy: CopyState, v: int, now: int) -> None:
    """Notes the visit that vehicle v begins as it enters."""
    if is_visit(roads, copy, copy.path_start[v]):
        begin_visit(copy, v, now, now)


@kernel
def note_passage(
    roads: PackedRoads, copy: CopyState, v: int, begin: int, end: int, position: float, speed: float, now: int
) -> None:
    """Notes the visits that vehicle v has left and begun in this second.

    The moment at which it came to its lane is worked out from its position and speed at the end of the second.

    Args:
        roads: the roads.
        copy: the traffic.
        v: the vehicle.
        begin: place of its path on which its front was at the start of the second.
        end: place on which it is at the end of the second, or the end of the path.
        position: [m] of the front from the start of the drivable at `end`.
        speed: [m/s] at the end of the second.
        now: [s] the second.
    """
    for place in range(begin, end):
        if copy.path[place] >= roads.lanes:
            if is_visit(roads, copy, place - 1):  # every path begins with a lane
                end_visit(copy, v, now)
        elif is_visit(roads, copy, place):
            copy.visits[copy.visit[v]].departed = now
        if is_visit(roads, copy, place + 1):
            since = position / speed if speed > 0.0 else 0.0
            begin_visit(copy, v, now, now + 1.0 - min(since, 1.0))
