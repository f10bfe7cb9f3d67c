"""Camera: the part of the map that fills a rectangle of the screen."""

from dataclasses import dataclass, replace

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.viewer.scene.street_map import Bounds

CLOSEST = 60.0  # [pixels/m]
FARTHEST = 0.005  # [pixels/m]
MARGIN = 0.03  # share of the rectangle that is left free at each edge


@dataclass(frozen=True)
class Camera:
    """A view from above, north up, in a rectangle of `width` x `height` pixels. Pixels count from its top left."""

    width: int  # [pixels]
    height: int  # [pixels]
    x: float = 0.0  # [m] of the middle
    y: float = 0.0  # [m]
    scale: float = 1.0  # [pixels/m]

    def pixels(self, points: Floats) -> Floats:
        """[pixels] (..., 2) places on the screen of points of the map, [m] (..., 2)."""
        return (points - (self.x, self.y)) * (self.scale, -self.scale) + (self.width / 2.0, self.height / 2.0)

    def metres(self, pixel: tuple[float, float]) -> tuple[float, float]:
        """[m] the point of the map under a pixel."""
        x = self.x + (pixel[0] - self.width / 2.0) / self.scale
        y = self.y - (pixel[1] - self.height / 2.0) / self.scale
        return x, y

    def sees(self, points: Floats, reach: float = 0.0) -> Bools:
        """(n,) whether points [m] (n, 2) lie on the screen, or at most `reach` [m] beside it."""
        half = np.array([self.width, self.height]) / (2.0 * self.scale) + reach
        return np.asarray((np.abs(points - (self.x, self.y)) <= half).all(axis=1))

    def zoomed(self, factor: float, pixel: tuple[float, float] | None = None) -> "Camera":
        """Zoomed in by a factor, within limits. The point under `pixel` stays there. None means the middle."""
        scale = min(max(self.scale * factor, FARTHEST), CLOSEST)
        if pixel is None:
            return replace(self, scale=scale)
        x, y = self.metres(pixel)
        near = replace(self, scale=scale)
        moved_x, moved_y = near.metres(pixel)
        return replace(near, x=near.x + x - moved_x, y=near.y + y - moved_y)

    def moved(self, right: float, down: float) -> "Camera":
        """The map moved by so many pixels, as by dragging it."""
        return replace(self, x=self.x - right / self.scale, y=self.y + down / self.scale)

    def resized(self, width: int, height: int) -> "Camera":
        """The same middle and scale in a rectangle of another size."""
        return replace(self, width=width, height=height)

    def at(self, x: float, y: float) -> "Camera":
        """The same scale with this point [m] in the middle."""
        return replace(self, x=x, y=y)


def fitted(bounds: Bounds, width: int, height: int) -> Camera:
    """The closest view that shows a whole rectangle of the map."""
    west, south, east, north = bounds
    across, up = max(east - west, 1.0), max(north - south, 1.0)
    scale = (1.0 - 2.0 * MARGIN) * min(width / across, height / up)
    return Camera(width, height, (west + east) / 2.0, (south + north) / 2.0, min(max(scale, FARTHEST), CLOSEST))
