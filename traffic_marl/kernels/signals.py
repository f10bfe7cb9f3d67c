"""Signals: the phase or clearance shown in each second.

A request for another phase is granted once the green has lasted its minimum. The change always shows the clearance row
for yellow and all-red. Two limits overrule requests: a green that has lasted its maximum ends when vehicles wait
elsewhere, and a movement whose first vehicle has stood at red for the longest time allowed is served next. A movement
that no phase serves does not count: no limit could bring it a green.
"""

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, NONE, YELLOW, Timing
from traffic_marl.kernels.traffic import SHOWN, CopyState, PackedRoads


@kernel
def serves(roads: PackedRoads, n: int, phase: int, connection: int) -> bool:
    """Whether a connection is green in a phase of intersection n."""
    road = roads.drivables[connection]
    return (roads.green[n, roads.phase_row[n, phase], road.word] & road.mask) != 0


@kernel
def stands_since(roads: PackedRoads, copy: CopyState, n: int, lane: int, now: int) -> int:
    """Time at which the first vehicle of a lane began to wait for a phase [s]; NEVER if none waits.

    It waits from its standstill or from the end of the last green of a phase that serves it, whichever is later. A
    vehicle that no phase serves waits for none.
    """
    state = copy.drivable_states[lane]
    if state.standing == NEVER or state.front == NONE:
        return NEVER
    signal = copy.signals[n]
    if serves(roads, n, signal.phase, state.front):
        return NEVER
    last_green = NONE
    for p in range(roads.phase_count[n]):
        if serves(roads, n, p, state.front):
            last_green = max(last_green, copy.served[n, p])
    return NEVER if last_green == NONE else max(state.standing, last_green)


@kernel
def longest_waiting_phase(roads: PackedRoads, copy: CopyState, n: int, limit: int, now: int) -> int:
    """First phase that serves the lane whose first vehicle has waited longest, and at least `limit` [s]; else NONE.

    Lanes whose first vehicle no phase serves are passed over: they wait for ever, and the others wait for a phase.
    """
    earliest = NEVER
    longest = NONE
    for k in range(roads.signalled_start[n], roads.signalled_start[n + 1]):
        since = stands_since(roads, copy, n, roads.signalled[k], now)
        if since < earliest and now - since >= limit:
            earliest = since
            longest = roads.signalled[k]
    if longest == NONE:
        return NONE
    for p in range(roads.phase_count[n]):
        if serves(roads, n, p, copy.drivable_states[longest].front):
            return p
    return NONE


@kernel
def may_be_overdue(roads: PackedRoads, copy: CopyState, n: int, limit: int, now: int) -> bool:
    """Whether a phase other than the present one was not served for `limit` seconds: cheaper than a look at lanes."""
    for p in range(roads.phase_count[n]):  # noqa: SIM110 - a plain loop for the compiler
        if p != copy.signals[n].phase and now - copy.served[n, p] >= limit:
            return True
    return False


@kernel
def demanded_phase(roads: PackedRoads, copy: CopyState, timing: Timing, n: int, now: int) -> int:
    """Phase that a limit demands after the present green, whatever is asked for; NONE if no limit demands one."""
    signal = copy.signals[n]
    if timing.max_red < NEVER and may_be_overdue(roads, copy, n, timing.max_red, now):
        overdue = longest_waiting_phase(roads, copy, n, timing.max_red, now)
        if overdue != NONE:
            return overdue
    if signal.wanted == signal.phase and signal.age >= timing.max_green:
        return longest_waiting_phase(roads, copy, n, 0, now)
    return NONE


@kernel
def begin_interval(signal: Record, interval: int) -> None:
    """Starts an interval of a signal."""
    signal.interval = interval
    signal.age = 0


@kernel
def begin_change(signal: Record, phase: int, timing: Timing) -> None:
    """Leaves the present green for another phase."""
    signal.previous = signal.phase
    signal.phase = phase
    if timing.yellow > 0:
        begin_interval(signal, YELLOW)
    elif timing.all_red > 0:
        begin_interval(signal, ALL_RED)
    else:
        begin_interval(signal, GREEN)


@kernel
def end_clearance(signal: Record, timing: Timing) -> None:
    """Goes from yellow to all-red and from there to green, when their times are over. With all-red 0, both at once."""
    if signal.interval == YELLOW and signal.age >= timing.yellow:
        begin_interval(signal, ALL_RED)
    if signal.interval == ALL_RED and signal.age >= timing.all_red:
        begin_interval(signal, GREEN)


@kernel
def show(roads: PackedRoads, copy: CopyState, n: int, row: int) -> None:
    """Shows a row of the phase table."""
    copy.signals[n].row = row
    for w in range(copy.claims.shape[1]):
        copy.claims[n, w, SHOWN] = roads.green[n, row, w]


@kernel
def rests(signal: Record, timing: Timing) -> bool:
    """Whether a signal surely stays as it is: no other phase is asked for, and no limit can demand one."""
    return (
        signal.interval == GREEN
        and signal.wanted == signal.phase
        and signal.age < timing.max_green
        and timing.max_red >= NEVER
    )


@kernel
def follow_plans(copy: CopyState, now: int) -> None:
    """Asks for the phases of the plans to which failed controllers have fallen back, in place of those asked for."""
    for n in range(copy.fallback.shape[0]):
        cycle = copy.fallback[n, 0]
        if cycle > 0:
            copy.signals[n].wanted = copy.fallback[n, 1 + now % cycle]


@kernel
def switch_signal(roads: PackedRoads, copy: CopyState, timing: Timing, n: int, now: int) -> None:
    """Sets the row that intersection n shows in this second."""
    signal = copy.signals[n]
    if not rests(signal, timing):
        end_clearance(signal, timing)
        if signal.interval == GREEN and signal.age >= max(timing.min_green, signal.demanded):
            demanded = demanded_phase(roads, copy, timing, n, now)
            phase = signal.wanted if demanded == NONE else demanded
            if phase != signal.phase:
                if signal.age > 0:  # at age 0 its green was due in this second and has not been shown
                    copy.served[n, signal.phase] = now
                signal.demanded = demanded != NONE
                begin_change(signal, phase, timing)
        row = roads.phase_row[n, signal.phase]
        if signal.interval != GREEN:
            row = roads.clearance_row[n, signal.previous, signal.phase]
        if row != signal.row:
            show(roads, copy, n, row)
    signal.age += 1
    if now < copy.history.shape[0]:
        copy.history[now, n] = signal.row
