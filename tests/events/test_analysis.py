"""Arrivals on green and split failures of logs worked by hand."""

from types import SimpleNamespace

import pytest

from traffic_marl.events import Code, PhaseCycles, arrivals_on_green, split_failures
from traffic_marl.events.numbering import ADVANCE, PRESENCE, Detector

PHASE, PRESENT, AHEAD = 2, 1, 2  # numbers of the phase and of its detectors
DETECTORS = (
    Detector(0, PRESENT, PHASE, PRESENCE, 0, 10.0, 0.0),
    Detector(0, AHEAD, PHASE, ADVANCE, 0, 100.0, 9.0),
)


def log(*events, duration=200):
    """A log of one phase: times [s], codes and numbers."""
    ordered = sorted((round(10 * time), 0, code, number) for time, code, number in events)
    return SimpleNamespace(events=tuple(ordered), numbering=SimpleNamespace(detectors=DETECTORS), duration=duration)


def cycle(begin, green=20.0, yellow=3.0):
    ends = begin + green
    return [
        (begin, Code.BEGIN_GREEN, PHASE),
        (ends, Code.BEGIN_YELLOW, PHASE),
        (ends + yellow, Code.BEGIN_RED_CLEARANCE, PHASE),
    ]


def stay(begin, end):
    return [(begin, Code.DETECTOR_ON, PRESENT), (end, Code.DETECTOR_OFF, PRESENT)]


def test_an_arrival_counts_to_the_signal_that_begins_in_its_tenth_of_a_second():
    times = (5.0, 9.9, 10.0, 29.9, 30.0, 33.0)
    found = arrivals_on_green(log(*cycle(10.0), *((time, Code.DETECTOR_ON, AHEAD) for time in times)))
    assert found == {(0, PHASE): (6, 2)}


@pytest.mark.parametrize(
    ("begin", "end", "failures"),
    [
        (10.0, 40.0, 1),
        (14.0, 37.0, 1),  # 80 % of green, 80 % of the first 5 s of red
        (14.1, 37.0, 0),
        (14.0, 36.9, 0),
        (10.0, 29.0, 0),
        (31.0, 60.0, 0),
    ],
)
def test_a_split_fails_where_somebody_is_there_in_green_and_still_in_red(begin, end, failures):
    assert split_failures(log(*cycle(10.0), *stay(begin, end))) == {(0, PHASE): PhaseCycles(1, failures)}


def test_stays_are_added_up():
    pieces = [*stay(12.0, 20.0), *stay(21.0, 29.0), *stay(33.0, 35.0), *stay(36.0, 38.0)]
    assert split_failures(log(*cycle(10.0), *pieces))[0, PHASE].failures == 1


def test_a_cycle_that_the_run_cuts_off_does_not_count():
    events = [*cycle(10.0), *cycle(100.0), *stay(5.0, 150.0)]
    assert split_failures(log(*events, duration=127))[0, PHASE] == PhaseCycles(1, 1)
    assert split_failures(log(*events, duration=128))[0, PHASE] == PhaseCycles(2, 2)
