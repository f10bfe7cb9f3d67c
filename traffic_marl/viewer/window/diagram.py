"""Diagram of time and space along a corridor: vehicles as lines, lights as bars at the stop lines.

Time runs to the right, distance along the corridor upwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from traffic_marl.viewer.drawing.lettering import MEDIUM, SMALL, shortened, width, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.scene.colours import CORRIDOR, EDGE, FAINT, GROUND, LIGHTS, PANEL, SPEED_COLOURS, STEPS, Colour
from traffic_marl.viewer.scene.corridor import Corridor, StopLine, Trace, strokes

LEFT, RIGHT, TOP, BOTTOM = 150, 14, 28, 20  # [pixels] around the plot
TARGET_SPAN = 300  # [s] to be shown, or a little more
BARS = (2, 4, 6)  # [pixels] thickness of GO, CAUTION and STOP, told apart without their colours
TICK = 60  # [s]
DIM = 0.75  # of a light's colour, so that vehicles stand out


@dataclass(frozen=True)
class Heading:
    """The run that a diagram shows."""

    label: str
    colour: Colour


class Diagram:
    """Draws one corridor of one run. Each second is added to the image of the seconds before.

    Args:
        corridor: the corridor to draw.
        fastest: [m/s] speed that has the last colour of the scale.
        size: [pixels] width and height.
    """

    def __init__(self, corridor: Corridor, fastest: float, size: tuple[int, int]) -> None:
        self.corridor = corridor
        self.size = size
        self._fastest = fastest
        across, up = max(size[0] - LEFT - RIGHT, 1), max(size[1] - TOP - BOTTOM, 1)
        self._step = max(1, across // TARGET_SPAN)  # [pixels/s]
        self._seconds = across // self._step
        self._plot = pygame.Surface((self._seconds * self._step, up))
        self._plot.fill(GROUND)
        self._last: Trace | None = None

    def draw(self, surface: pygame.Surface, traces: Sequence[Trace], names: Sequence[str], heading: Heading) -> None:
        """Draws the seconds up to the last of the traces.

        Args:
            surface: of the diagram's size. It is drawn over completely.
            traces: one for each second of the run, without a gap.
            names: (N,) of the intersections.
            heading: the run.
        """
        self._add(traces)
        surface.fill(PANEL)
        surface.blit(self._plot, (LEFT, TOP))
        for stop in self.corridor.stop_lines:
            y = TOP + self._height(stop.distance)
            name = shortened(names[stop.intersection], LEFT - 16, SMALL)
            write(surface, name, (LEFT - 8, y), SMALL, FAINT, anchor="midright")
        self._write_title(surface, heading)
        if self._last is not None:
            self._write_times(surface, self._last.time)

    def _add(self, traces: Sequence[Trace]) -> None:
        """Draws the new seconds, or all of them if the image does not belong to them."""
        if not traces:
            return
        drawn = 0 if self._last is None else self._last.time - traces[0].time
        if not 0 <= drawn < len(traces) or traces[drawn] is not self._last:
            self._plot.fill(GROUND)
            drawn = 0
        drawn = max(drawn, len(traces) - self._seconds - 1)
        for earlier, later in pairwise(islice(traces, drawn, None)):
            self._add_second(earlier, later)
        self._last = traces[-1]

    def _add_second(self, earlier: Trace, later: Trace) -> None:
        """Moves the image to the left and draws one second at its right end."""
        self._plot.scroll(-self._step, 0)
        right = self._plot.get_width()
        left = right - self._step
        self._plot.fill(GROUND, (left, 0, self._step, self._plot.get_height()))
        for stop in self.corridor.stop_lines:
            self._draw_light(stop, int(later.lights[stop.movement]), left)
        found = strokes(self.corridor, earlier, later)
        for start, end in zip(found.start.tolist(), found.end.tolist(), strict=True):
            share = min(max((end - start) / self._fastest, 0.0), 1.0)
            colour = SPEED_COLOURS[round(share * (STEPS - 1))]
            pygame.draw.line(self._plot, colour, (left - 1, self._height(start)), (right - 1, self._height(end)))

    def _draw_light(self, stop: StopLine, light: int, left: int) -> None:
        red, green, blue = LIGHTS[light]
        thick = BARS[light]
        top = self._height(stop.distance) - thick // 2
        colour = (round(red * DIM), round(green * DIM), round(blue * DIM))
        self._plot.fill(colour, (left, top, self._step, thick))

    def _height(self, distance: float) -> int:
        """[pixels] from the top of the plot."""
        return round((1.0 - distance / self.corridor.length) * (self._plot.get_height() - 1))

    def _write_title(self, surface: pygame.Surface, heading: Heading) -> None:
        """Writes the run, the corridor and the keys, as far as there is room."""
        keys = "K: next corridor, T: close"
        right = surface.get_width() - RIGHT
        place = f"{self.corridor.label}, {self.corridor.length:.0f} m, upwards"
        room = right - LEFT - width(place, MEDIUM, True) - 14
        name = shortened(heading.label, max(room, 60), MEDIUM, True)
        end = write(surface, name, (LEFT, 5), MEDIUM, heading.colour, bold=True).right
        end = write(surface, place, (end + 14, 5), MEDIUM, CORRIDOR, bold=True).right
        if end + 14 + width(keys, SMALL) <= right:
            write(surface, keys, (right, 6), SMALL, FAINT, anchor="topright")

    def _write_times(self, surface: pygame.Surface, now: int) -> None:
        """Writes times below the plot, every TICK seconds."""
        first = max(now - self._seconds, 0)
        bottom = TOP + self._plot.get_height()
        for second in range(-(-first // TICK) * TICK, now + 1, TICK):
            x = LEFT + self._plot.get_width() - (now - second) * self._step
            pygame.draw.line(surface, EDGE, (x, bottom), (x, bottom + 4))
            half = width(clock(second), SMALL) / 2.0
            middle = min(x, surface.get_width() - half - 2.0)
            write(surface, clock(second), (middle, bottom + 4), SMALL, FAINT, anchor="midtop")
