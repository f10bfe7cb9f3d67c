"""Sprites: vehicles as small images. Each direction, colour and length is drawn once for a scale."""

import math
from collections.abc import Sequence

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import Colour
from traffic_marl.viewer.scene.vehicles import VEHICLE_WIDTH, Boxes

DIRECTIONS = 180  # steps of a full turn
PARTS = 5  # steps of a metre of length
FINER = 4  # factor by which images are first drawn larger, for smooth edges
LEAST_LENGTH, LEAST_WIDTH = 3.0, 2.0  # [pixels] of the smallest vehicle that is drawn
DETAILED = 14.0  # [pixels] length of the smallest vehicle with a windscreen
MOST = 4000  # sprites kept
GLASS: Colour = (30, 36, 44)

# Shape of a vehicle from above, nose up, in shares of its width and length.
BODY = ((-0.5, -0.46), (-0.44, -0.5), (0.44, -0.5), (0.5, -0.46), (0.5, 0.34), (0.34, 0.5), (-0.34, 0.5), (-0.5, 0.34))
WINDSCREEN = ((-0.36, 0.12), (0.36, 0.12), (0.3, 0.28), (-0.3, 0.28))
REAR_WINDOW = ((-0.33, -0.36), (0.33, -0.36), (0.36, -0.26), (-0.36, -0.26))


class Sprites:
    """Images of vehicles at the present scale."""

    def __init__(self) -> None:
        self._scale = 0.0  # [pixels/m] of the images
        self._images: dict[tuple[int, Colour, int], pygame.Surface] = {}

    def placed(
        self, boxes: Boxes, pixels: Floats, scale: float, steps: Ints, colours: Sequence[Colour]
    ) -> list[tuple[pygame.Surface, tuple[int, int]]]:
        """Image and top left corner for each vehicle.

        Args:
            boxes: the vehicles.
            pixels: (n, 2) their middles on the screen.
            scale: [pixels/m].
            steps: (n,) index into `colours` for each vehicle.
            colours: a scale of colours.
        """
        if scale != self._scale or len(self._images) > MOST:
            self._images.clear()
            self._scale = scale
        kinds, kind = np.unique(_kinds(boxes, steps, len(colours)), return_inverse=True)
        images = [self._image(each, colours) for each in kinds.tolist()]
        sizes = np.array([image.get_size() for image in images]).reshape(-1, 2)
        left, top = np.rint(pixels - sizes[kind] / 2.0).astype(np.int32).T
        corners = zip(left.tolist(), top.tolist(), strict=True)
        return list(zip(map(images.__getitem__, kind.tolist()), corners, strict=True))

    def _image(self, kind: int, colours: Sequence[Colour]) -> pygame.Surface:
        """The image of a kind of vehicle, by its number from `_kinds`. New ones are drawn."""
        rest, step = divmod(kind, len(colours))
        parts, heading = divmod(rest, DIRECTIONS)
        colour = colours[step]
        key = (heading, colour, parts)
        if key not in self._images:
            self._images[key] = _drawn(heading, parts / PARTS * self._scale, VEHICLE_WIDTH * self._scale, colour)
        return self._images[key]


def _kinds(boxes: Boxes, steps: Ints, colours: int) -> Ints:
    """(n,) a number for each vehicle, made of its length, heading and colour."""
    along = boxes.front - boxes.rear
    heading = np.rint(np.arctan2(along[:, 1], along[:, 0]) * DIRECTIONS / (2.0 * math.pi)) % DIRECTIONS
    length = np.rint(np.hypot(along[:, 0], along[:, 1]) * PARTS)
    return np.asarray((length * DIRECTIONS + heading) * colours + steps, np.int32)


def _drawn(heading: int, length: float, width: float, colour: Colour) -> pygame.Surface:
    """A vehicle of this length and width [pixels]. `heading` counts steps counterclockwise from the east."""
    angle = 2.0 * math.pi * heading / DIRECTIONS
    length, width = max(length, LEAST_LENGTH), max(width, LEAST_WIDTH)
    side = math.ceil(math.hypot(length, width)) + 2
    large = pygame.Surface((side * FINER, side * FINER), pygame.SRCALPHA)
    large.fill((*colour, 0))

    def shape(points: Sequence[tuple[float, float]], fill: Colour) -> None:
        """Fills a polygon. Its points are shares of width (to the right) and length (ahead)."""
        right, ahead = np.array(points).T * ((width,), (length,))
        x = ahead * math.cos(angle) + right * math.sin(angle)
        y = ahead * math.sin(angle) - right * math.cos(angle)
        pixels = (np.column_stack([x, -y]) + side / 2.0) * FINER
        pygame.draw.polygon(large, fill, pixels.tolist())

    shape(BODY, colour)
    if length >= DETAILED:
        shape(WINDSCREEN, GLASS)
        shape(REAR_WINDOW, GLASS)
    return pygame.transform.smoothscale(large, (side, side))
