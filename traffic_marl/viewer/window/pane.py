"""Pane: one run in a window, with the recent past that the diagram needs."""

from collections import deque

import numpy as np

from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.drawing.lettering import LARGE, SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import StreetPainter, Style
from traffic_marl.viewer.live import Inspection, LiveRun
from traffic_marl.viewer.scene.camera import Camera
from traffic_marl.viewer.scene.colours import GROUND, HELD, SELECTED, Colour
from traffic_marl.viewer.scene.corridor import Corridor, Trace, corridors
from traffic_marl.viewer.scene.lights import lights
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.source import Source
from traffic_marl.viewer.scene.vehicles import moment_between
from traffic_marl.viewer.window.diagram import Diagram, Heading

SPAN = 480  # [s] kept for the diagram
RING_ROOM = 6.0  # [pixels] between an intersection and the ring around it
STRIDE = 10  # [s] simulated at once where they are not shown


class Pane:
    """Shows one source, second by second."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.streets = source.street_map
        self.corridors = corridors(self.streets)
        self.painter = StreetPainter(self.streets)
        self.traces: deque[Trace] = deque(maxlen=SPAN + 1)
        self.untouched: LiveRun | None = None  # the same run without a person's requests
        self._diagram: Diagram | None = None  # of this run alone
        self._inspected: tuple[int, int, Inspection] | None = None  # second, intersection, result
        self.earlier: Moment
        self.later: Moment
        self._take(0)
        self.settle()

    @property
    def live(self) -> LiveRun | None:
        """The live run, whose signals can be taken over. None for a recording."""
        return self.source if isinstance(self.source, LiveRun) else None

    @property
    def time(self) -> int:
        """[s] the second that it has reached."""
        return self.earlier.time

    def is_at(self, second: int) -> bool:
        """Whether it has reached a second, or the end of a run that ends before."""
        return self.time >= min(second, self.source.last)

    def turn_back(self, second: int) -> None:
        """Goes back to a second in the past, or to one before it. A live run starts again from 0."""
        self._take(0 if self.live is not None else max(second - SPAN, 0))

    def step(self, second: int, *, skip: bool) -> None:
        """Moves on towards a later second, by one second. With `skip` by more, up to the seconds that are kept."""
        kept = min(second, self.source.last) - SPAN
        if skip and self.time < kept:
            self._take(kept if self.live is None else min(self.time + STRIDE, kept))
            return
        self.settle()
        self._note(self.later)
        self.earlier, self.later = self.later, self._after(self.later.time)

    def settle(self) -> None:
        """Makes the moment after the present one, if it is not known yet."""
        if self.later.time == self.earlier.time:
            self.later = self._after(self.earlier.time)

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

    def alone_at(self, second: int) -> float | None:
        """[s/veh] mean delay so far of the strategy left alone. None while that run has not come so far."""
        alone = self.untouched
        if alone is None or (second >= len(alone.delays) and alone.time < alone.last):
            return None
        return alone.delays[min(second, len(alone.delays) - 1)]

    def step_alone(self) -> bool:
        """Moves the strategy left alone towards the present second. False if it need not move."""
        alone = self.untouched
        if alone is None or self.alone_at(self.time) is not None:
            return False
        alone.moment_at(min(alone.time + STRIDE, self.time, alone.last))
        return True

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
                self._ring(surface, camera, int(n), HELD, room=2.0 * RING_ROOM)  # two rings, for the colour-blind

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

    def draw_diagram(self, surface: pygame.Surface, corridor: Corridor, colour: Colour) -> None:
        """Draws the recent past on a corridor, under the strategy's name in a colour."""
        size = surface.get_size()
        if self._diagram is None or self._diagram.corridor is not corridor or self._diagram.size != size:
            self._diagram = Diagram(corridor, float(self.streets.lane_limit.max()), size)
        heading = Heading(self.source.label, colour)
        self._diagram.draw(surface, self.traces, self.streets.intersections, heading)

    def _ring(
        self,
        surface: pygame.Surface,
        camera: Camera,
        intersection: int,
        colour: Colour,
        width: int = 2,
        room: float = RING_ROOM,
    ) -> tuple[float, float, float]:
        """Draws a ring around an intersection. Returns its middle and radius [pixels]."""
        x, y = camera.pixels(self.streets.positions[intersection]).tolist()
        radius = float(self.streets.reaches[intersection]) * camera.scale + room
        pygame.draw.circle(surface, colour, (x, y), radius, width)
        return x, y, radius

    def _after(self, second: int) -> Moment:
        return self.source.moment_at(min(second + 1, self.source.last))

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
