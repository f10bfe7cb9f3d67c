"""The kernels of action spaces: calls of the detectors, the moments of choice, and the phases that may be asked for.

A movement calls while a vehicle stands on one of its lanes, or moves within reach of the stop line, and it has no
green. The zones of a green, which let it gap out, are shorter: a vehicle that calls from afar can find a green. A
movement is blocked while all lanes of its exit road are full. It keeps no green then, and is offered none, but its wait
goes on.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from traffic_marl.actions.tables import NO_BOUND, REACH, ZONE, CallingRoads, Calls, Rules, View
from traffic_marl.arrays import Bools
from traffic_marl.kernels.compiling import SOURCES, digest, entry, kernel
from traffic_marl.kernels.tables import FULL, GREEN, NONE


@kernel
def is_occupied(roads: CallingRoads, view: View, b: int, m: int, bands: int) -> bool:
    """Whether a vehicle stands on a movement's lanes or moves in so many bands before its stop lines."""
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        lane = np.uintp(roads.lane[np.uintp(k)])
        if view.queue[np.uintp(b), lane] > 0:
            return True
        for band in range(bands):
            if view.moving[np.uintp(b), lane, np.uintp(band)] > 0:
                return True
    return False


@kernel
def full_exits(roads: CallingRoads, view: View, b: int, m: int) -> int:
    """Number of lanes of the road that a movement leads to that have no room for a vehicle."""
    count = 0
    for k in range(roads.exit_start[m], roads.exit_start[m + 1]):
        vehicles = view.vehicles[np.uintp(b), np.uintp(roads.exit[np.uintp(k)])]
        if vehicles >= FULL * roads.exit_places[np.uintp(k)]:
            count += 1
    return count


@kernel
def has_left(roads: CallingRoads, view: View, b: int, m: int) -> bool:
    """Whether somebody left one of a movement's lanes since the last decision."""
    for k in range(roads.lane_start[m], roads.lane_start[m + 1]):
        if view.discharged[np.uintp(b), np.uintp(roads.lane[np.uintp(k)])] > 0:
            return True
    return False


@kernel
def note_calls(roads: CallingRoads, view: View, calls: Calls, rules: Rules, span: int, b: int, n: int) -> None:
    """Counts how long each movement has called, and how long the zones of the green have been empty.

    A call ends when nobody is there any more, and in its green when somebody leaves. If nobody does, because they yield
    to others or their lane of the exit road is full, the turn of the next one comes after the share of green of an
    overdue phase. The call is due again a while later.
    """
    shown = view.phase[b, n]
    green = view.interval[b, n] == GREEN
    kept = not green
    for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
        m = roads.movement[k]
        if not is_occupied(roads, view, b, m, REACH):
            calls.waited[b, m] = 0
            calls.blocked[b, m] = False
            continue
        full = full_exits(roads, view, b, m)
        blocked = full == roads.exit_start[m + 1] - roads.exit_start[m]
        calls.blocked[b, m] = blocked
        served = green and roads.served[m, shown]
        if served and has_left(roads, view, b, m):
            calls.waited[b, m] = 0
        elif served and view.age[b, n] >= rules.share:
            calls.waited[b, m] = min(calls.waited[b, m], rules.retried)
        else:
            calls.waited[b, m] += span
        kept = kept or (served and not blocked and is_occupied(roads, view, b, m, ZONE))
    calls.empty[b, n] = 0 if kept else calls.empty[b, n] + span


@kernel
def mark_called(roads: CallingRoads, view: View, calls: Calls, b: int, n: int, out: Bools) -> bool:
    """Allows the phases that serve a call, but not the one shown. Whether there is one."""
    found = False
    for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
        m = roads.movement[k]
        if calls.waited[b, m] == 0 or calls.blocked[b, m] or roads.served[m, view.phase[b, n]]:
            continue
        for p in range(roads.phase_count[n]):
            if roads.served[m, p]:
                out[p] = True
                found = True
    return found


@kernel
def is_taken(roads: CallingRoads, m: int, shown: int, phases: int) -> bool:
    """Whether the phase shown, or one of some phases, given as bits, serves a movement."""
    if roads.served[m, shown]:
        return True
    for p in range(roads.served.shape[1]):  # noqa: SIM110 - a plain loop for the compiler
        if roads.served[m, p] and (phases >> p) & 1:
            return True
    return False


@kernel
def longest_calling(roads: CallingRoads, view: View, calls: Calls, phases: int, b: int, n: int) -> int:
    """The movement that has called longest, of those that none of some phases serves. NONE if nobody calls."""
    longest = NONE
    for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
        m = roads.movement[k]
        wait = calls.waited[b, m]
        most = 0 if longest == NONE else calls.waited[b, longest]
        if wait > most and not calls.blocked[b, m] and not is_taken(roads, m, view.phase[b, n], phases):
            longest = m
    return longest


@kernel
def busiest_phase(roads: CallingRoads, view: View, calls: Calls, phases: int, m: int, b: int, n: int) -> int:
    """The phase that serves a movement and, with it, most of the movements that call and have no turn yet."""
    best = NONE
    most = 0
    for p in range(roads.phase_count[n]):
        if not roads.served[m, p]:
            continue
        count = 0
        for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
            other = roads.movement[k]
            is_calling = roads.served[other, p] and calls.waited[b, other] > 0 and not calls.blocked[b, other]
            if is_calling and not is_taken(roads, other, view.phase[b, n], phases):
                count += 1
        if count > most:
            most = count
            best = p
    return best


@kernel
def is_in_time(roads: CallingRoads, view: View, calls: Calls, rules: Rules, b: int, n: int, first: int) -> bool:
    """Whether all calls can still be served within the bound if a phase comes first, or if the green is held.

    Calls take turns, the longest wait first. Each turn takes an intergreen and a share of green, and serves all
    movements of a phase.
    """
    turn = rules.change + rules.share
    begins = rules.change
    phases = 0
    if first == NONE:
        begins += 1
    else:
        begins += turn
        phases = 1 << first
    for _ in range(roads.phase_count[n]):
        m = longest_calling(roads, view, calls, phases, b, n)
        if m == NONE:
            return True
        if calls.waited[b, m] + begins > rules.longest_wait:
            return False
        phases |= 1 << busiest_phase(roads, view, calls, phases, m, b, n)
        begins += turn
    return True


@kernel
def may_be_late(roads: CallingRoads, calls: Calls, rules: Rules, b: int, n: int) -> bool:
    """Whether a call could be late after any choice: cheaper than a look at all turns."""
    if rules.longest_wait == NO_BOUND:
        return False
    least = rules.longest_wait - rules.change - roads.phase_count[n] * (rules.change + rules.share)
    for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
        if calls.waited[b, roads.movement[k]] >= least:
            return True
    return False


@kernel
def has_turn(roads: CallingRoads, view: View, calls: Calls, rules: Rules, b: int, n: int) -> bool:
    """Whether the green shown is the turn of an overdue call that nobody has left yet, although there is room."""
    if rules.longest_wait == NO_BOUND or view.age[b, n] >= rules.share:
        return False
    for k in range(roads.movement_start[n], roads.movement_start[n + 1]):
        m = roads.movement[k]
        if roads.served[m, view.phase[b, n]] and calls.waited[b, m] > rules.retried and not calls.blocked[b, m]:
            return True
    return False


@kernel
def keep_in_time(roads: CallingRoads, view: View, calls: Calls, rules: Rules, b: int, n: int, out: Bools) -> None:
    """Forbids the phases after which a call would be late. If that leaves none, the longest call comes first."""
    shown = view.phase[b, n]
    found = False
    for p in range(roads.phase_count[n]):
        if out[p]:
            out[p] = is_in_time(roads, view, calls, rules, b, n, NONE if p == shown else p)
            found = found or out[p]
    if found:
        return
    m = longest_calling(roads, view, calls, 0, b, n)
    for p in range(roads.phase_count[n]):
        out[p] = roads.served[m, p] if m != NONE else p == shown


@kernel
def write_choice(
    roads: CallingRoads, view: View, calls: Calls, rules: Rules, planned: bool, b: int, n: int, out: Bools
) -> None:
    """Allows what an intersection may ask for now: several phases if it has a choice, else the one shown."""
    shown = view.phase[b, n]
    age = view.age[b, n]
    out[:] = False
    if view.interval[b, n] != GREEN or age < rules.min_green or has_turn(roads, view, calls, rules, b, n):
        out[shown] = True
        return
    is_close = may_be_late(roads, calls, rules, b, n)
    late = is_close and age >= rules.least_green and not is_in_time(roads, view, calls, rules, b, n, NONE)
    gapped = calls.empty[b, n] >= rules.gap
    over = age >= rules.longest_green
    early = age >= rules.least_green and age % rules.clock == 0
    called = (late or gapped or over or early or planned) and mark_called(roads, view, calls, b, n, out)
    out[shown] = not (over and called)
    if called and is_close:
        keep_in_time(roads, view, calls, rules, b, n, out)


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def write_choices(
        roads: CallingRoads, view: View, calls: Calls, rules: Rules, span: int, planned: Bools, out: Bools
    ) -> None:
        """Notes the calls and writes what every intersection of every copy may ask for into `out` (B, N, P).

        `planned` (B, N) are the intersections whose plan wants another phase than that shown.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(out.shape[0]):
            for n in range(out.shape[1]):
                note_calls(roads, view, calls, rules, span, b, n)
                write_choice(roads, view, calls, rules, planned[b, n], b, n, out[b, n])

    return write_choices


write_choices = _compiled(SOURCES + digest(Path(__file__).parent))
