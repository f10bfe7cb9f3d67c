"""Playback: the clock of a window."""

import pytest

from traffic_marl.viewer.window.playback import SPEEDS, Playback


def test_time_goes_on_with_the_speed_and_stops_at_the_end():
    playback = Playback(last=100, speed=10.0)
    playback.tick(0.25)
    assert (playback.position, playback.second, playback.share) == (2.5, 2, 0.5)
    playback.tick(20.0)
    assert playback.position == 100.0
    assert playback.ended


def test_a_pause_holds_the_time():
    playback = Playback(last=100, speed=10.0, paused=True)
    playback.tick(1.0)
    assert playback.position == 0.0
    assert not playback.ended


def test_a_step_goes_to_the_next_second_and_pauses():
    playback = Playback(last=100, speed=10.0, position=4.6)
    playback.step()
    playback.reach(5, 100)
    assert playback.position == 5.0
    assert playback.paused


def test_a_sought_time_is_shown_once_it_is_reached():
    playback = Playback(last=100, speed=10.0)
    playback.seek(60.5)
    playback.reach(20, 100)
    assert (playback.position, playback.wanted) == (20.0, 60.5)
    playback.tick(1.0)
    assert playback.position == 20.0, "time went on while another is sought"
    playback.reach(60, 100)
    assert (playback.position, playback.goal) == (60.5, None)


def test_a_time_too_fast_for_the_run_waits_for_it():
    playback = Playback(last=100, speed=10.0, position=50.0)
    playback.reach(30, 100)
    assert (playback.second, playback.goal) == (30, None)


def test_the_clock_waits_for_the_runs_and_never_goes_back():
    playback = Playback(last=1000, speed=10.0)
    shown = []
    for elapsed, reached in ((0.75, 7), (5.0, 7), (0.02, 8), (0.02, 8), (0.07, 9)):
        playback.tick(elapsed)
        playback.reach(reached, 1000)
        shown.append(playback.position)
    assert [int(position) for position in shown] == [7, 7, 8, 8, 9]
    assert shown == sorted(shown)
    assert shown[0] == 7.5


@pytest.mark.parametrize(("wanted", "shown"), [(-5.0, 0.0), (500.0, 100.0)])
def test_times_beyond_the_run_are_its_ends(wanted, shown):
    playback = Playback(last=100, speed=1.0, position=10.0)
    playback.seek(wanted)
    playback.reach(100, 100)
    assert playback.position == shown


def test_a_run_that_ends_sooner_takes_the_time_along():
    playback = Playback(last=100, speed=1.0, position=90.0)
    playback.reach(70, 70)
    assert playback.position == 70.0
    assert playback.ended


def test_speeds_go_up_and_down_and_stay_at_their_ends():
    playback = Playback(last=100, speed=7.0)
    playback.faster()
    assert playback.speed == 10.0
    for _ in SPEEDS:
        playback.faster()
    assert playback.speed == SPEEDS[-1]
    for _ in range(len(SPEEDS) + 1):
        playback.slower()
    assert playback.speed == SPEEDS[0]
