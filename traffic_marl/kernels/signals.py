"""Signals: what is shown in each second, whatever is asked for.

A request for another phase is granted once the green has lasted its minimum; the change always shows the clearance
row for yellow and all-red. Two limits overrule requests: a green that has lasted its maximum while vehicles wait
elsewhere ends, and a movement whose first vehicle has stood at red for the longest time allowed is served next.
"""

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, NONE, YELLOW, Timing
from traffic_marl.kernels.traffic import SHOWN, Copy, Layout


@kernel
def serves(layout: Layout, n: int, phase: int, connection: int) -> bool:
    """Whether a connection is green in a phase of intersection n."""
    road = layout.drivables[connection]
    return (layout.green[n, layout.phase_row[n, phase], road.word] & road.mask) != 0


@kernel
def stands_since(layout: Layout, copy: Copy, n: int, lane: int, now: int) -> int:
    """Since when the first vehicle of a lane has stood at a red [s]; NEVER if none does."""
    state = copy.states[lane]
    if state.standing == NEVER or state.front == NONE:
        return NEVER
    signal = copy.signals[n]
    if serves(layout, n, signal.phase, state.front):
        return NEVER
    since = state.standing
    for p in range(layout.phase_count[n]):
        if serves(layout, n, p, state.front):
            since = max(since, copy.served[n, p])
    return since


@kernel
def longest_waiting_phase(layout: Layout, copy: Copy, n: int, limit: int, now: int) -> int:
    """First phase that serves the lane whose first vehicle has stood longest at a red, at least `limit`; else NONE."""
    earliest = NEVER
    longest = NONE
    for k in range(layout.approach_start[n], layout.approach_start[n + 1]):
        since = stands_since(layout, copy, n, layout.approach[k], now)
        if since < earliest and now - since >= limit:
            earliest = since
            longest = layout.approach[k]
    if longest == NONE:
        return NONE
    for p in range(layout.phase_count[n]):
        if serves(layout, n, p, copy.states[longest].front):
            return p
    return NONE


@kernel
def may_be_overdue(layout: Layout, copy: Copy, n: int, limit: int, now: int) -> bool:
    """Whether some phase but the present one was not served for `limit` seconds: a cheap test, before lanes."""
    for p in range(layout.phase_count[n]):  # noqa: SIM110 - a plain loop for the compiler
        if p != copy.signals[n].phase and now - copy.served[n, p] >= limit:
            return True
    return False


@kernel
def next_phase(layout: Layout, copy: Copy, timing: Timing, n: int, now: int) -> int:
    """Phase due after the present green: the one asked for, unless a limit demands another."""
    signal = copy.signals[n]
    if timing.max_red < NEVER and may_be_overdue(layout, copy, n, timing.max_red, now):
        overdue = longest_waiting_phase(layout, copy, n, timing.max_red, now)
        if overdue != NONE:
            return overdue
    if signal.wanted == signal.phase and signal.age >= timing.max_green:
        waiting = longest_waiting_phase(layout, copy, n, 0, now)
        if waiting != NONE:
            return waiting
    return signal.wanted


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
    """Goes from yellow to all-red and from there to green, as their times are over."""
    if signal.interval == YELLOW and signal.age >= timing.yellow:
        begin_interval(signal, ALL_RED)
    if signal.interval == ALL_RED and signal.age >= timing.all_red:
        begin_interval(signal, GREEN)


@kernel
def show(layout: Layout, copy: Copy, n: int, row: int) -> None:
    """Shows a row of the phase table."""
    copy.signals[n].row = row
    for w in range(copy.claims.shape[1]):
        copy.claims[n, w, SHOWN] = layout.green[n, row, w]


@kernel
def rests(signal: Record, timing: Timing) -> bool:
    """Whether a signal surely stays as it is: nobody wants another phase, and no limit can demand one."""
    return (
        signal.interval == GREEN
        and signal.wanted == signal.phase
        and signal.age < timing.max_green
        and timing.max_red >= NEVER
    )


@kernel
def switch_signal(layout: Layout, copy: Copy, timing: Timing, n: int, now: int) -> None:
    """Sets what intersection n shows in this second."""
    signal = copy.signals[n]
    if not rests(signal, timing):
        end_clearance(signal, timing)
        if signal.interval == GREEN and signal.age >= timing.min_green:
            phase = next_phase(layout, copy, timing, n, now)
            if phase != signal.phase:
                if signal.age > 0:  # else its green was due in this second and has not been shown
                    copy.served[n, signal.phase] = now
                begin_change(signal, phase, timing)
        row = layout.phase_row[n, signal.phase]
        if signal.interval != GREEN:
            row = layout.clearance_row[n, signal.previous, signal.phase]
        if row != signal.row:
            show(layout, copy, n, row)
    signal.age += 1
    if now < copy.history.shape[0]:
        copy.history[now, n] = signal.row
