"""StreetPainter: draws streets, lights and vehicles on a surface, as seen by a camera."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.simulation import Positions
from traffic_marl.viewer.drawing.lettering import SMALL, text, width, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.sprites import Sprites
from traffic_marl.viewer.scene.barriers import LEAST_WIDTH, barriers, stripes
from traffic_marl.viewer.scene.camera import Camera
from traffic_marl.viewer.scene.colours import (
    CENTRE,
    CORRIDOR,
    DELAY_COLOURS,
    EDGE,
    GROUND,
    JUNCTION,
    LIGHTS,
    MARKING,
    PATH,
    ROAD,
    SPEED_COLOURS,
    WARNING,
    Colour,
)
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP, lights
from traffic_marl.viewer.scene.markings import heads, markings
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.signal_shapes import COARSE, changing, light_outlines
from traffic_marl.viewer.scene.street_map import StreetMap
from traffic_marl.viewer.scene.vehicles import Boxes, boxes, delay_steps, speed_steps

FINER = 2  # factor by which the refined street layer is first drawn larger, for smooth edges
MARKED = 1.6  # [pixels/m] smallest scale at which lanes have markings
ARROWED = 5.0  # [pixels/m] smallest scale with turn arrows and the paths of connections
BADGE_ROOM = 9.0  # [pixels] between the end of a road and the number of its backlog


@dataclass(frozen=True)
class Style:
    """Choices for the drawing of a moment."""

    by_delay: bool = False  # colours of vehicles show their delay, not their speed
    marked: Ints | None = None  # drivables to mark, under the vehicles
    refined: bool = True  # smooth edges, which take longer after a move of the camera


class StreetPainter:
    """Draws one map. The streets are kept as an image until the camera moves."""

    def __init__(self, streets: StreetMap) -> None:
        self.streets = streets
        self._markings = markings(streets)
        self._heads = heads(streets)
        self._changing = changing(streets, self._heads)
        self._entries = _entries(streets)
        self._sprites = Sprites()
        self._layer: pygame.Surface | None = None
        self._layer_of: tuple[Camera, bool] | None = None

    def draw(
        self,
        surface: pygame.Surface,
        camera: Camera,
        moment: Moment,
        style: Style | None = None,
    ) -> None:
        """Draws streets, lights, vehicles and backlog.

        Args:
            surface: of the camera's size. It is drawn over completely.
            camera: the part of the map.
            moment: vehicles, lights and backlog.
            style: how to draw. None means the default.
        """
        style = Style() if style is None else style
        surface.blit(self.street_layer(camera, refined=style.refined), (0, 0))
        if style.marked is not None:
            lines = self.streets.lines
            _Brush(surface, camera, 1).lines([lines[d] for d in style.marked.tolist()], CORRIDOR)
        self._draw_vehicles(surface, camera, moment.positions, style)
        self._draw_closed(surface, camera, moment.positions.closed)
        self._draw_lights(surface, camera, lights(self.streets, moment.positions))
        self._draw_backlog(surface, camera, moment.backlog)

    def street_layer(self, camera: Camera, *, refined: bool) -> pygame.Surface:
        """The streets alone, as an image that is drawn again only for another camera."""
        if self._layer is None or (self._layer_of != (camera, True) and self._layer_of != (camera, refined)):
            self._layer = self._refined_layer(camera) if refined else self._plain_layer(camera, 1)
            self._layer_of = (camera, refined)
        return self._layer

    def _refined_layer(self, camera: Camera) -> pygame.Surface:
        large = self._plain_layer(camera, FINER)
        return pygame.transform.smoothscale(large, (camera.width, camera.height))

    def _plain_layer(self, camera: Camera, finer: int) -> pygame.Surface:
        """The streets, with `finer` x `finer` pixels for each pixel of the camera."""
        layer = pygame.Surface((camera.width * finer, camera.height * finer))
        layer.fill(GROUND)
        brush = _Brush(layer, camera, finer)
        brush.polygons(self.streets.lane_outlines, ROAD)
        brush.polygons(self.streets.pavement, JUNCTION)
        if camera.scale >= ARROWED:
            brush.lines(self.streets.connection_lines, PATH)
        if camera.scale >= MARKED:
            brush.lines(self._markings.edges, EDGE)
            brush.segments(self._markings.dashes, MARKING)
            brush.segments(self._markings.solid, MARKING)
            brush.segments(self._markings.stops, MARKING, 2)
        brush.lines(self._markings.centres, CENTRE)
        if camera.scale >= ARROWED:
            brush.polygons(self._markings.arrows, MARKING)
        return layer

    def _draw_closed(self, surface: pygame.Surface, camera: Camera, closed: Ints) -> None:
        """Draws a striped barrier before the end of each closed lane."""
        brush = _Brush(surface, camera, 1)
        for lane, line in zip(closed.tolist(), barriers(self.streets, closed.tolist()), strict=True):
            width = round(max(LEAST_WIDTH, float(self.streets.lane_width[lane]) * camera.scale))
            brush.segments(line[None], GROUND, width)
            brush.segments(stripes(line), WARNING, width)

    def _draw_vehicles(self, surface: pygame.Surface, camera: Camera, vehicles: Positions, style: Style) -> None:
        shown = boxes(self.streets, vehicles)
        middle = (shown.front + shown.rear) / 2.0
        seen = np.flatnonzero(camera.sees(middle, reach=20.0))
        colours = DELAY_COLOURS if style.by_delay else SPEED_COLOURS
        steps = delay_steps(vehicles) if style.by_delay else speed_steps(self.streets, vehicles)
        part = Boxes(shown.front[seen], shown.rear[seen])
        pixels = camera.pixels(middle[seen])
        surface.blits(self._sprites.placed(part, pixels, camera.scale, steps[seen], colours), doreturn=False)

    def _draw_lights(self, surface: pygame.Surface, camera: Camera, shown: Ints) -> None:
        """Draws each signal head in the shape and colour of its light. Green ones lie on top."""
        shows = camera.sees(self._heads.middle, reach=5.0)
        if camera.scale < COARSE:
            shows &= self._changing
        seen = np.flatnonzero(shows).astype(np.int32)
        lit = shown[self._heads.movement[seen]]
        for light in (STOP, CAUTION, GO):
            outlines = light_outlines(self._heads, seen[lit == light], light, camera.scale)
            for corners in camera.pixels(outlines).tolist():
                pygame.draw.polygon(surface, LIGHTS[light], corners)

    def _draw_backlog(self, surface: pygame.Surface, camera: Camera, backlog: Ints) -> None:
        """Writes the number of vehicles that wait to enter, at the start of each entry road."""
        for lanes, place, outwards in self._entries:
            waiting = int(backlog[lanes].sum())
            if waiting and camera.sees(place[None])[0]:
                x, y = camera.pixels(place)
                words = f"+{waiting}"
                room = BADGE_ROOM + abs(outwards[0]) * width(words, SMALL, bold=True) / 2.0
                _badge(surface, words, (x + room * outwards[0], y - room * outwards[1]))


class _Brush:
    """Draws shapes of the map [m] on a surface. Shapes outside the camera's view are left out."""

    def __init__(self, surface: pygame.Surface, camera: Camera, finer: int) -> None:
        self.surface = surface
        self.camera = camera
        self.finer = finer

    def polygons(self, shapes: Iterable[Floats], colour: Colour) -> None:
        """Fills polygons (points, 2)."""
        for pixels in self._seen(shapes):
            if len(pixels) > 2:
                pygame.draw.polygon(self.surface, colour, pixels)

    def lines(self, shapes: Iterable[Floats], colour: Colour) -> None:
        """Draws polylines (points, 2), one pixel wide."""
        for pixels in self._seen(shapes):
            pygame.draw.lines(self.surface, colour, False, pixels, self.finer)

    def segments(self, shapes: Floats, colour: Colour, width: int = 1) -> None:
        """Draws segments (n, 2, 2), so many pixels wide."""
        seen = shapes[self.camera.sees(shapes.mean(axis=1), reach=40.0)]
        for start, end in (self.camera.pixels(seen) * self.finer).tolist():
            pygame.draw.line(self.surface, colour, start, end, width * self.finer)

    def _seen(self, shapes: Iterable[Floats]) -> Iterable[Sequence[Sequence[float]]]:
        half = np.array([self.camera.width, self.camera.height]) / (2.0 * self.camera.scale)
        west, south = np.array([self.camera.x, self.camera.y]) - half
        east, north = np.array([self.camera.x, self.camera.y]) + half
        for shape in shapes:
            (left, low), (right, high) = shape.min(axis=0), shape.max(axis=0)
            if left <= east and right >= west and low <= north and high >= south:
                yield (self.camera.pixels(shape) * self.finer).tolist()


def _entries(streets: StreetMap) -> list[tuple[Ints, Floats, Floats]]:
    """Lanes, start [m] (2,) and direction out of the map (2,) of each entry road."""
    found = []
    roads = streets.lane_road[streets.entry_lanes]
    for road in np.unique(roads):
        lanes = streets.entry_lanes[roads == road]
        starts = np.array([streets.lane_lines[k][0] for k in lanes])
        step = streets.lane_lines[lanes[0]][0] - streets.lane_lines[lanes[0]][1]
        found.append((lanes, starts.mean(axis=0), step / np.hypot(*step)))
    return found


def _badge(surface: pygame.Surface, line: str, place: tuple[float, float]) -> None:
    """Writes a word on a dark ground, with its middle as close to `place` as the surface allows."""
    box = text(line, SMALL, WARNING, bold=True).get_rect(center=(round(place[0]), round(place[1])))
    box.clamp_ip(surface.get_rect())
    write(surface, line, box.center, SMALL, WARNING, bold=True, anchor="center")
