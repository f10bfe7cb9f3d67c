"""LiveRun: the same run as elsewhere, second by second; and what a person's holds change."""

import numpy as np
import pytest

from tests.helpers.small_town import TOWN, live, same_moment
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NONE
from traffic_marl.rollout import run
from traffic_marl.scenario import Sensors
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.viewer.live import LiveRun

STRATEGIES = ("fixed_time:green_s=20", "max_pressure", "actuated", "sotl")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_watched_run_is_the_run_of_a_comparison(strategy):
    watched = live(strategy)
    elsewhere = run(TOWN, parse(strategy), (4,))
    watched.moment_at(watched.last)
    assert watched.delays[-1] == pytest.approx(elsewhere.measures.mean_delay[0], abs=1e-9)
    assert watched.time <= elsewhere.simulation.time < watched.time + watched.interval
    assert watched.last == watched.time
    ended_early = watched.time < TOWN.duration_s + TOWN.clearing_s
    assert ended_early == bool(elsewhere.simulation.is_clear()[0]) == (strategy != STRATEGIES[0])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_watched_run_meets_the_same_failing_detectors(strategy):
    sensors = Sensors(missed_share=0.2, blind_share=0.2, delay_s=2)
    faulty = TOWN.model_copy(update={"sensors": sensors})
    watched = LiveRun(faulty, parse(strategy), 4)
    watched.moment_at(watched.last)
    elsewhere = run(faulty, parse(strategy), (4,)).measures.mean_delay[0]
    assert watched.delays[-1] == pytest.approx(elsewhere, abs=1e-9)
    sound = run(TOWN, parse(strategy), (4,)).measures.mean_delay[0]
    assert (elsewhere == sound) == (strategy == STRATEGIES[0])


class Echo:
    """Asks for a phase that depends on all that readings add up over an interval."""

    interval = None

    def __init__(self):
        self.seen = []

    def start(self, conditions):
        return self

    def decide(self, readings):
        self.seen.append((readings.time, readings.span, readings.delay.sum(), readings.discharged.sum()))
        return np.full(readings.phase.shape, int(readings.delay.sum()) % 4, np.int32)


def test_a_strategy_sees_readings_over_its_whole_interval():
    watched, elsewhere = Echo(), Echo()
    LiveRun(TOWN, NamedStrategy("echo", watched), 4, until=100).moment_at(100)
    run(TOWN, NamedStrategy("echo", elsewhere), (4,), until=100)
    assert watched.seen == elsewhere.seen
    assert [time for time, *_ in watched.seen] == list(range(0, 100, 10))
    assert sum(discharged for *_, discharged in watched.seen) > 0


class Patient:
    """Asks for phase 0 throughout and keeps the readings."""

    interval = None

    def __init__(self):
        self.seen = []

    def start(self, setting):
        return self

    def decide(self, readings):
        self.seen.append(readings)
        return np.zeros(readings.phase.shape, np.int32)


def test_readings_add_up_over_an_interval_in_which_a_person_takes_over():
    strategy = Patient()
    watched = LiveRun(TOWN, NamedStrategy("patient", strategy), 4)
    watched.moment_at(63)
    watched.hold(2, 1)
    watched.moment_at(71)
    simulation = TOWN.simulation([4])
    simulation.advance(np.zeros((1, 4), np.int32), 60)
    simulation.advance(np.zeros((1, 4), np.int32), 3)
    simulation.advance(np.array([[0, 0, 1, 0]], np.int32), 7, continues=True)
    seen, expected = strategy.seen[-1], simulation.readings()
    assert (seen.time, seen.span) == (expected.time, expected.span) == (70, 10)
    assert np.array_equal(seen.delay, expected.delay)
    assert np.array_equal(seen.discharged, expected.discharged)
    assert seen.discharged.sum() > 0


def test_moments_come_in_any_order():
    forth, back = live(), live()
    there = {second: forth.moment_at(second) for second in (30, 31, 80)}
    assert [there[second].time for second in there] == [30, 31, 80]
    for second in (80, 31, 30, 80):
        assert same_moment(back.moment_at(second), there[second])


def test_delays_are_known_for_every_second_that_came():
    watched = live()
    watched.moment_at(90)
    assert len(watched.delays) == 91
    assert watched.delays[60] == live().moment_at(60).mean_delay
    assert watched.delay_at(40) == watched.delays[40]
    assert watched.time == 90
    assert watched.delay_at(95) == watched.delays[95]
    assert watched.time == 95


def test_a_held_signal_shows_what_a_person_asks_for():
    watched = live()
    watched.moment_at(60)
    before = watched.inspect(2)
    phase = (before.asked + 1) % 4
    watched.hold(2, phase)
    assert watched.held[2] == phase
    later = watched.moment_at(80)
    assert later.positions.phase[2] == phase
    found = watched.inspect(2)
    assert found.held == phase
    watched.moment_at(100)
    assert watched.moment_at(100).positions.phase[2] == phase, "fixed time would have gone on"


def test_a_hold_keeps_min_green_and_yellow():
    watched = live()
    watched.moment_at(60)
    watched.hold(0, 1)
    watched.moment_at(75)
    watched.hold(0, 3)
    intervals = [int(watched.moment_at(second).positions.interval[0]) for second in range(76, 90)]
    assert intervals[:6] == [1, 1, 1, 2, 2, 0]


def test_a_hold_changes_nothing_before_it_and_something_after():
    watched, untouched = live(), live()
    watched.moment_at(60)
    watched.hold(2, 1)
    watched.moment_at(200)
    assert same_moment(watched.moment_at(60), untouched.moment_at(60))
    assert not same_moment(watched.moment_at(200), untouched.moment_at(200))
    assert watched.delays[1:61] == untouched.delays[1:61]
    assert watched.delays[200] != untouched.delays[200]
    alone = watched.untouched()
    assert alone.delays[1:] == untouched.delays[1:61]
    assert alone.delay_at(200) == untouched.delays[200]
    assert alone.delays[1:] == untouched.delays[1:]


def test_going_back_makes_the_same_run_with_the_same_holds():
    watched = live()
    watched.moment_at(60)
    watched.hold(2, 1)
    watched.moment_at(110)
    watched.hold(2, NONE)
    there = watched.moment_at(150)
    delays = list(watched.delays)
    watched.moment_at(3)
    assert watched.held[2] == NONE
    assert watched.moment_at(80).positions.phase[2] == 1
    assert watched.held[2] == 1
    assert same_moment(watched.moment_at(150), there)
    assert watched.held[2] == NONE
    assert watched.delays[1:] == delays[1:]


def test_another_hold_in_the_past_leaves_the_old_future_behind():
    watched = live()
    watched.moment_at(60)
    watched.hold(2, 1)
    watched.moment_at(120)
    watched.hold(2, 3)
    watched.moment_at(150)
    watched.moment_at(90)
    watched.hold(0, 0)
    assert watched.holds == [(60, 2, 1), (90, 0, 0)]
    assert len(watched.delays) == 91
    assert watched.moment_at(150).positions.phase[2] == 1


def test_a_run_cut_short_in_time_ends_there():
    watched = live(until=70)
    assert watched.last == 70
    assert watched.moment_at(70).time == 70
    with pytest.raises(UsageError, match="past the end of the demand"):
        live(until=1000)


def test_an_inspection_tells_what_readings_and_strategies_say():
    watched = live("longest_queue")
    watched.moment_at(50)
    found = watched.inspect(1)
    assert found.next_decision == 0
    assert found.held == NONE
    assert set(found.advice) == {"longest_queue", "max_pressure"}
    advised = found.advice["longest_queue"]
    watched.moment_at(51)
    found = watched.inspect(1)
    assert found.asked == advised
    assert found.next_decision == 9
    assert found.probabilities is None
    assert found.lanes.tolist() == watched.street_map.incoming_lanes[1].tolist()
    assert (found.vehicles >= found.queue).all()
    assert found.vehicles.sum() > 0


class Dice:
    """A strategy that tells how probable its choices are."""

    interval = None

    def start(self, conditions):
        return self

    def decide(self, readings):
        return np.zeros(readings.phase.shape, np.int32)

    def probabilities(self, readings):
        weights = np.ones((*readings.phase.shape, 4))
        weights[..., 0] += readings.time
        return weights / weights.sum(axis=2, keepdims=True)


def test_probabilities_are_those_of_the_last_decision():
    watched = LiveRun(TOWN, NamedStrategy("dice", Dice()), 4)
    watched.moment_at(25)
    assert watched.inspect(0).probabilities == pytest.approx([21 / 24, 1 / 24, 1 / 24, 1 / 24])
