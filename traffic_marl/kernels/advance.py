"""The function that Python enters once a decision: moves copies on and reads their detectors."""

from collections.abc import Callable
from typing import Any

from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.conflicts import combine_claims
from traffic_marl.kernels.drivables import hand_over, insert_waiting, move_drivable, plan_drivable, take_out
from traffic_marl.kernels.sensing import audit, sense, watch_gridlock
from traffic_marl.kernels.signals import switch_signal


@kernel
def plan_copy(layout, vehicles, traffic, b, lanes, longest, now):  # type: ignore[no-untyped-def]
    """Plans the speeds of all vehicles; drops drivables that have become empty from the list of occupied ones."""
    tally = traffic.tallies[b]
    kept = 0
    for k in range(tally.occupied):
        d = traffic.occupied[b, k]
        if traffic.states[b, d].count == 0:
            traffic.states[b, d].listed = 0
            continue
        traffic.occupied[b, kept] = d
        kept += 1
        plan_drivable(layout, vehicles, traffic, b, lanes, d, longest, now)
    tally.occupied = kept


@kernel
def move_copy(layout, vehicles, traffic, b, lanes, now):  # type: ignore[no-untyped-def]
    """Moves all vehicles; those that run past the end of a drivable go on to the next, or finish."""
    taken = 0
    for k in range(traffic.tallies[b].occupied):
        d = traffic.occupied[b, k]
        if move_drivable(layout, vehicles, traffic, b, lanes, d, now):
            taken = take_out(layout, vehicles, traffic, b, lanes, d, taken)
    for k in range(taken):
        hand_over(layout, vehicles, traffic, b, lanes, k, now)


@kernel
def advance_second(layout, vehicles, traffic, timing, b, longest, audits):  # type: ignore[no-untyped-def]
    """Moves one copy on by one second."""
    now = traffic.tallies[b].time
    lanes = traffic.sensors.shape[1]
    for n in range(traffic.signals.shape[1]):
        switch_signal(layout, traffic, timing, b, n, now)
    for lane in layout.entries:
        insert_waiting(layout, vehicles, traffic, b, lanes, lane, now)
    combine_claims(layout, vehicles, traffic, b)
    plan_copy(layout, vehicles, traffic, b, lanes, longest, now)
    move_copy(layout, vehicles, traffic, b, lanes, now)
    watch_gridlock(traffic, b, now)
    if audits:
        audit(layout, vehicles, traffic, b)
    traffic.tallies[b].time = now + 1


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def advance(layout, vehicles, traffic, timing, first, last, seconds, longest, audits):  # type: ignore[no-untyped-def]
        """Moves copies first .. last - 1 on by some seconds and reads their detectors.

        Args:
            layout, vehicles, timing: Layout, Vehicles, Timing; only read.
            traffic: Traffic, changed in place; `signals.wanted` holds the phases asked for.
            first, last: copies.
            seconds: [s] at least 0.
            longest: [m] of the longest vehicle.
            audits: whether to check the order of vehicles each second.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(first, last):
            for lane in range(traffic.sensors.shape[1]):
                traffic.sensors[b, lane].delay = 0.0
            for _ in range(seconds):
                advance_second(layout, vehicles, traffic, timing, b, longest, audits)
            sense(layout, vehicles, traffic, b, traffic.tallies[b].time)

    result: Any = advance
    return result  # type: ignore[no-any-return]


advance = _compiled(SOURCES)
