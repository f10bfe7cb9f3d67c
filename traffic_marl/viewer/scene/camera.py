"""Camera: which part of the map fills a rectangle of the screen."""

from dataclasses import dataclass, replace

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.viewer.scene.street_map import Bounds

CLOSEST = 60.0  # [pixels/m]
FARTHEST = 0.005  # [pixels/m]
MARGIN = 0.03  # of the rectangle, left free around what is fitted into it


@dataclass(frozen=True)
class Camera:
    """A view from above, north up, in a rectangle of `width` x `height` pixels; pixels count from its top left."""

    width: int  # [pixels]
    height: int  # [pixels]
    x: float = 0.0  # [m] what lies in the middle
    y: float = 0.0  # [m]
    scale: float = 1.0  # [pixels/m]

    def pixels(self, points: Floats) -> Floats:
        """Where points of the map, [m] (..., 2), are on the screen, [pixels] (..., 2)."""
        return (points - (self.x, self.y)) * (self.scale, -self.scale) + (self.width / 2.0, self.height / 2.0)

    def metres(self, pixel: tuple[float, float]) -> tuple[float, float]:
        """[m] what lies under a pixel."""
        x = self.x + (pixel[0] - self.width / 2.0) / self.scale
        y = self.y - (pixel[1] - self.height / 2.0) / self.scale
        return x, y

    def sees(self, points: Floats, reach: float = 0.0) -> Bools:
        """(n,) which of the points [m] (n, 2) lie on the screen, or at most `reach` [m] beside it."""
        half = np.array([self.width, self.height]) / (2.0 * self.scale) + reach
        return np.asarray((np.abs(points - (self.x, self.y)) <= half).all(axis=1))

    def zoomed(self, factor: float, pixel: tuple[float, float] | None = None) -> "Camera":
        """Nearer by a factor, within limits, what lies under `pixel` staying there; the middle if it is None."""
        scale = min(max(self.scale * factor, FARTHEST), CLOSEST)
        if pixel is None:
            return replace(self, scale=scale)
        x, y = self.metres(pixel)
        near = replace(self, scale=scale)
        moved_x, moved_y = near.metres(pixel)
        return replace(near, x=near.x + x - moved_x, y=near.y + y - moved_y)

    def moved(self, right: float, down: float) -> "Camera":
        """The map pushed by so many pixels, as by a hand that drags it."""
        return replace(self, x=self.x - right / self.scale, y=self.y + down / self.scale)

    def resized(self, width: int, height: int) -> "Camera":
        """The same middle and scale in another rectangle."""
        return replace(self, width=width, height=height)

    def at(self, x: float, y: float) -> "Camera":
        """The same scale with this point [m] in the middle."""
        return replace(self, x=x, y=y)


def fitted(bounds: Bounds, width: int, height: int) -> Camera:
    """The nearest view in which all of a rectangle of the map is seen."""
    west, south, east, north = bounds
    across, up = max(east - west, 1.0), max(north - south, 1.0)
    scale = (1.0 - 2.0 * MARGIN) * min(width / across, height / up)
    return Camera(width, height, (west + east) / 2.0, (south + north) / 2.0, min(max(scale, FARTHEST), CLOSEST))
