"""The log of a run: events of signals and detectors in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.events.codes import Code
from traffic_marl.events.numbering import PRESENCE, Numbering, numbering
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.local_measures.signals import greens
from traffic_marl.network.network import Network
from traffic_marl.simulation import Visits

TENTH = 10  # tenths of a second in a second
PULSE = 5  # [0.1 s] that an advance detector stays on for a vehicle

Interval = tuple[int, int]  # [0.1 s] from and to
Event = tuple[int, int, int, int]  # time [0.1 s], intersection, code and parameter


@dataclass(frozen=True, eq=False)
class EventLog:
    """The events of one copy."""

    network: Network
    numbering: Numbering
    duration: int  # [s] of the run
    events: tuple[Event, ...]  # in the order of time, intersection, code and parameter


def event_log(
    network: Network, timing: Timing, shown: Ints, visits: Visits, stays: Sequence[tuple[int, float, float]]
) -> EventLog:
    """The log of the first copy of a run.

    Args:
        network: with signals.
        timing: limits that the signals kept.
        shown: (T, N) row of the phase table in each second.
        visits: up to the end of the run.
        stays: lane, from [s] and to [s] of each vehicle in the zone of a presence detector.
    """
    numbers = numbering(network)
    occupied = _occupied(numbers, stays)
    green = greens(network, shown)
    events = [
        *_signal_events(network, numbers, timing, green, occupied),
        *_presence_events(numbers, occupied),
        *_advance_events(numbers, visits, len(shown) * TENTH),
    ]
    return EventLog(network, numbers, len(shown), tuple(sorted(events)))


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The times at which any of the intervals lasts, as intervals that do not meet."""
    found: list[Interval] = []
    for begin, end in sorted(intervals):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > begin:
            found.append((begin, end))
    return found


def _occupied(numbers: Numbering, stays: Sequence[tuple[int, float, float]]) -> dict[int, list[Interval]]:
    """The times at which somebody is in the zone of each lane."""
    of_lane: dict[int, list[Interval]] = {each.lane: [] for each in numbers.detectors}
    for lane, begin, end in stays:
        if lane in of_lane:
            of_lane[lane].append((round(begin * TENTH), round(end * TENTH)))
    return {lane: merged(intervals) for lane, intervals in of_lane.items()}


def _signal_events(
    network: Network, numbers: Numbering, timing: Timing, green: Bools, occupied: dict[int, list[Interval]]
) -> Iterator[Event]:
    """The events of all phases."""
    for m, phase in enumerate(numbers.phases):
        place = int(network.tables.movement_intersection[m])
        lanes = [
            each.lane
            for each in numbers.detectors
            if (each.intersection, each.phase, each.function) == (place, phase, PRESENCE)
        ]
        for begin, end in _runs(green[:, m]):
            yield begin * TENTH, place, Code.BEGIN_GREEN, phase
            if end < len(green):
                calls = any(from_ < end * TENTH <= to for lane in lanes for from_, to in occupied[lane])
                codes = _ending(timing, end - begin, calls)
                yield from ((time + end * TENTH, place, code, phase) for time, code in codes)


def _runs(green: Bools) -> list[tuple[int, int]]:
    """First second and end of each green."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], green.astype(np.int8), [0]])))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _ending(timing: Timing, lasted: int, calls: bool) -> list[tuple[int, Code]]:
    """The events at the end of a green, by the time since then [0.1 s]."""
    longest = timing.max_green < NEVER and lasted >= timing.max_green
    reason = Code.MAX_OUT if longest else Code.FORCE_OFF if calls else Code.GAP_OUT
    yellow = timing.yellow * TENTH
    red = yellow + timing.all_red * TENTH
    ends = ((yellow, Code.END_YELLOW), (yellow, Code.BEGIN_RED_CLEARANCE), (red, Code.END_RED_CLEARANCE))
    return [(0, reason), (0, Code.GREEN_TERMINATION), (0, Code.BEGIN_YELLOW), *ends]


def _presence_events(numbers: Numbering, occupied: dict[int, list[Interval]]) -> Iterator[Event]:
    for each in numbers.detectors:
        if each.function == PRESENCE:
            for begin, end in occupied[each.lane]:
                yield begin, each.intersection, Code.DETECTOR_ON, each.number
                yield end, each.intersection, Code.DETECTOR_OFF, each.number


def _advance_events(numbers: Numbering, visits: Visits, end: int) -> Iterator[Event]:
    """A pulse for each vehicle at the time at which it would be at the stop line at free speed."""
    detector = {each.lane: each for each in numbers.detectors if each.function != PRESENCE}
    count = int(visits.count[0])
    begun = np.flatnonzero(visits.arrived[0, :count] != NEVER)
    times = visits.moment[0, begun] + np.rint(TENTH * visits.lane_time[0, begun]).astype(np.int64)
    for lane, time in zip(visits.lane[0, begun].tolist(), times.tolist(), strict=True):
        if time < end:
            yield time, detector[lane].intersection, Code.DETECTOR_ON, detector[lane].number
            yield min(time + PULSE, end), detector[lane].intersection, Code.DETECTOR_OFF, detector[lane].number
