"""The log of a run beside what the run shows."""

from collections import Counter

import numpy as np
import pytest

from tests.helpers.logged import logged_run
from tests.helpers.two_intersections import scenario
from traffic_marl.events import Code, arrivals_on_green
from traffic_marl.events.log import merged

SIGNALS = {"phases": "four", "yellow_s": 3, "all_red_s": 2, "min_green_s": 5}
BUSY = scenario(demand={"kind": "turning", "inflow_vph": 700}, duration_s=400, signals=SIGNALS)


@pytest.fixture(scope="module")
def logged():
    return logged_run(BUSY, "actuated")


def of(log, place, *codes):
    return [(time, code, number) for time, at, code, number in log.events if at == place and code in codes]


def test_events_stand_in_the_order_of_time(logged):
    _, log = logged
    times = [time for time, *_ in log.events]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] <= log.duration * 10


def test_each_green_is_followed_by_yellow_and_red_clearance(logged):
    _, log = logged
    after = {Code.BEGIN_YELLOW: 0, Code.END_YELLOW: 30, Code.BEGIN_RED_CLEARANCE: 30, Code.END_RED_CLEARANCE: 50}
    ends = Counter((place, number, time) for time, place, code, number in log.events if code == Code.GREEN_TERMINATION)
    assert len(ends) > 20
    assert set(ends.values()) == {1}
    for code, late in after.items():
        found = {(place, number, time - late) for time, place, each, number in log.events if each == code}
        assert found == set(ends)


def test_each_green_ends_for_one_reason(logged):
    _, log = logged
    reasons = [event for event in log.events if event[2] in (Code.GAP_OUT, Code.MAX_OUT, Code.FORCE_OFF)]
    assert len(reasons) == sum(event[2] == Code.GREEN_TERMINATION for event in log.events)
    assert {event[2] for event in reasons} >= {Code.GAP_OUT, Code.FORCE_OFF}


def test_a_green_that_lasts_its_maximum_ends_by_max_out():
    short = BUSY.model_copy(update={"signals": BUSY.signals.model_copy(update={"max_green_s": 20})})
    _, log = logged_run(short, "fixed_time:green_s=20")
    assert {event[2] for event in log.events} & {Code.GAP_OUT, Code.MAX_OUT, Code.FORCE_OFF} == {Code.MAX_OUT}


def test_green_times_are_those_of_the_signals(logged):
    rollout, log = logged
    network, shown = rollout.simulation.network, rollout.simulation.signal_log()[0]
    for m, phase in enumerate(log.numbering.phases):
        place = int(network.tables.movement_intersection[m])
        green = np.array([m in network.row_movements[place][row] for row in shown[:, place].tolist()])
        begins = [time // 10 for time, _, number in of(log, place, Code.BEGIN_GREEN) if number == phase]
        assert begins == np.flatnonzero(np.diff(np.concatenate([[0], green.astype(int)])) == 1).tolist()


def test_detectors_are_on_and_off_in_turn(logged):
    _, log = logged
    on = Counter()
    for _, place, code, number in log.events:
        if code in (Code.DETECTOR_ON, Code.DETECTOR_OFF) and number <= 12:
            on[place, number] += 1 if code == Code.DETECTOR_ON else -1
            assert on[place, number] in (0, 1)
    assert not any(on.values())


def test_arrivals_on_green_are_those_of_the_movements(logged):
    rollout, log = logged
    movements, arrivals = rollout.local.movements, arrivals_on_green(log)
    at = rollout.simulation.network.tables.movement_intersection
    total = 0
    for m, phase in enumerate(log.numbering.phases):
        number, on_green = arrivals[int(at[m]), phase]
        share = movements.arrivals_on_green[0, m]
        total += number
        assert on_green / number == pytest.approx(share) if number else np.isnan(share)
    assert total >= movements.served[0].sum()


def test_intervals_that_meet_are_one():
    assert merged([(5, 9), (0, 3), (3, 4), (8, 12), (20, 20)]) == [(0, 4), (5, 12)]
