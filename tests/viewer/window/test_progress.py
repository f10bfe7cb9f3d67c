"""Progress: panes move together, and none goes back unless the person asks for it."""

import time
from dataclasses import dataclass, field

import pytest

from tests.helpers.recorded import recorded
from tests.helpers.small_town import live

pytest.importorskip("pygame", reason="panes know pygame's surfaces")

import pygame

from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.pane import SPAN, Pane
from traffic_marl.viewer.window.state import WindowState

SLOW = 0.012  # [s] that a second of the slow run takes, about half of the budget of a frame


@dataclass
class Watched:
    """Restarts of live runs, by their labels."""

    restarts: list[str] = field(default_factory=list)


@pytest.fixture
def watched(monkeypatch):
    """Notes each run that starts again from the beginning. Runs of `max_pressure` are slow."""
    found, restart, step = Watched(), LiveRun._restart, LiveRun._step

    def noted(self):
        if hasattr(self, "_simulation"):
            found.restarts.append(self.label)
        restart(self)

    def slowed(self, *, seen):
        if self.label == "max_pressure":
            time.sleep(SLOW)
        step(self, seen=seen)

    monkeypatch.setattr(LiveRun, "_restart", noted)
    monkeypatch.setattr(LiveRun, "_step", slowed)
    return found


def state_of(*sources, speed=10.0):
    return WindowState([Pane(source) for source in sources], pygame.Surface((1000, 640)), speed=speed)


def times(state):
    return [pane.time for pane in state.panes]


def until_reached(state):
    state.advance(0.0)
    while state.playback.goal is not None:
        state.advance(0.0)


@pytest.mark.parametrize("order", [("fixed_time", "max_pressure"), ("max_pressure", "fixed_time")])
def test_after_a_long_frame_the_faster_run_waits_for_the_slower(watched, order):
    state = state_of(*map(live, order))
    shown, reached = [], []
    for elapsed in (0.016, 12.0, 0.016, 0.016, 1.0, *[0.016] * 20):
        state.advance(elapsed)
        shown.append(state.playback.position)
        reached.append(times(state))
    assert watched.restarts == []
    assert shown == sorted(shown)
    assert reached == sorted(reached)
    assert all(one == other for one, other in reached), "a run is ahead of the other"
    assert all(second == int(position) for (second, _), position in zip(reached, shown, strict=True))
    assert 10 < shown[-1] < 200, "the slow run was too fast to need waiting for, or it stands still"


def test_the_slowest_run_goes_on_in_every_frame(watched, monkeypatch):
    monkeypatch.setattr("traffic_marl.viewer.window.progress.FRAME_BUDGET", 1e-4)
    state = state_of(live("max_pressure"), live(), speed=1000.0)
    seen = []
    for _ in range(10):
        state.advance(0.016)
        seen.append(times(state))
    assert seen == [[second, second] for second in range(1, 11)]


def test_a_sought_time_is_reached_by_both_runs_together(watched):
    state = state_of(live("max_pressure"), live())
    state.playback.seek(30.0)
    while state.playback.goal is not None:
        state.advance(0.016)
        assert times(state)[0] == times(state)[1]
    assert times(state) == [30, 30]
    assert watched.restarts == []


def test_going_back_on_purpose_starts_live_runs_again(watched):
    state = state_of(live("max_pressure"), live())
    state.playback.seek(20.0)
    until_reached(state)
    Commands(state).back()
    until_reached(state)
    assert (times(state), state.playback.position) == ([10, 10], 10.0)
    assert sorted(watched.restarts) == ["fixed_time:green_s=20", "max_pressure"]


def test_a_goal_taken_back_on_the_way_there_does_not_start_a_run_again(watched):
    state = state_of(live("max_pressure"), live())
    state.playback.seek(200.0)
    state.advance(0.016)
    Commands(state).back()
    state.advance(0.016)
    assert watched.restarts == []
    assert state.playback.wanted == 190.0


def test_a_long_frame_does_not_cost_the_diagram_its_past():
    state = state_of(live(), speed=1000.0)
    state.playback.seek(100.0)
    until_reached(state)
    state.advance(0.6)
    assert state.pane.traces[0].time == 0
    assert len(state.pane.traces) == state.pane.time + 1 <= SPAN + 1


def test_recordings_go_to_any_second():
    state = state_of(recorded(), recorded())
    for second in (80.5, 20.0, 90.0):
        state.playback.seek(second)
        until_reached(state)
        assert state.playback.position == second
        assert times(state) == [int(second)] * 2


def test_a_run_that_is_over_sooner_lets_the_other_go_on(watched):
    state = state_of(live(until=20), live(until=40))
    state.playback.seek(40.0)
    until_reached(state)
    assert times(state) == [20, 40]
    state.playback.seek(30.0)
    until_reached(state)
    assert times(state) == [20, 30]
    assert len(watched.restarts) == 1, "the run that is over need not start again"


def test_the_strategy_left_alone_catches_up_without_stopping_the_window(watched):
    state = state_of(live("max_pressure"))
    state.playback.seek(30.0)
    until_reached(state)
    state.selected = 0
    Commands(state).choose_phase(2)
    known = len(state.pane.untouched.delays)
    state.playback.seek(40.0)
    until_reached(state)
    assert known <= 32
    while state.pane.alone_at(40) is None:
        before = state.pane.untouched.time
        state.advance(0.0)
        assert 0 <= state.pane.untouched.time - before <= 20, "a frame simulates too much of it"
    assert state.pane.alone_at(40) == pytest.approx(live("max_pressure").moment_at(40).mean_delay)


def test_a_hold_before_the_end_may_make_the_run_longer():
    run = live("max_pressure")
    over = run.moment_at(run.last).time
    while run.last != over:
        over = run.moment_at(run.last).time
    assert over < run.end
    run.moment_at(100)
    run.hold(0, 0)
    for n in range(1, 4):
        run.hold(n, 0)
    assert run.last == run.end
    assert isinstance(run.moment_at(over + 50), Moment)
    assert run.time == over + 50
