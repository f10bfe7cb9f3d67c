"""Renderers of environments: pixels, or a window. They implement the protocol `Renderer` of `environments`."""

import os
import sys

from traffic_marl.arrays import Bytes
from traffic_marl.checks import check_name
from traffic_marl.errors import UsageError
from traffic_marl.network.network import Network
from traffic_marl.program import program
from traffic_marl.simulation import Simulation
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import Picture
from traffic_marl.viewer.scene.moment import moment

SIZE = (960, 760)  # [pixels]
RATE = 30  # [frames/s] at most, in a window
TITLE = "traffic_marl"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")  # environment variables, one of which names a display


class PixelRenderer:
    """Draws the first copy of a simulation as an array of pixels. Needs no display."""

    def __init__(self, network: Network) -> None:
        self._picture = Picture(network, SIZE)

    def draw(self, simulation: Simulation) -> Bytes:
        """Pixels (height, width, 3)."""
        return self._picture.draw(moment(simulation))

    def close(self) -> None:
        """Does nothing. There is no window."""


class WindowRenderer:
    """Draws the first copy of a simulation in a window. Once the user has closed the window, it draws nothing.

    Raises:
        UsageError: there is no display.
    """

    def __init__(self, network: Network) -> None:
        self._picture = Picture(network, SIZE)
        self._watch = pygame.time.Clock()
        self._surface: pygame.Surface | None = open_window(SIZE, TITLE)

    def draw(self, simulation: Simulation) -> None:
        """Shows the simulation, at most RATE times a second."""
        if self._surface is None:
            return
        if any(event.type == pygame.QUIT for event in pygame.event.get()):
            self.close()
            return
        pixels = self._picture.draw(moment(simulation))
        pygame.surfarray.blit_array(self._surface, pixels.swapaxes(0, 1))
        pygame.display.flip()
        self._watch.tick(RATE)

    def close(self) -> None:
        """Closes the window."""
        if self._surface is not None:
            self._surface = None
            pygame.display.quit()


RENDERERS: dict[str, type[PixelRenderer | WindowRenderer]] = {"human": WindowRenderer, "rgb_array": PixelRenderer}


def make_renderer(render_mode: str, network: Network) -> PixelRenderer | WindowRenderer:
    """The renderer of an environment.

    Args:
        render_mode: `rgb_array` for arrays of pixels, `human` for a window.
        network: the network of the environment.

    Raises:
        UsageError: the mode is unknown, or there is no display for a window.
    """
    check_name("render_mode", render_mode, RENDERERS)
    return RENDERERS[render_mode](network)


def open_window(size: tuple[int, int], title: str, *, resizable: bool = False) -> pygame.Surface:
    """Opens a window and returns its surface.

    Raises:
        UsageError: there is no display.
    """
    try:
        _ensure_display()
        pygame.display.init()
        surface = pygame.display.set_mode(size, pygame.RESIZABLE if resizable else 0)
    except pygame.error as error:
        raise UsageError("the viewer", f"no window can be opened here ({error})", _remedy()) from error
    pygame.display.set_caption(title)
    return surface


def _ensure_display() -> None:
    """Checks that there is a display. Without one, pygame may open a window that cannot be seen.

    Raises:
        UsageError: there is none.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):
        raise UsageError("the viewer", "there is no display to open a window on", _remedy())


def _remedy() -> str:
    return f"use a computer with a screen, or write a recording: {program()} watch --record run.traffic"
