"""Pane: one run in a window, with the recent past that the diagram needs."""

import time
from collections import deque

import numpy as np

from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.drawing.lettering import LARGE, SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import StreetPainter, Style
from traffic_marl.viewer.live import Inspection, LiveRun
from traffic_marl.viewer.scene.camera import Camera
from traffic_marl.viewer.scene.colours import GROUND, HELD, SELECTED
from traffic_marl.viewer.scene.corridor import Trace
from traffic_marl.viewer.scene.lights import lights
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.source import Source
from traffic_marl.viewer.scene.vehicles import moment_between

SPAN = 480  # [s] kept for the diagram
RING_ROOM = 6.0  # [pixels] between an intersection and the ring around it
STRIDE = 10  # [s] simulated at once where they are not shown
FRAME_BUDGET = 0.025  # [s] that a frame may spend on simulation


class Pane:
    """Shows one source, second by second."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.streets = source.street_map
        self.painter = StreetPainter(self.streets)
        self.traces: deque[Trace] = deque(maxlen=SPAN + 1)
        self.untouched: LiveRun | None = None  # the same run without a person's requests
        self._inspected: tuple[int, int, Inspection] | None = None  # second, intersection, result
        self.earlier: Moment = source.moment_at(0)
        self.later: Moment = self.earlier
        self.show(0)

    @property
    def live(self) -> LiveRun | None:
        """The live run, whose signals can be taken over. None for a recording."""
        return self.source if isinstance(self.source, LiveRun) else None

    def show(self, second: int) -> int:
        """Takes the moments before and after a time. Returns the second that was reached within FRAME_BUDGET."""
        give_up = time.monotonic() + FRAME_BUDGET
        if not self.earlier.time <= second <= self.earlier.time + SPAN:
            self._skip(max(second - SPAN, 0), give_up)
        while self.earlier.time < min(second, self.source.last) and time.monotonic() < give_up:
            self._note(self.later)
            self.earlier, self.later = self.later, self._after(self.later.time)
        if self.later.time == self.earlier.time:
            self.later = self._after(self.earlier.time)
        return self.earlier.time

    def shown(self, share: float) -> Moment:
        """The moment whose lights and numbers are shown at `share` of a second after the earlier one."""
        return self.later if share > 0.0 else self.earlier

    def inspection(self, intersection: int) -> Inspection | None:
        """Details of an intersection in a live run. None for a recording."""
        if self.live is None:
            return None
        if self._inspected is None or self._inspected[:2] != (self.live.time, intersection):
            self._inspected = (self.live.time, intersection, self.live.inspect(intersection))
        return self._inspected[2]

    def delay_at(self, second: int) -> float:
        """[s/veh] mean delay so far, at a second that has been reached."""
        return self.source.delays[min(second, len(self.source.delays) - 1)]

    def hold(self, intersection: int, phase: int) -> bool:
        """Takes an intersection over, or gives it back with NONE. False if the run is a recording."""
        if self.live is None:
            return False
        if self.untouched is None:
            self.untouched = self.live.untouched()
        self.live.hold(intersection, phase)
        self._inspected = None
        return True

    def draw(self, surface: pygame.Surface, camera: Camera, share: float, style: Style) -> None:
        """Draws the map at a time `share` of a second after the earlier moment."""
        moment = self.shown(share)
        if self.later is not self.earlier:
            moment = moment_between(self.streets, self.earlier, self.later, share)
        self.painter.draw(surface, camera, moment, style)
        if self.live is not None:
            for n in np.flatnonzero(self.live.held != NONE):
                self._ring(surface, camera, int(n), HELD)

    def draw_selection(self, surface: pygame.Surface, camera: Camera, intersection: int) -> None:
        """Draws a ring around an intersection, and its name."""
        held = self.live is not None and self.live.held[intersection] != NONE
        x, y, radius = self._ring(surface, camera, intersection, HELD if held else SELECTED, 3)
        name = self.streets.intersections[intersection]
        write(surface, name, (x, y - radius - 6), SMALL, SELECTED, bold=True, anchor="midbottom", ground=GROUND)

    def draw_label(self, surface: pygame.Surface, *, active: bool) -> None:
        """Writes the strategy's name into the top left corner."""
        label = shortened(self.source.label, surface.get_width() - 24, LARGE, True)
        place = write(surface, label, (12, 8), LARGE, bold=True, ground=GROUND)
        if active:
            pygame.draw.rect(surface, SELECTED, place.inflate(12, 6), 1, border_radius=5)

    def _ring(
        self, surface: pygame.Surface, camera: Camera, intersection: int, colour: tuple[int, int, int], width: int = 2
    ) -> tuple[float, float, float]:
        """Draws a ring around an intersection. Returns its middle and radius [pixels]."""
        x, y = camera.pixels(self.streets.positions[intersection]).tolist()
        radius = float(self.streets.reaches[intersection]) * camera.scale + RING_ROOM
        pygame.draw.circle(surface, colour, (x, y), radius, width)
        return x, y, radius

    def _after(self, second: int) -> Moment:
        return self.source.moment_at(min(second + 1, self.source.last))

    def _skip(self, second: int, give_up: float) -> None:
        """Goes to a time without the moments before it, as far as possible until `give_up` of `time.monotonic`."""
        if self.live is None:
            self._take(second)
        elif second < self.earlier.time:
            self._take(0)
        while self.earlier.time < min(second, self.source.last) and time.monotonic() < give_up:
            self._take(min(self.earlier.time + STRIDE, second, self.source.last))

    def _take(self, second: int) -> None:
        """Starts at a time. The diagram starts there too."""
        self.earlier = self.later = self.source.moment_at(second)
        self.traces.clear()
        self._note(self.earlier)

    def _note(self, moment: Moment) -> None:
        """Keeps the parts of a moment that a diagram needs."""
        if not self.traces or moment.time > self.traces[-1].time:
            here = moment.positions
            self.traces.append(Trace(here.time, here.vehicle, here.drivable, here.distance, lights(self.streets, here)))
