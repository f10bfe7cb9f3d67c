"""WindowState without a window: what commands change, and what follows from it."""

import pytest

from tests.helpers.recorded import recorded
from tests.helpers.small_town import live

pytest.importorskip("pygame", reason="the state knows pygame's surfaces")

import pygame

from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.state import WindowState


def state_of(*sources):
    return WindowState([Pane(source) for source in sources], pygame.Surface((1000, 640)), speed=10.0)


def test_commands_need_no_window():
    state = state_of(live())
    commands = Commands(state)
    commands.select_next()
    commands.choose_phase(1)
    assert state.pane.live.held.tolist() == [1, NONE, NONE, NONE]
    assert state.message == f"you request {state.streets.phase_names[0][1]} at {state.streets.intersections[0]}"
    commands.give_back()
    assert state.message == f"fixed_time:green_s=20 controls {state.streets.intersections[0]} again"
    commands.quit()
    assert not state.running


def test_a_message_is_shown_for_its_time():
    state = state_of(recorded())
    assert state.message_is_shown
    state.say("over already", seconds=0.0)
    assert not state.message_is_shown


def test_the_clock_moves_the_runs():
    state = state_of(recorded(), recorded())
    state.advance(1.5)
    assert state.playback.position == 15.0
    assert [pane.earlier.time for pane in state.panes] == [15, 15]


def test_a_camera_that_shows_all_does_so_on_another_surface():
    state = state_of(recorded())
    state.resize(pygame.Surface((700, 500)))
    assert (state.camera.width, state.camera.height) == state.areas.maps[0].size
    state.move_camera(state.camera.zoomed(2.0))
    scale = state.camera.scale
    state.resize(pygame.Surface((900, 600)))
    assert state.camera.scale == scale
    assert (state.camera.width, state.camera.height) == state.areas.maps[0].size


def test_a_corridor_is_shown_with_the_diagram_alone():
    state = state_of(live())
    assert state.corridor is None
    state.toggle_diagram()
    first = state.corridor
    state.choose_corridor(-1)
    assert state.corridor is state.corridors[-1]
    state.choose_corridor(1)
    assert state.corridor is first
    state.toggle_diagram()
    assert state.corridor is None
