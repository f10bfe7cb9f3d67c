"""The function that Python enters once a decision: moves copies on and reads their detectors."""

from collections.abc import Callable

from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.conflicts import combine_claims
from traffic_marl.kernels.driving import drive
from traffic_marl.kernels.entering import insert_waiting
from traffic_marl.kernels.passing import hand_over, take_out
from traffic_marl.kernels.sensing import audit, sense, watch_gridlock
from traffic_marl.kernels.signals import switch_signal
from traffic_marl.kernels.slots import sort_occupied
from traffic_marl.kernels.tables import Timing, Vehicles
from traffic_marl.kernels.traffic import Copy, Layout, Traffic


@kernel
def drive_all(layout: Layout, copy: Copy, now: int) -> int:
    """Moves all vehicles; notes the drivables that some run past the end of, and gives their number.

    Drops drivables that have become empty from the list of occupied ones.
    """
    sort_occupied(copy)
    copy.tally[0].used = 0
    kept = 0
    passing = 0
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if copy.states[d].count == 0:
            copy.states[d].room = 0
            continue
        copy.occupied[kept] = d
        kept += 1
        if drive(layout, copy, d, now):
            copy.passing[passing] = d
            passing += 1
    copy.tally[0].occupied = kept
    copy.tally[0].ascending = kept
    for k in range(kept):
        state = copy.states[copy.occupied[k]]
        state.first = state.next_first
    return passing


@kernel
def pass_on(layout: Layout, copy: Copy, passing: int, now: int) -> None:
    """Hands the vehicles that ran past the end of a drivable over to the next, or ends their trips."""
    taken = 0
    for k in range(passing):
        taken = take_out(layout, copy, copy.passing[k], taken, now)
    for k in range(taken):
        hand_over(layout, copy, k, now)


@kernel
def advance_second(layout: Layout, copy: Copy, timing: Timing, now: int, audits: bool) -> None:
    """Moves one copy on by one second."""
    for n in range(len(layout.phase_count)):
        switch_signal(layout, copy, timing, n, now)
    for e in range(len(layout.entries)):
        insert_waiting(layout, copy, e, now)
    combine_claims(layout, copy)
    passing = drive_all(layout, copy, now)
    pass_on(layout, copy, passing, now)
    watch_gridlock(copy, now)
    if audits:
        audit(copy)
    copy.tally[0].time = now + 1


@kernel
def copy_at(vehicles: Vehicles, traffic: Traffic, b: int, now: int) -> Copy:
    """Copy b in the second that begins now."""
    return Copy(
        vehicles.types,
        vehicles.path,
        vehicles.scheduled[b],
        vehicles.kind[b],
        vehicles.path_start[b],
        vehicles.queue_start[b],
        vehicles.queue[b],
        traffic.slots[b, now & 1],
        traffic.slots[b, (now + 1) & 1],
        traffic.states[b],
        traffic.rides[b],
        traffic.signals[b],
        traffic.served[b],
        traffic.claims[b],
        traffic.occupied[b],
        traffic.clearing[b],
        traffic.queue_head[b],
        traffic.next_due[b],
        traffic.arrivals[b],
        traffic.delays[b],
        traffic.discharged[b],
        traffic.passing[b],
        traffic.changing[b],
        traffic.tallies[b],
        traffic.sensors[b],
        traffic.moving[b],
        traffic.history[b],
    )


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def advance(
        layout: Layout,
        vehicles: Vehicles,
        traffic: Traffic,
        timing: Timing,
        first: int,
        last: int,
        seconds: int,
        continues: bool,
        audits: bool,
    ) -> None:
        """Moves copies first .. last - 1 on by some seconds and reads their detectors.

        `traffic` is changed in place; its `signals` hold the phases wanted. `continues`: the decision interval under
        way goes on, so that its sums do too; otherwise a new one begins. `audits`: check the order of vehicles each
        second.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(first, last):
            begin = traffic.tallies[b, 0].time
            if not continues:
                traffic.delays[b, :] = 0.0
                traffic.discharged[b, :] = 0
                traffic.tallies[b, 0].span = 0
            traffic.tallies[b, 0].span += seconds
            for now in range(begin, begin + seconds):
                advance_second(layout, copy_at(vehicles, traffic, b, now), timing, now, audits)
            sense(layout, copy_at(vehicles, traffic, b, begin + seconds), begin + seconds)

    return advance


advance = _compiled(SOURCES)
