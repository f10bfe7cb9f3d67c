"""The function that Python enters once a decision: moves copies on and reads their detectors."""

from collections.abc import Callable
from typing import Any

from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.conflicts import combine_claims
from traffic_marl.kernels.drivables import hand_over, insert_waiting, move_drivable, plan_drivable, take_out
from traffic_marl.kernels.sensing import audit, sense, watch_gridlock
from traffic_marl.kernels.signals import switch_signal
from traffic_marl.kernels.traffic import Copy


@kernel
def plan_copy(layout, copy, now):  # type: ignore[no-untyped-def]
    """Plans the speeds of all vehicles; drops drivables that have become empty from the list of occupied ones."""
    kept = 0
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if copy.states[d].count == 0:
            copy.states[d].listed = 0
            continue
        copy.occupied[kept] = d
        kept += 1
        plan_drivable(layout, copy, d, now)
    copy.tally[0].occupied = kept


@kernel
def move_copy(layout, copy, now):  # type: ignore[no-untyped-def]
    """Moves all vehicles; those that run past the end of a drivable go on to the next, or finish."""
    taken = 0
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if move_drivable(layout, copy, d, now):
            taken = take_out(layout, copy, d, taken)
    for k in range(taken):
        hand_over(layout, copy, k, now)


@kernel
def advance_second(layout, copy, timing, audits):  # type: ignore[no-untyped-def]
    """Moves one copy on by one second."""
    now = copy.tally[0].time
    for n in range(len(layout.phase_count)):
        switch_signal(layout, copy, timing, n, now)
    for lane in layout.entries:
        insert_waiting(layout, copy, lane, now)
    combine_claims(layout, copy)
    plan_copy(layout, copy, now)
    move_copy(layout, copy, now)
    watch_gridlock(copy, now)
    if audits:
        audit(layout, copy)
    copy.tally[0].time = now + 1


@kernel
def advance_copy(layout, copy, timing, seconds, audits):  # type: ignore[no-untyped-def]
    """Moves one copy on by some seconds and reads its detectors."""
    for lane in range(layout.lanes):
        copy.sensors[lane].delay = 0.0
    for _ in range(seconds):
        advance_second(layout, copy, timing, audits)
    sense(layout, copy, copy.tally[0].time)


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def advance(layout, vehicles, traffic, timing, first, last, seconds, audits):  # type: ignore[no-untyped-def]
        """Moves copies first .. last - 1 on by some seconds and reads their detectors.

        Args:
            layout, vehicles, timing: Layout, Vehicles, Timing; only read.
            traffic: Traffic, changed in place; `signals.wanted` holds the phases asked for.
            first, last: copies.
            seconds: [s] at least 0.
            audits: whether to check the order of vehicles each second.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(first, last):
            copy = Copy(
                vehicles.types,
                vehicles.path,
                vehicles.scheduled[b],
                vehicles.kind[b],
                vehicles.path_start[b],
                vehicles.queue_start[b],
                vehicles.queue[b],
                traffic.slots[b],
                traffic.planned[b],
                traffic.states[b],
                traffic.rides[b],
                traffic.signals[b],
                traffic.served[b],
                traffic.claims[b],
                traffic.occupied[b],
                traffic.clearing[b],
                traffic.changing[b],
                traffic.tallies[b],
                traffic.sensors[b],
                traffic.moving[b],
                traffic.history[b],
            )
            advance_copy(layout, copy, timing, seconds, audits)

    result: Any = advance
    return result  # type: ignore[no-any-return]


advance = _compiled(SOURCES)
