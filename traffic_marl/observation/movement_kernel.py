"""The kernels that write the features of a movement, scaled to 0 .. 1.

Names, scales and order are those of `features`. They are constants when numba compiles the kernels.
"""

import numpy as np

from traffic_marl.arrays import Ints, Singles
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import BANDS, NONE
from traffic_marl.observation.features import MOVEMENT_GROUPS, NEAR_BANDS, TURN_RANKS, feature, offset
from traffic_marl.observation.tables import ObservedRoads, View

PLACES = {name: place for place, name in enumerate(MOVEMENT_GROUPS)}
QUEUE_GROUP, BANDS_GROUP, BACKLOG_GROUP, DELAY_GROUP, WAIT_GROUP, EXIT_GROUP, INFLOW_GROUP, TURNS_GROUP = (
    PLACES[name] for name in ("queue", "bands", "backlog", "delay", "wait", "exit", "inflow", "turns")
)
BLIND_GROUP, ARRIVAL_GROUP, ROOM_GROUP = PLACES["blind"], PLACES["arrival"], PLACES["room"]
EXIT_QUEUE, EXIT_VEHICLES = offset("exit_queue"), offset("exit_vehicles")  # places within their groups
SENT, HELD = offset("sent"), offset("held")
TURNS = len(TURN_RANKS)
FULL_QUEUE, FULL_BACKLOG, FULL_DELAY = feature("queue").full, feature("backlog").full, feature("delay").full
FULL_BAND, FULL_WAIT = feature("moving_0_60").full, feature("longest_wait").full
FULL_EXIT_QUEUE, FULL_EXIT_VEHICLES = feature("exit_queue").full, feature("exit_vehicles").full
FULL_SENT, FULL_HELD = feature("sent").full, feature("held").full
FULL_ARRIVAL = feature("next_arrival").full


@kernel
def share(value: float, full: float) -> float:
    """The value as a share of `full`, at most 1."""
    return min(value * (1.0 / full), 1.0)


@kernel
def is_served(roads: ObservedRoads, view: View, b: int, m: int) -> bool:
    """Whether a movement is green in the phase that its intersection says to show, or to be about to show."""
    return bool(roads.served[m, view.told_phase[b, roads.intersection[m]]])


@kernel
def write_lanes(roads: ObservedRoads, view: View, start: Ints, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the sums and the longest wait over a movement's own lanes, group by group."""
    queue = backlog = wait = 0
    delay = 0.0
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        lane = roads.lane[np.uintp(k)]
        queue += view.queue[np.uintp(b), np.uintp(lane)]
        backlog += view.backlog[np.uintp(b), np.uintp(lane)]
        delay += view.delay[np.uintp(b), np.uintp(lane)]
        wait = max(wait, view.longest_wait[np.uintp(b), np.uintp(lane)])
    if start[QUEUE_GROUP] != NONE:
        out[np.uintp(at + start[QUEUE_GROUP])] = share(queue, FULL_QUEUE)
    if start[BACKLOG_GROUP] != NONE:
        out[np.uintp(at + start[BACKLOG_GROUP])] = share(backlog, FULL_BACKLOG)
    if start[DELAY_GROUP] != NONE:
        out[np.uintp(at + start[DELAY_GROUP])] = share(delay, FULL_DELAY * max(view.span, 1.0))
    if start[WAIT_GROUP] != NONE:
        out[np.uintp(at + start[WAIT_GROUP])] = share(wait, FULL_WAIT)


@kernel
def write_bands(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the moving vehicles on a movement's own lanes, by distance from the stop line."""
    for band in range(BANDS):
        moving = 0
        for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
            moving += view.moving[np.uintp(b), np.uintp(roads.lane[np.uintp(k)]), np.uintp(band)]
        out[np.uintp(at + band)] = share(moving, FULL_BAND)


@kernel
def write_exit(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes queue and vehicles of the road that a movement leads to."""
    queue = vehicles = 0
    for k in range(roads.exit_start[m], roads.exit_start[m + 1]):
        queue += view.told_queue[np.uintp(b), np.uintp(roads.exit[np.uintp(k)])]
        vehicles += view.told_vehicles[np.uintp(b), np.uintp(roads.exit[np.uintp(k)])]
    out[np.uintp(at + EXIT_QUEUE)] = share(queue, FULL_EXIT_QUEUE)
    out[np.uintp(at + EXIT_VEHICLES)] = share(vehicles, FULL_EXIT_VEHICLES)


@kernel
def near_vehicles(roads: ObservedRoads, view: View, b: int, m: int) -> int:
    """Vehicles on a movement's lanes that are said to stand, or to move within the nearest bands."""
    near = 0
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        lane = roads.lane[np.uintp(k)]
        near += view.told_queue[np.uintp(b), np.uintp(lane)]
        for band in range(NEAR_BANDS):
            near += view.told_moving[np.uintp(b), np.uintp(lane), np.uintp(band)]
    return near


@kernel
def write_inflow(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the vehicles that the intersection upstream sends and holds back."""
    sent = held = 0
    for k in range(roads.sender_start[m], roads.sender_start[m + 1]):
        sender = roads.sender[k]
        near = near_vehicles(roads, view, b, sender)
        if is_served(roads, view, b, sender):
            sent += near
        else:
            held += near
    out[np.uintp(at + SENT)] = share(sent, FULL_SENT)
    out[np.uintp(at + HELD)] = share(held, FULL_HELD)


@kernel
def write_turns(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes which turns the intersection upstream lets go."""
    for turn in range(TURNS):
        out[np.uintp(at + turn)] = 0.0
    for k in range(roads.sender_start[m], roads.sender_start[m + 1]):
        sender = roads.sender[k]
        if is_served(roads, view, b, sender):
            out[np.uintp(at + roads.rank[sender] - 1)] = 1.0


@kernel
def write_blind(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the share of a movement's own lanes whose detectors are known to fail."""
    first, last = roads.lane_start[m], roads.lane_start[m + 1]
    blind = 0
    for k in range(first, last):
        blind += view.blind[np.uintp(b), np.uintp(roads.lane[np.uintp(k)])]
    out[np.uintp(at)] = share(blind, max(last - first, 1))


@kernel
def write_arrival(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the time until the next vehicle arrives at a movement's stop lines."""
    arrival = FULL_ARRIVAL
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        arrival = min(arrival, view.next_arrival[np.uintp(b), np.uintp(roads.lane[np.uintp(k)])])
    out[np.uintp(at)] = share(arrival, FULL_ARRIVAL)


@kernel
def write_room(roads: ObservedRoads, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes how full the fullest lane of the road is that a movement leads to."""
    full = 0.0
    for k in range(roads.exit_start[m], roads.exit_start[m + 1]):
        lane = np.uintp(roads.exit[np.uintp(k)])
        full = max(full, view.told_vehicles[np.uintp(b), lane] / roads.exit_places[np.uintp(k)])
    out[np.uintp(at)] = share(full, 1.0)


@kernel
def write_movement(roads: ObservedRoads, view: View, start: Ints, b: int, m: int, out: Singles, at: int) -> None:
    """Writes the features of one slot."""
    out[np.uintp(at)] = 1.0
    write_lanes(roads, view, start, b, m, out, at)
    if start[BANDS_GROUP] != NONE:
        write_bands(roads, view, b, m, out, at + start[BANDS_GROUP])
    if start[EXIT_GROUP] != NONE:
        write_exit(roads, view, b, m, out, at + start[EXIT_GROUP])
    if start[INFLOW_GROUP] != NONE:
        write_inflow(roads, view, b, m, out, at + start[INFLOW_GROUP])
    if start[TURNS_GROUP] != NONE:
        write_turns(roads, view, b, m, out, at + start[TURNS_GROUP])
    if start[BLIND_GROUP] != NONE:
        write_blind(roads, view, b, m, out, at + start[BLIND_GROUP])
    if start[ARRIVAL_GROUP] != NONE:
        write_arrival(roads, view, b, m, out, at + start[ARRIVAL_GROUP])
    if start[ROOM_GROUP] != NONE:
        write_room(roads, view, b, m, out, at + start[ROOM_GROUP])
