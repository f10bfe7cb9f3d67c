"""A small chart of the mean delay over time, with a legend."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.viewer.drawing.lettering import SMALL, shortened, width, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import EDGE, FAINT, GROUND, TEXT, Colour
from traffic_marl.viewer.scene.markings import dashes

LEAST_TIME, LEAST_DELAY = 300, 10.0  # [s], [s/veh] smallest ends of the axes
PLAIN_HEIGHT = 118  # [pixels] of a chart without a legend
ROW = 15  # [pixels] height of a row of the legend
SAMPLE = 22  # [pixels] length of the piece of line in the legend
GRID: Colour = (48, 54, 62)

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Line:
    """One run in the chart."""

    label: str
    delays: Sequence[float]  # [s/veh] mean delay at seconds 0, 1, 2 and so on
    colour: Colour
    dash: tuple[int, int] | None = None  # [pixels] of a dash and of the gap after it. None draws an unbroken line


def chart_height(lines: Sequence[Line], across: int) -> int:
    """[pixels] height of a chart `across` pixels wide, so that the plot keeps its own whatever the legend takes."""
    return PLAIN_HEIGHT + _legend_height(_rows(lines, across))


def draw_chart(surface: pygame.Surface, box: pygame.Rect, lines: Sequence[Line], now: float) -> None:
    """Draws mean delays [s/veh] over time. Several lines get a legend.

    Args:
        surface: the surface to draw on.
        box: the chart's place on it.
        lines: the runs.
        now: [s] time that is shown. A thin line marks it.
    """
    pygame.draw.rect(surface, GROUND, box, border_radius=4)
    write(surface, "mean delay [s/veh]", (box.centerx, box.top + 2), SMALL, FAINT, anchor="midtop")
    legend = _draw_legend(surface, box, lines)
    plot = pygame.Rect(box.left + 36, box.top + 22 + legend, box.width - 46, box.height - 40 - legend)
    longest = max(LEAST_TIME, *(len(line.delays) - 1 for line in lines))
    highest = max([LEAST_DELAY, *(float(np.nanmax(line.delays)) for line in lines if has_number(line.delays))])
    top = round_up(highest)
    for share in (0.0, 0.5, 1.0):
        y = plot.bottom - share * plot.height
        pygame.draw.line(surface, EDGE if share == 0.0 else GRID, (plot.left, y), (plot.right, y))
        write(surface, f"{top * share:g}", (plot.left - 4, y), SMALL, FAINT, anchor="midright")
    for line in lines:
        _stroke(surface, polyline(line.delays, plot, longest, top), line)
    x = plot.left + now / longest * plot.width
    pygame.draw.line(surface, FAINT, (x, plot.top), (x, plot.bottom))
    write(surface, f"{longest / 60:.0f} min", (plot.right, plot.bottom + 2), SMALL, FAINT, anchor="topright")
    write(surface, "0", (plot.left, plot.bottom + 2), SMALL, FAINT)


def _draw_legend(surface: pygame.Surface, box: pygame.Rect, lines: Sequence[Line]) -> int:
    """Draws a piece of each line and its name. Returns the height [pixels]."""
    rows = _rows(lines, box.width)
    for place, row in enumerate(rows):
        y = box.top + 20 + place * ROW
        for left, label, line in row:
            middle = y + ROW // 2
            _stroke(surface, [(box.left + left, middle), (box.left + left + SAMPLE, middle)], line)
            write(surface, label, (box.left + left + SAMPLE + 6, y), SMALL, TEXT)
    return _legend_height(rows)


def _legend_height(rows: Sequence[object]) -> int:
    return ROW * len(rows) + 6 if rows else 0


def _rows(lines: Sequence[Line], across: int) -> list[list[tuple[int, str, Line]]]:
    """Rows of the legend: left end [pixels], name and line of each entry. A single line needs none."""
    rows: list[list[tuple[int, str, Line]]] = []
    left = across
    for line in lines if len(lines) > 1 else ():
        label = shortened(line.label, across - SAMPLE - 24, SMALL)
        room = SAMPLE + 6 + width(label, SMALL)
        if left + room > across - 8:
            rows.append([])
            left = 10
        rows[-1].append((left, label, line))
        left += room + 14
    return rows


def _stroke(surface: pygame.Surface, points: Sequence[Point], line: Line) -> None:
    """Draws a polyline in the colour and dashes of a line."""
    if len(points) < 2:
        return
    if line.dash is None:
        pygame.draw.lines(surface, line.colour, False, points, 2)
        return
    for start, end in _dashes(points, *line.dash):
        pygame.draw.line(surface, line.colour, start, end, 2)


def _dashes(points: Sequence[Point], dash: int, gap: int) -> Iterator[Sequence[Point]]:
    """Start and end of each dash along a polyline."""
    yield from dashes(np.array(points, np.float64), float(dash), float(gap)).tolist()


def has_number(values: Sequence[float]) -> bool:
    """Whether any value is known."""
    return len(values) > 0 and not bool(np.isnan(values).all())


def polyline(values: Sequence[float], plot: pygame.Rect, longest: int, top: float) -> list[Point]:
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
