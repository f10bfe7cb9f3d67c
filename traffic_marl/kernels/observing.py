"""Features of readings for learners: what stands and comes on each movement of each phase, scaled to 0 .. 1."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints, Singles
from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.tables import ALL_RED, BANDS, GREEN, NONE, YELLOW, Timing

COUNT = 40.0  # [veh] of a movement's lanes that are shown as 1
EXIT_COUNT = 80.0  # [veh] of all lanes of an exit road that are shown as 1
WAIT = 300.0  # [s] shown as 1
SINCE_SERVED = 240.0  # [s] shown as 1
AGE = 60.0  # [s] shown as 1
NEAR_BANDS = 2  # bands before the stop line in which a vehicle upstream can cross within a decision or two

LOCAL, EXITS, UPSTREAM, TURNS = 3 + BANDS + 2, 2, 2, 3  # features of a movement in each part, in this order
PHASE_FEATURES = 3


class Sight(NamedTuple):
    """What an observer knows of a network; never changes. S slots a phase."""

    movement: Ints  # (N, P, S) in each slot of each phase, NONE where there is none
    phase_count: Ints  # (N,)
    served: Bools  # (M, P)
    intersection: Ints  # (M,)
    rank: Ints  # (M,) THROUGH, LEFT or RIGHT
    lane_start: Ints  # (M + 1,) slice of `lane`
    lane: Ints  # lanes that a movement leaves from
    exit_start: Ints  # (M + 1,) slice of `exit`
    exit: Ints  # lanes of the road that a movement leads to
    sender_start: Ints  # (M + 1,) slice of `sender`
    sender: Ints  # movements that lead to the road that a movement leaves from


class View(NamedTuple):
    """The readings that features are made of."""

    span: float  # [s]
    vehicles: Ints  # (B, K)
    queue: Ints  # (B, K)
    moving: Ints  # (B, K, 5)
    delay: Floats  # (B, K)
    longest_wait: Ints  # (B, K)
    backlog: Ints  # (B, K)
    phase: Ints  # (B, N)
    age: Ints  # (B, N)
    since_served: Ints  # (B, N, P)
    interval: Ints  # (B, N)


@kernel
def share(value: float, full: float) -> float:
    """The value as a share of what is shown as 1; all beyond that is 1 too."""
    return min(value * (1.0 / full), 1.0)


@kernel
def seconds_to_change(view: View, timing: Timing, b: int, n: int) -> int:
    """[s] until a request for another phase could be granted, limits left aside."""
    interval = view.interval[b, n]
    age = view.age[b, n]
    if interval == GREEN:
        return max(timing.min_green - age, 0)
    if interval == ALL_RED:
        return timing.all_red - age + timing.min_green
    return timing.yellow - age + timing.all_red + timing.min_green


@kernel
def is_served(sight: Sight, view: View, b: int, m: int) -> bool:
    """Whether a movement is green in the phase that its intersection shows or is about to show."""
    return sight.served[m, view.phase[b, sight.intersection[m]]]


@kernel
def write_local(sight: Sight, view: View, b: int, m: int, out: Singles, at: int) -> int:
    """Writes what is on a movement's own lanes; returns where the next feature goes."""
    queue = backlog = wait = 0
    delay = 0.0
    for k in range(sight.lane_start[m], sight.lane_start[m + 1]):
        lane = sight.lane[np.uintp(k)]
        queue += view.queue[np.uintp(b), np.uintp(lane)]
        backlog += view.backlog[np.uintp(b), np.uintp(lane)]
        delay += view.delay[np.uintp(b), np.uintp(lane)]
        wait = max(wait, view.longest_wait[np.uintp(b), np.uintp(lane)])
    out[at] = 1.0
    out[at + 1] = share(queue, COUNT)
    for band in range(BANDS):
        moving = 0
        for k in range(sight.lane_start[m], sight.lane_start[m + 1]):
            moving += view.moving[np.uintp(b), np.uintp(sight.lane[np.uintp(k)]), np.uintp(band)]
        out[at + 2 + band] = share(moving, COUNT)
    at += 2 + BANDS
    out[at] = share(backlog, COUNT)
    out[at + 1] = share(delay, COUNT * max(view.span, 1.0))
    out[at + 2] = share(wait, WAIT)
    return at + 3


@kernel
def write_exits(sight: Sight, view: View, b: int, m: int, out: Singles, at: int) -> int:
    """Writes what is on the road that a movement leads to; returns where the next feature goes."""
    queue = vehicles = 0
    for k in range(sight.exit_start[m], sight.exit_start[m + 1]):
        queue += view.queue[np.uintp(b), np.uintp(sight.exit[np.uintp(k)])]
        vehicles += view.vehicles[np.uintp(b), np.uintp(sight.exit[np.uintp(k)])]
    out[at] = share(queue, EXIT_COUNT)
    out[at + 1] = share(vehicles, EXIT_COUNT)
    return at + 2


@kernel
def near_vehicles(sight: Sight, view: View, b: int, m: int) -> int:
    """Vehicles on a movement's lanes that stand, or move within the nearest bands."""
    near = 0
    for k in range(sight.lane_start[m], sight.lane_start[m + 1]):
        lane = sight.lane[np.uintp(k)]
        near += view.queue[np.uintp(b), np.uintp(lane)]
        for band in range(NEAR_BANDS):
            near += view.moving[np.uintp(b), np.uintp(lane), np.uintp(band)]
    return near


@kernel
def write_upstream(sight: Sight, view: View, b: int, m: int, out: Singles, at: int) -> int:
    """Writes what the intersection upstream sends and holds back; returns as the others."""
    sent = held = 0
    for k in range(sight.sender_start[m], sight.sender_start[m + 1]):
        sender = sight.sender[k]
        near = near_vehicles(sight, view, b, sender)
        if is_served(sight, view, b, sender):
            sent += near
        else:
            held += near
    out[at] = share(sent, COUNT)
    out[at + 1] = share(held, COUNT)
    return at + UPSTREAM


@kernel
def write_turns(sight: Sight, view: View, b: int, m: int, out: Singles, at: int) -> None:
    """Writes which turns the intersection upstream lets go."""
    for turn in range(TURNS):
        out[at + turn] = 0.0
    for k in range(sight.sender_start[m], sight.sender_start[m + 1]):
        sender = sight.sender[k]
        if is_served(sight, view, b, sender):
            out[at + sight.rank[sender] - 1] = 1.0


@kernel
def write_movement(sight: Sight, view: View, b: int, m: int, parts: int, out: Singles, at: int) -> None:
    """Writes the features of one slot."""
    at = write_local(sight, view, b, m, out, at)
    if parts > 1:
        at = write_exits(sight, view, b, m, out, at)
    if parts > 2:
        at = write_upstream(sight, view, b, m, out, at)
    if parts > 3:
        write_turns(sight, view, b, m, out, at)


@kernel
def write_signal(sight: Sight, view: View, timing: Timing, within: int, b: int, n: int, out: Singles, at: int) -> None:
    """Writes the features of an intersection's phases, then those of its signal."""
    changes = seconds_to_change(view, timing, b, n) < within
    phases = sight.served.shape[1]
    for p in range(phases):
        shown = view.phase[b, n] == p
        exists = p < sight.phase_count[n]
        out[at] = 1.0 if shown else 0.0
        out[at + 1] = share(view.since_served[b, n, p], SINCE_SERVED) if exists else 0.0
        out[at + 2] = 1.0 if shown or (exists and changes) else 0.0
        at += PHASE_FEATURES
    out[at] = share(view.age[b, n], AGE)
    out[at + 1] = 1.0 if view.interval[b, n] == YELLOW else 0.0
    out[at + 2] = 1.0 if view.interval[b, n] == ALL_RED else 0.0


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def observe(sight: Sight, view: View, timing: Timing, within: int, parts: int, out: Singles) -> None:
        """Writes the features of every intersection of every copy into `out` (B, N, F).

        They stand in this order: by phase, slot and feature of a movement; by phase and feature of a phase; features
        of the signal. `within`: [s] in which a change must begin for its phase to be allowed. `parts`: how many of a
        movement's parts, from the first.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        width = LOCAL + (EXITS if parts > 1 else 0) + (UPSTREAM if parts > 2 else 0) + (TURNS if parts > 3 else 0)
        copies, intersections = view.phase.shape
        phases, slots = sight.movement.shape[1:]
        for b in range(copies):
            for n in range(intersections):
                row = out[b, n]
                for p in range(phases):
                    for s in range(slots):
                        at = (p * slots + s) * width
                        m = sight.movement[n, p, s]
                        if m == NONE:
                            row[at : at + width] = 0.0
                        else:
                            write_movement(sight, view, b, m, parts, row, at)
                write_signal(sight, view, timing, within, b, n, row, phases * slots * width)

    return observe


observe = _compiled(SOURCES)
