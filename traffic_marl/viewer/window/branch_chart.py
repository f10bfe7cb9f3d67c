"""The chart of futures over the map: a curve of delay for each phase that an intersection could ask for."""

import numpy as np

from traffic_marl.viewer.drawing.lettering import MEDIUM, SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.futures import Futures
from traffic_marl.viewer.scene.colours import EDGE, FAINT, PANEL, SELECTED, TEXT, Colour

SIZE = (400, 270)  # [pixels]
EDGE_ROOM, ABOVE, LABELS = 12, 44, 152  # [pixels] around the chart, above it, and for the labels at its right
TOP, BOTTOM = 44, 24  # [pixels] above and below the plot
LEAST = 10.0  # [veh s] smallest end of the axis
ROW = 14  # [pixels] between two labels
# Colours by Okabe and Ito 2008 (Color Universal Design), which colour-blind people can tell apart too.
COLOURS: tuple[Colour, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (240, 228, 66),
    (204, 121, 167),
    (213, 94, 0),
    (110, 150, 255),
    (200, 200, 200),
)


def draw_futures(surface: pygame.Surface, found: Futures, place: str, names: tuple[str, ...], now: float) -> None:
    """Draws the chart into the top right corner of a map, as far as the map has room for it.

    Args:
        surface: of the map.
        found: the futures.
        place: name of the intersection.
        names: of its phases.
        now: [s] second of the run that is shown. A thin line marks it.
    """
    room = surface.get_width() - 2 * EDGE_ROOM, surface.get_height() - ABOVE - EDGE_ROOM
    box = pygame.Rect(0, ABOVE, min(SIZE[0], room[0]), min(SIZE[1], room[1]))
    box.right = surface.get_width() - EDGE_ROOM
    plot = pygame.Rect(box.left + 46, box.top + TOP, box.width - 46 - LABELS, box.height - TOP - BOTTOM)
    if plot.width < 40 or plot.height < 40:
        return
    pygame.draw.rect(surface, PANEL, box, border_radius=6)
    pygame.draw.rect(surface, EDGE, box, 1, border_radius=6)
    title = shortened(f"{place} at {clock(found.begin)}", box.width - 20, MEDIUM, True)
    write(surface, title, (box.left + 10, box.top + 5), MEDIUM, SELECTED, bold=True)
    what = f"delay [veh s] if a phase is asked for {found.seconds} s, less that of the run"
    write(surface, shortened(what, box.width - 20, SMALL), (box.left + 10, box.top + 23), SMALL, FAINT)
    most = max(LEAST, float(np.abs(found.difference).max()))
    _draw_axes(surface, plot, found, most, now)
    _draw_curves(surface, plot, found, most)
    _draw_labels(surface, plot, found, names, most)


def _draw_axes(surface: pygame.Surface, plot: pygame.Rect, found: Futures, most: float, now: float) -> None:
    """The line of no difference, the ends of both axes, and the second that is shown."""
    for value in (-most, 0.0, most):
        y = _height(plot, value, most)
        pygame.draw.line(surface, EDGE if value == 0.0 else (60, 66, 74), (plot.left, y), (plot.right, y))
        write(surface, f"{value:+.0f}" if value else "0", (plot.left - 4, y), SMALL, FAINT, anchor="midright")
    last = int(found.times[-1])
    passed = now - found.begin
    if 0.0 <= passed <= last:
        x = plot.left + passed / last * plot.width
        pygame.draw.line(surface, FAINT, (x, plot.top), (x, plot.bottom))
    write(surface, "now", (plot.left, plot.bottom + 4), SMALL, FAINT)
    write(surface, f"+{last} s", (plot.right, plot.bottom + 4), SMALL, FAINT, anchor="topright")


def _draw_curves(surface: pygame.Surface, plot: pygame.Rect, found: Futures, most: float) -> None:
    """A curve for each phase."""
    last = int(found.times[-1])
    across = plot.left + found.times / last * plot.width
    for phase, curve in enumerate(found.difference):
        points = [(float(x), _height(plot, float(value), most)) for x, value in zip(across, curve, strict=True)]
        pygame.draw.lines(surface, COLOURS[phase % len(COLOURS)], False, points, 2)


def _draw_labels(
    surface: pygame.Surface, plot: pygame.Rect, found: Futures, names: tuple[str, ...], most: float
) -> None:
    """The name of each phase and its last difference, beside the end of its curve, without overlap."""
    heights = [_height(plot, float(value), most) for value in found.difference[:, -1]]
    y = float(plot.top)
    for phase in sorted(range(len(heights)), key=lambda each: (heights[each], each)):
        rest = sum(height >= heights[phase] for height in heights)
        y = max(y, min(heights[phase], plot.bottom + BOTTOM / 2 - ROW * rest))
        mark = " *" if phase == found.asked else ""
        words = f"{found.difference[phase, -1]:+.0f} {names[phase]}{mark}"
        colour = COLOURS[phase % len(COLOURS)]
        pygame.draw.line(surface, colour, (plot.right + 4, y), (plot.right + 12, y), 3)
        kept = shortened(words, LABELS - 24, SMALL)
        write(surface, kept, (plot.right + 16, y), SMALL, TEXT, bold=phase == found.asked, anchor="midleft")
        y += ROW


def _height(plot: pygame.Rect, value: float, most: float) -> float:
    """[pixels] of a difference [veh s]: more delay is higher."""
    return plot.centery - value / most * plot.height / 2.0
