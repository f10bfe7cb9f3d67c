"""Futures in the window: the key that shows them, and the chart."""

import numpy as np
import pytest

from tests.helpers.recorded import recorded
from tests.helpers.small_town import live

pytest.importorskip("pygame", reason="the window needs it")

import pygame

from traffic_marl.viewer.futures import Futures
from traffic_marl.viewer.window.branch_chart import COLOURS, draw_futures
from traffic_marl.viewer.window.commands import SELECT_FIRST, Commands
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.state import WindowState

NAMES = ("NS through", "NS left", "EW through", "EW left")
TIMES = np.arange(0, 122, 2)


def state_of(*sources):
    return WindowState([Pane(source) for source in sources], pygame.Surface((1000, 640)), speed=10.0)


def test_the_key_shows_futures_of_the_selected_intersection_and_closes_them():
    state = state_of(live("max_pressure"))
    commands = Commands(state)
    commands.branches()
    assert (state.message, state.futures) == (SELECT_FIRST, None)

    commands.select_next()
    commands.select_next()
    commands.branches()
    assert (state.futures.intersection, state.futures.difference.shape) == (1, (4, 61))

    commands.branches()
    assert state.futures is None

    commands.branches()
    commands.escape()
    assert (state.futures, state.selected) == (None, 1)


def test_the_other_run_has_futures_of_its_own():
    state = state_of(live("max_pressure"), live("fixed_time:green_s=20"))
    commands = Commands(state)
    commands.select_next()
    commands.branches()
    first = state.futures

    commands.other_side()
    commands.branches()

    assert state.futures_side == 1
    assert state.futures is not first


def test_a_recording_has_no_other_futures():
    state = state_of(recorded())
    commands = Commands(state)
    commands.select_next()
    commands.branches()
    assert state.futures is None
    assert state.message == "a recording has no other futures, watch the run live"


def pixels(surface, colour):
    """Places (x, y) of the pixels of a colour."""
    return np.argwhere((pygame.surfarray.array3d(surface) == colour).all(axis=2))


def drawn(difference, size=(700, 500), now=30.0):
    surface = pygame.Surface(size)
    found = Futures(0, 0, 1, 10, TIMES, np.array(difference))
    draw_futures(surface, found, "intersection_1_1", NAMES, now)
    return surface


def test_more_delay_is_drawn_higher_and_each_phase_has_a_curve_of_its_own():
    rising, falling = np.linspace(0.0, 50.0, len(TIMES)), np.linspace(0.0, -50.0, len(TIMES))
    surface = drawn([rising, falling, 0.5 * rising, 0.5 * falling])

    heights = [pixels(surface, COLOURS[phase])[:, 1].min() for phase in range(4)]
    depths = [pixels(surface, COLOURS[phase])[:, 1].max() for phase in range(4)]
    assert heights[0] < heights[2] < heights[1]
    assert depths[1] > depths[3] > depths[0]


def test_curves_that_end_alike_have_labels_that_do_not_overlap():
    surface = drawn(np.zeros((4, len(TIMES))))

    marks = [pixels(surface, COLOURS[phase]) for phase in range(4)]
    rows = [set(each[each[:, 0] > each[:, 0].max() - 5, 1].tolist()) for each in marks]  # the marks at the right
    assert all(one.isdisjoint(other) for place, one in enumerate(rows) for other in rows[place + 1 :])


def test_a_map_too_small_for_the_chart_stays_as_it_is():
    assert not pygame.surfarray.array3d(drawn(np.zeros((4, len(TIMES))), size=(150, 80))).any()
