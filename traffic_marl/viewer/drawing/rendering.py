"""Renderers: draw the simulation of an environment, as pixels or in a window."""

import os
import sys
from typing import Protocol

from traffic_marl.arrays import Bytes
from traffic_marl.errors import UsageError
from traffic_marl.network.network import Network
from traffic_marl.simulation import Simulation
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import Picture
from traffic_marl.viewer.scene.moment import moment

SIZE = (960, 760)  # [pixels]
RATE = 30  # [frames/s] at most, in a window
TITLE = "traffic_marl"
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")  # variables of which one tells where to draw
REMEDY = "run it where there is a screen, or record it: watch --record FILE"


class Renderer(Protocol):
    """Draws the first copy of a simulation."""

    def draw(self, simulation: Simulation) -> Bytes | None:
        """Pixels (height, width, 3), or None where they went into a window."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


class PixelRenderer:
    """Draws arrays of pixels; needs no display."""

    def __init__(self, network: Network) -> None:
        self._picture = Picture(network, SIZE)

    def draw(self, simulation: Simulation) -> Bytes:
        """Pixels (height, width, 3)."""
        return self._picture.draw(moment(simulation))

    def close(self) -> None:
        """There is nothing to be closed."""


class WindowRenderer:
    """Draws into a window; where it is closed by hand, nothing more is drawn.

    Raises:
        UsageError: there is no display.
    """

    def __init__(self, network: Network) -> None:
        self._picture = Picture(network, SIZE)
        self._watch = pygame.time.Clock()
        self._surface: pygame.Surface | None = open_window(SIZE, TITLE)

    def draw(self, simulation: Simulation) -> None:
        """Shows the simulation, no more than RATE times a second."""
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


def make_renderer(render_mode: str, network: Network) -> Renderer:
    """What draws an environment.

    Args:
        render_mode: `rgb_array` for arrays of pixels, `human` for a window.
        network: where the traffic moves.

    Raises:
        UsageError: another mode, or no display for a window.
    """
    if render_mode == "rgb_array":
        return PixelRenderer(network)
    if render_mode == "human":
        return WindowRenderer(network)
    raise UsageError("render_mode", f"{render_mode!r} is not one", "there are human, rgb_array")


def open_window(size: tuple[int, int], title: str, *, resizable: bool = False) -> pygame.Surface:
    """A window to draw in.

    Raises:
        UsageError: there is no display.
    """
    try:
        _ensure_display()
        pygame.display.init()
        surface = pygame.display.set_mode(size, pygame.RESIZABLE if resizable else 0)
    except pygame.error as error:
        raise UsageError("the viewer", f"no window can be opened here ({error})", REMEDY) from error
    pygame.display.set_caption(title)
    return surface


def _ensure_display() -> None:
    """Checks that there is a display; else pygame may open a window that nobody sees.

    Raises:
        UsageError: there is none.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):
        raise UsageError("the viewer", "there is no display to open a window on", REMEDY)
