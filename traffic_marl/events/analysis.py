"""What is usually read from logs of controllers: arrivals on green, and cycles whose green did not suffice."""

from collections import defaultdict
from dataclasses import dataclass

from traffic_marl.events.codes import Code
from traffic_marl.events.log import TENTH, EventLog, Interval, merged
from traffic_marl.events.numbering import ADVANCE, PRESENCE

AFTER_RED = 5 * TENTH  # [0.1 s] of red in which it is looked at who still waits
FULL = 0.8  # share of green and of red above which a detector is on throughout

Phase = tuple[int, int]  # intersection and phase


@dataclass(frozen=True)
class PhaseCycles:
    """The cycles of one phase, from one begin of green to the next."""

    cycles: int
    failures: int  # cycles that left vehicles behind


def arrivals_on_green(log: EventLog) -> dict[Phase, tuple[int, int]]:
    """Arrivals and those on green by intersection and phase, from the advance detectors.

    Green lasts from its begin to the begin of yellow. An arrival in the tenth of a second of either counts to what
    begins.
    """
    phase_of = _phase_of(log, ADVANCE)
    is_green: dict[Phase, bool] = {}
    found: dict[Phase, tuple[int, int]] = dict.fromkeys(phase_of.values(), (0, 0))
    for _, place, code, parameter in log.events:
        if code in (Code.BEGIN_GREEN, Code.BEGIN_YELLOW):
            is_green[place, parameter] = code == Code.BEGIN_GREEN
        elif code == Code.DETECTOR_ON and (place, parameter) in phase_of:
            phase = phase_of[place, parameter]
            arrivals, on_green = found[phase]
            found[phase] = (arrivals + 1, on_green + is_green.get(phase, False))
    return found


def split_failures(log: EventLog) -> dict[Phase, PhaseCycles]:
    """Cycles and split failures by intersection and phase, from the presence detectors.

    A split fails where somebody is at the stop line for 80 % of the green and for 80 % of the first 5 s of red. Only
    cycles with a whole green, a yellow and 5 s of red count.

    Source: Smaglik et al. 2011, green and red occupancy ratios, as the Automated Traffic Signal Performance Measures
    count them.
    """
    occupied = _occupied(log)
    begins: dict[Phase, list[tuple[int, int]]] = defaultdict(list)
    for time, place, code, parameter in log.events:
        if code in (Code.BEGIN_GREEN, Code.BEGIN_YELLOW, Code.BEGIN_RED_CLEARANCE):
            begins[place, parameter].append((time, code))
    return {phase: _cycles(begins[phase], intervals, log.duration * TENTH) for phase, intervals in occupied.items()}


def _phase_of(log: EventLog, function: str) -> dict[Phase, Phase]:
    """The phase that each detector of a function calls, by intersection and number."""
    return {
        (each.intersection, each.number): (each.intersection, each.phase)
        for each in log.numbering.detectors
        if each.function == function
    }


def _occupied(log: EventLog) -> dict[Phase, list[Interval]]:
    """The times at which a presence detector of each phase is on."""
    phase_of = _phase_of(log, PRESENCE)
    since: dict[Phase, int] = {}
    intervals: dict[Phase, list[Interval]] = {phase: [] for phase in phase_of.values()}
    for time, place, code, parameter in log.events:
        if (place, parameter) in phase_of and code == Code.DETECTOR_ON:
            since[place, parameter] = time
        elif (place, parameter) in phase_of and code == Code.DETECTOR_OFF:
            intervals[phase_of[place, parameter]].append((since.pop((place, parameter)), time))
    return {phase: merged(each) for phase, each in intervals.items()}


def _cycles(begins: list[tuple[int, int]], intervals: list[Interval], end: int) -> PhaseCycles:
    """The whole cycles among the begins of green, yellow and red."""
    cycles = failures = 0
    for (green, one), (yellow, two), (red, three) in zip(begins, begins[1:], begins[2:], strict=False):
        whole = (one, two, three) == (Code.BEGIN_GREEN, Code.BEGIN_YELLOW, Code.BEGIN_RED_CLEARANCE)
        if whole and red + AFTER_RED <= end and yellow > green:
            cycles += 1
            busy = _overlap(intervals, green, yellow) >= FULL * (yellow - green)
            failures += busy and _overlap(intervals, red, red + AFTER_RED) >= FULL * AFTER_RED
    return PhaseCycles(cycles, failures)


def _overlap(intervals: list[Interval], begin: int, end: int) -> int:
    """[0.1 s] within begin and end in which an interval lasts."""
    return sum(max(0, min(to, end) - max(from_, begin)) for from_, to in intervals)
