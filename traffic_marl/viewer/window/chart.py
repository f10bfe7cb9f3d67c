"""A small chart of the mean delay over time."""

import math
from collections.abc import Sequence

import numpy as np

from traffic_marl.viewer.drawing.lettering import SMALL, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import EDGE, FAINT, GROUND, Colour

LEAST_TIME, LEAST_DELAY = 300, 10.0  # [s], [s/veh] smallest ends of the axes


def draw_chart(
    surface: pygame.Surface,
    box: pygame.Rect,
    series: Sequence[tuple[Sequence[float], Colour]],
    now: float,
) -> None:
    """Draws mean delays [s/veh] over time.

    Args:
        surface: the surface to draw on.
        box: the chart's place on it.
        series: values at seconds 0, 1, 2 and so on, and the colour of each line.
        now: [s] time that is shown. A thin line marks it.
    """
    pygame.draw.rect(surface, GROUND, box, border_radius=4)
    plot = pygame.Rect(box.left + 36, box.top + 22, box.width - 46, box.height - 40)
    longest = max(LEAST_TIME, *(len(values) - 1 for values, _ in series))
    highest = max([LEAST_DELAY, *(float(np.nanmax(values)) for values, _ in series if has_number(values))])
    top = round_up(highest)
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom - share * plot.height
        pygame.draw.line(surface, EDGE if share == 0.0 else (48, 54, 62), (plot.left, y), (plot.right, y))
        write(surface, f"{top * share:g}", (plot.left - 4, y), SMALL, FAINT, anchor="midright")
    for values, colour in series:
        points = polyline(values, plot, longest, top)
        if len(points) > 1:
            pygame.draw.lines(surface, colour, False, points, 2)
    x = plot.left + now / longest * plot.width
    pygame.draw.line(surface, FAINT, (x, plot.top), (x, plot.bottom))
    write(surface, "mean delay [s/veh]", (box.centerx, box.top + 2), SMALL, FAINT, anchor="midtop")
    write(surface, f"{longest / 60:.0f} min", (plot.right, plot.bottom + 2), SMALL, FAINT, anchor="topright")
    write(surface, "0", (plot.left, plot.bottom + 2), SMALL, FAINT)


def has_number(values: Sequence[float]) -> bool:
    """Whether any value is known."""
    return len(values) > 0 and not bool(np.isnan(values).all())


def polyline(values: Sequence[float], plot: pygame.Rect, longest: int, top: float) -> list[tuple[float, float]]:
    """The values as points of a plot, at most one point a pixel. Unknown values have none."""
    stride = max(1, math.ceil(longest / max(plot.width, 1)))
    return [
        (plot.left + second / longest * plot.width, plot.bottom - float(value) / top * plot.height)
        for second, value in zip(range(0, len(values), stride), values[::stride], strict=True)
        if value == value
    ]


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 and so on."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power)
