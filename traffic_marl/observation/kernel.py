"""The kernel of observations: writes the features of every movement, phase and signal, scaled to 0 .. 1.

Names, scales and order are those of `features`. They are constants when numba compiles the kernel.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.kernels.compiling import SOURCES, digest, entry, kernel
from traffic_marl.kernels.tables import ALL_RED, BANDS, GREEN, NONE, YELLOW, Timing
from traffic_marl.observation.features import (
    GROUPS,
    NEAR_BANDS,
    PHASE_FEATURES,
    TURN_RANKS,
    feature,
    offset,
)
from traffic_marl.observation.tables import ObservedRoads, View

QUEUE_GROUP, BANDS_GROUP, BACKLOG_GROUP, DELAY_GROUP, WAIT_GROUP, EXIT_GROUP, INFLOW_GROUP, TURNS_GROUP = (
    list(GROUPS).index(name) for name in ("queue", "bands", "backlog", "delay", "wait", "exit", "inflow", "turns")
)
BLIND_GROUP = list(GROUPS).index("blind")
ARRIVAL_GROUP = list(GROUPS).index("arrival")
EXIT_QUEUE, EXIT_VEHICLES = offset("exit_queue"), offset("exit_vehicles")  # places within their groups
SENT, HELD = offset("sent"), offset("held")
WIDTH = len(GROUPS)  # place of the number of a movement's features among the starts of its groups
SHOWN, SINCE_SERVED, ALLOWED = offset("shown"), offset("since_served"), offset("allowed")
SIGNAL_AGE, SIGNAL_YELLOW, SIGNAL_ALL_RED = offset("age"), offset("yellow"), offset("all_red")
EACH_PHASE, TURNS = len(PHASE_FEATURES), len(TURN_RANKS)

FULL_QUEUE, FULL_BACKLOG, FULL_DELAY = feature("queue").full, feature("backlog").full, feature("delay").full
FULL_BAND, FULL_WAIT = feature("moving_0_60").full, feature("longest_wait").full
FULL_EXIT_QUEUE, FULL_EXIT_VEHICLES = feature("exit_queue").full, feature("exit_vehicles").full
FULL_SENT, FULL_HELD = feature("sent").full, feature("held").full
FULL_ARRIVAL = feature("next_arrival").full
FULL_SINCE_SERVED, FULL_AGE = feature("since_served").full, feature("age").full


@kernel
def share(value: float, full: float) -> float:
    """The value as a share of `full`, at most 1."""
    return min(value * (1.0 / full), 1.0)


@kernel
def seconds_to_change(interval: int, age: int, timing: Timing) -> int:
    """[s] until a request for another phase could be granted, limits left aside."""
    if interval == GREEN:
        return max(timing.min_green - age, 0)
    if interval == ALL_RED:
        return timing.all_red - age + timing.min_green
    return timing.yellow - age + timing.all_red + timing.min_green


@kernel
def is_allowed(shown: bool, exists: bool, wait: int, within: int) -> bool:
    """Whether a phase would be granted if it were asked for now: the action mask.

    A change has to begin before the next decision, which is `within` [s] away.
    """
    return bool(shown or (exists and wait < within))


@kernel
def is_served(roads: ObservedRoads, view: View, b: int, m: int) -> bool:
    """Whether a movement is green in the phase that its intersection shows or is about to show."""
    return bool(roads.served[m, view.phase[b, roads.intersection[m]]])


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
        queue += view.queue[np.uintp(b), np.uintp(roads.exit[np.uintp(k)])]
        vehicles += view.vehicles[np.uintp(b), np.uintp(roads.exit[np.uintp(k)])]
    out[np.uintp(at + EXIT_QUEUE)] = share(queue, FULL_EXIT_QUEUE)
    out[np.uintp(at + EXIT_VEHICLES)] = share(vehicles, FULL_EXIT_VEHICLES)


@kernel
def near_vehicles(roads: ObservedRoads, view: View, b: int, m: int) -> int:
    """Vehicles on a movement's lanes that stand, or move within the nearest bands."""
    near = 0
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        lane = roads.lane[np.uintp(k)]
        near += view.queue[np.uintp(b), np.uintp(lane)]
        for band in range(NEAR_BANDS):
            near += view.moving[np.uintp(b), np.uintp(lane), np.uintp(band)]
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


@kernel
def write_signal(
    roads: ObservedRoads, view: View, timing: Timing, within: int, b: int, n: int, out: Singles, at: int
) -> None:
    """Writes the features of an intersection's phases, then those of its signal."""
    wait = seconds_to_change(view.interval[b, n], view.age[b, n], timing)
    phases = roads.served.shape[1]
    for p in range(phases):
        shown = view.phase[b, n] == p
        exists = p < roads.phase_count[n]
        out[np.uintp(at + SHOWN)] = 1.0 if shown else 0.0
        out[np.uintp(at + SINCE_SERVED)] = share(view.since_served[b, n, p], FULL_SINCE_SERVED) if exists else 0.0
        out[np.uintp(at + ALLOWED)] = 1.0 if is_allowed(shown, exists, wait, within) else 0.0
        at += EACH_PHASE
    out[np.uintp(at + SIGNAL_AGE)] = share(view.age[b, n], FULL_AGE)
    out[np.uintp(at + SIGNAL_YELLOW)] = 1.0 if view.interval[b, n] == YELLOW else 0.0
    out[np.uintp(at + SIGNAL_ALL_RED)] = 1.0 if view.interval[b, n] == ALL_RED else 0.0


def _compiled(sources: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """The entries, bound to the digest of the sources they are made from."""

    @entry
    def observe(roads: ObservedRoads, view: View, timing: Timing, within: int, start: Ints, out: Singles) -> None:
        """Writes the features of every intersection of every copy into `out` (B, N, F).

        First come the features of movements, by phase and slot, then those of phases, by phase, and last those of the
        signal. A phase is allowed if its change can begin `within` [s]. `start` (G + 1,) holds the first column of
        each group among the features of a movement, NONE if it is left out, and last the number of these features.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        width = start[WIDTH]
        copies, intersections = view.phase.shape
        phases, slots = roads.movement.shape[1:]
        for b in range(copies):
            for n in range(intersections):
                row = out[b, n]
                for p in range(phases):
                    for s in range(slots):
                        at = (p * slots + s) * width
                        m = roads.movement[n, p, s]
                        if m == NONE:
                            row[at : at + width] = 0.0
                        else:
                            write_movement(roads, view, start, b, m, row, at)
                write_signal(roads, view, timing, within, b, n, row, phases * slots * width)

    @entry
    def write_mask(
        phase_count: Ints, phase: Ints, age: Ints, interval: Ints, timing: Timing, within: int, out: Bools
    ) -> None:
        """Writes which phases of every intersection of every copy are allowed into `out` (B, N, P)."""
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(out.shape[0]):
            for n in range(out.shape[1]):
                wait = seconds_to_change(interval[b, n], age[b, n], timing)
                for p in range(out.shape[2]):
                    out[b, n, p] = is_allowed(phase[b, n] == p, p < phase_count[n], wait, within)

    return observe, write_mask


observe, write_mask = _compiled(SOURCES + digest(Path(__file__).parent))
