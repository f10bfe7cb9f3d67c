"""Renderers of environments: pixels, or a window."""

import numpy as np
import pytest

from tests.helpers.small_town import TOWN

pytest.importorskip("pygame", reason="renderers draw by pygame")

import pygame

from traffic_marl.errors import UsageError
from traffic_marl.viewer.drawing.picture import Picture
from traffic_marl.viewer.drawing.rendering import SIZE, make_renderer
from traffic_marl.viewer.scene.moment import moment


@pytest.fixture
def simulation():
    found = TOWN.simulation([4])
    found.advance(np.zeros((1, 4), np.int32), 60)
    return found


def test_pixels_are_the_picture_of_the_moment(simulation):
    renderer = make_renderer("rgb_array", simulation.network)
    assert np.array_equal(renderer.draw(simulation), Picture(simulation.network, SIZE).draw(moment(simulation)))
    before = renderer.draw(simulation)
    simulation.advance(np.zeros((1, 4), np.int32), 1)
    assert not np.array_equal(renderer.draw(simulation), before)
    renderer.close()


def test_a_window_shows_the_same_until_it_is_closed(simulation, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    renderer = make_renderer("human", simulation.network)
    assert renderer.draw(simulation) is None
    shown = pygame.surfarray.array3d(pygame.display.get_surface()).swapaxes(0, 1)
    assert np.array_equal(shown, Picture(simulation.network, SIZE).draw(moment(simulation)))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    assert renderer.draw(simulation) is None
    assert not pygame.display.get_init()
    assert renderer.draw(simulation) is None
    renderer.close()


def test_without_a_display_one_line_says_so(simulation, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["traffic-marl"])
    with pytest.raises(UsageError, match=r"no display.*: traffic-marl watch --record run.traffic$"):
        make_renderer("human", simulation.network)


def test_a_display_that_cannot_be_reached_is_told_of(simulation, monkeypatch):
    pygame.display.quit()  # another test of this process may have opened one
    monkeypatch.setenv("SDL_VIDEODRIVER", "no_such_driver")
    with pytest.raises(UsageError, match="no window can be opened here"):
        make_renderer("human", simulation.network)


def test_an_unknown_mode_is_refused(simulation):
    with pytest.raises(UsageError, match="unknown render mode 'ansi'; available: human, rgb_array"):
        make_renderer("ansi", simulation.network)
