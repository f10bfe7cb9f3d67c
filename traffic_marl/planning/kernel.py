"""The kernel of planning: queues that grow and discharge at a stop line, second by second, in courses of phases.

A course holds the phase shown for a while, changes to another one, and goes on by a rule: a green ends when its queues
are gone and nobody arrives within the gap, and the phase with most vehicles follows. The delay of a course is the sum
of the vehicles that wait, over lanes and seconds up to the horizon. Vehicles come from the readings of their lane at
its speed limit, and from green lanes upstream as far as neighbours tell of them. A queue discharges at the saturation
flow, after the lost time of its green. A vehicle that finds no queue at green passes. Nobody leaves a lane, if that is
foreseen, while a lane of a road ahead is full.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.compiling import SOURCES, digest, entry, kernel
from traffic_marl.kernels.tables import GREEN, NONE
from traffic_marl.planning.tables import PlannedRoads, Rules, Scratch, View

NEVER_CHOSEN = np.inf  # [veh s] delay of a phase that does not come next
SOMEBODY = 0.5  # [veh] more than which are somebody: the remainder of a queue is not
NO_QUEUE = 1e-9  # [veh] up to which nobody waits, so that arrivals pass


@kernel
def note_arrival(rules: Rules, scratch: Scratch, s: int, time: float, vehicles: float) -> int:
    """Notes vehicles that come to the stop line of a lane at some time [s]. Gives the second, 0 beyond the horizon."""
    second = int(time)
    if second >= rules.horizon:
        return 0
    scratch.arrived[s, second + 1] += vehicles
    return second


@kernel
def note_let_go(
    roads: PlannedRoads,
    view: View,
    rules: Rules,
    scratch: Scratch,
    b: int,
    lane: int,
    s: int,
    after: float,
    part: float,
) -> int:
    """Notes the vehicles that a green upstream lets go from a lane. Gives the second of the last one.

    Those that stand leave at the saturation flow, and those close behind when they come to the stop line. `part` of
    them come into the lane in place `s`, `after` [s] later.
    """
    latest = 0
    time = after
    for _ in range(view.told_queue[b, lane]):
        time += 1.0 / rules.flow
        latest = max(latest, note_arrival(rules, scratch, s, time, part))
    for band in range(rules.let_go):
        vehicles = view.told_moving[b, lane, band]
        near = roads.nearest[lane, band]
        step = (roads.farthest[lane, band] - near) / max(vehicles, 1)
        for v in range(vehicles):
            time = max(time + 1.0 / rules.flow, after + near + step * (v + 0.5))
            latest = max(latest, note_arrival(rules, scratch, s, time, part))
    return latest


@kernel
def note_told(roads: PlannedRoads, view: View, rules: Rules, scratch: Scratch, b: int, place: int, s: int) -> int:
    """Notes the vehicles that neighbours let go towards a lane now. Gives the second of the last one."""
    latest = 0
    way = roads.way[roads.lane[place]]
    for f in range(roads.feeder_start[place], roads.feeder_start[place + 1]):
        m = roads.feeder[f]
        n = roads.movement_intersection[m]
        if view.told_interval[b, n] != GREEN or not roads.movement_served[m, view.told_phase[b, n]]:
            continue
        after = way + max(rules.lost - view.told_age[b, n], 0)
        for k in range(roads.movement_lane_start[m], roads.movement_lane_start[m + 1]):
            lane = roads.movement_lane[k]
            part = roads.share[f] / roads.ways[lane]
            latest = max(latest, note_let_go(roads, view, rules, scratch, b, lane, s, after, part))
    return latest


@kernel
def is_blocked(roads: PlannedRoads, view: View, b: int, place: int) -> bool:
    """Whether a lane of a road is full that a lane leads to. Its first vehicle may be the one that wants it."""
    for k in range(roads.exit_start[place], roads.exit_start[place + 1]):
        if view.told_vehicles[b, roads.exit[k]] >= roads.exit_full[k]:
            return True
    return False


@kernel
def note_lanes(roads: PlannedRoads, view: View, rules: Rules, scratch: Scratch, b: int, n: int) -> int:
    """Notes queues, arrivals and weights of the lanes of an intersection. Gives the second of the last arrival."""
    start = roads.lane_start[n]
    latest = 0
    for s in range(roads.lane_start[n + 1] - start):
        lane = roads.lane[start + s]
        stood = view.longest_wait[b, lane]
        scratch.queue[s] = view.queue[b, lane]
        scratch.weight[s] = 1.0 + rules.urgency * stood
        scratch.blocked[s] = rules.room and is_blocked(roads, view, b, start + s)
        scratch.overdue[s] = stood >= rules.longest_wait
        for t in range(rules.horizon + 1):
            scratch.arrived[s, t] = 0.0
        for band in range(view.moving.shape[2]):
            vehicles = view.moving[b, lane, band]
            near = roads.nearest[lane, band]
            step = (roads.farthest[lane, band] - near) / max(vehicles, 1)
            for v in range(vehicles):
                latest = max(latest, note_arrival(rules, scratch, s, near + step * (v + 0.5), 1.0))
        latest = max(latest, note_told(roads, view, rules, scratch, b, start + s, s))
        for t in range(rules.horizon):
            scratch.arrived[s, t + 1] += scratch.arrived[s, t]
    return latest


@kernel
def vehicles_of(
    roads: PlannedRoads, scratch: Scratch, waiting: Floats, n: int, phase: int, but: int, first: int, last: int
) -> float:
    """[veh] that wait on the lanes of a phase, or come from second `first` to `last`. Lanes of phase `but` are left."""
    total = 0.0
    for s in range(roads.lane_start[n + 1] - roads.lane_start[n]):
        if roads.open[n, phase, s] and (but == NONE or not roads.open[n, but, s]):
            total += waiting[s] + scratch.arrived[s, last] - scratch.arrived[s, first]
    return total


@kernel
def fullest_phase(roads: PlannedRoads, rules: Rules, scratch: Scratch, n: int, phase: int, second: int) -> int:
    """The phase with most vehicles by the time that it could discharge, of those other than the present one.

    NONE without anybody.
    """
    best = NONE
    most = SOMEBODY
    last = min(second + rules.change + rules.lost, rules.horizon)
    for p in range(roads.phase_count[n]):
        if p != phase:
            vehicles = vehicles_of(roads, scratch, scratch.waiting, n, p, phase, second, last)
            if vehicles > most:
                most = vehicles
                best = p
    return best


@kernel
def delay_of(
    roads: PlannedRoads,
    rules: Rules,
    scratch: Scratch,
    n: int,
    shown: int,
    age: int,
    hold: int,
    following: int,
    latest: int,
    limit: float,
) -> float:
    """[veh s] weighted delay of a course: the phase shown goes on for `hold` [s], and then another one follows.

    Above the limit it is not added up any further, nor when nobody waits after the latest arrival.
    """
    lanes = roads.lane_start[n + 1] - roads.lane_start[n]
    for s in range(lanes):
        scratch.waiting[s] = scratch.queue[s]
    phase = shown
    before = shown
    opens = 0  # second at which the green of the phase begins
    discharges = max(rules.lost - age, 0)
    total = 0.0
    for t in range(rules.horizon):
        change = NONE
        if t == hold:
            change = following
        elif t > hold and t >= opens + rules.least_green:
            end = min(t + rules.gap, rules.horizon)
            if vehicles_of(roads, scratch, scratch.waiting, n, phase, NONE, t, end) < SOMEBODY:
                change = fullest_phase(roads, rules, scratch, n, phase, t)
        if change != NONE:
            before = phase
            phase = change
            opens = t + rules.change
            discharges = opens + rules.lost
        left = 0.0
        for s in range(lanes):
            here = np.uintp(s)
            waited = scratch.waiting[here]
            waiting = waited + scratch.arrived[here, np.uintp(t + 1)] - scratch.arrived[here, np.uintp(t)]
            kept = before != phase and roads.kept[n, before, phase, here]
            if not scratch.blocked[here] and (kept or (t >= opens and roads.open[n, phase, here])):
                flow = rules.flow if kept or t >= discharges else 0.0
                waiting = max(waiting - (1.0 if waited <= NO_QUEUE else flow), 0.0)
            scratch.waiting[here] = waiting
            left += waiting
            total += scratch.weight[here] * waiting
        if total > limit or (left == 0.0 and t >= latest):
            return total
    return total


@kernel
def is_overdue(roads: PlannedRoads, scratch: Scratch, n: int, phase: int, shown: int) -> bool:
    """Whether a vehicle has stood for the longest wait on a lane that a phase serves and the one shown does not."""
    for s in range(roads.lane_start[n + 1] - roads.lane_start[n]):
        if scratch.overdue[s] and roads.open[n, phase, s] and not roads.open[n, shown, s]:
            return True
    return False


@kernel
def any_overdue(roads: PlannedRoads, scratch: Scratch, n: int, shown: int) -> bool:
    """Whether a vehicle has stood for the longest wait before a signal that is red now."""
    for p in range(roads.phase_count[n]):  # noqa: SIM110 - a plain loop for the compiler
        if is_overdue(roads, scratch, n, p, shown):
            return True
    return False


@kernel
def write_delay(roads: PlannedRoads, view: View, rules: Rules, scratch: Scratch, b: int, n: int, out: Floats) -> None:
    """Writes the delay of an intersection with each phase next (P,), that of the best course in which it does.

    Phases for which nobody waits or comes do not follow the one shown, nor those of which none is overdue if another
    one is. Where no change can be asked for now, or nobody wants one, the phase shown alone has a delay.
    """
    shown = view.phase[b, n]
    age = view.age[b, n]
    for p in range(out.shape[0]):
        out[p] = NEVER_CHOSEN
    if view.interval[b, n] != GREEN or age < rules.min_green:
        out[shown] = 0.0
        return
    latest = note_lanes(roads, view, rules, scratch, b, n)
    late = any_overdue(roads, scratch, n, shown)
    wanted = False
    for p in range(roads.phase_count[n]):
        if p == shown or (late and not is_overdue(roads, scratch, n, p, shown)):
            continue
        for h in range(-1, len(rules.holds)):
            hold = 0 if h < 0 else rules.holds[h]
            if hold >= rules.horizon or (hold > 0 and age + hold > rules.longest_green):
                break
            last = min(hold + rules.change + rules.gap, rules.horizon)
            if vehicles_of(roads, scratch, scratch.queue, n, p, shown, 0, last) <= 0.0:
                continue
            wanted = True
            best = p if hold == 0 else shown
            limit = NEVER_CHOSEN if hold == 0 else out[shown]
            out[best] = min(out[best], delay_of(roads, rules, scratch, n, shown, age, hold, p, latest, limit))
    if not wanted:
        out[shown] = 0.0


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def write_delays(roads: PlannedRoads, view: View, rules: Rules, scratch: Scratch, out: Floats) -> None:
        """Writes the planned delay of every intersection of every copy with each phase next into `out` (B, N, P)."""
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(out.shape[0]):
            for n in range(out.shape[1]):
                write_delay(roads, view, rules, scratch, b, n, out[b, n])

    return write_delays


write_delays = _compiled(SOURCES + digest(Path(__file__).parent))
