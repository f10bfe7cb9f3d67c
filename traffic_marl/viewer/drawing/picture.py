"""Picture: moments as arrays of pixels, drawn without window or display."""

from traffic_marl.arrays import Bytes
from traffic_marl.network.network import Network
from traffic_marl.viewer.drawing.lettering import MEDIUM, width, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import StreetPainter, Style
from traffic_marl.viewer.scene.camera import Camera, fitted
from traffic_marl.viewer.scene.colours import GROUND
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import Bounds, StreetMap, street_map

HEADER = 24  # [pixels] height of the line above the map


class Picture:
    """Draws moments of one network at one size, below a line with time and delay.

    Args:
        where: a network, or the map of one.
        size: [pixels] width and height.
        bounds: [m] the part of the map to show. None means the whole map.
        by_delay: colours of vehicles show their delay, not their speed.
    """

    def __init__(
        self, where: Network | StreetMap, size: tuple[int, int], *, bounds: Bounds | None = None, by_delay: bool = False
    ) -> None:
        streets = where if isinstance(where, StreetMap) else street_map(where)
        self.size = size
        self._painter = StreetPainter(streets)
        self._surface = pygame.Surface(size, depth=32)
        self._map = self._surface.subsurface((0, HEADER, size[0], size[1] - HEADER))
        self._camera: Camera = fitted(streets.bounds if bounds is None else bounds, size[0], size[1] - HEADER)
        self._style = Style(by_delay=by_delay)

    def draw(self, moment: Moment, label: str = "") -> Bytes:
        """The moment as pixels (height, width, 3), red, green and blue.

        Args:
            moment: the moment to draw.
            label: text in front of time and delay, such as a strategy's name.
        """
        self._painter.draw(self._map, self._camera, moment, self._style)
        self._surface.fill(GROUND, (0, 0, self.size[0], HEADER))
        self._write_header(moment, label)
        pixels: Bytes = pygame.surfarray.array3d(self._surface).swapaxes(0, 1)
        return pixels.copy()

    def _write_header(self, moment: Moment, label: str) -> None:
        """Writes label, time and numbers, as far as there is room."""
        place = 8
        for line, bold in ((label, True), *((word, False) for word in summary(moment))):
            if line and place + width(line, MEDIUM, bold) <= self.size[0]:
                place = write(self._surface, line, (place, 3), bold=bold).right + 18


def summary(moment: Moment) -> tuple[str, ...]:
    """Time and numbers of a moment as text."""
    delay = "-" if moment.mean_delay != moment.mean_delay else f"{moment.mean_delay:.1f}"
    return (
        clock(moment.time),
        f"mean delay {delay} s/veh",
        f"{moment.under_way} under way",
        f"{moment.completed} completed",
    )


def clock(seconds: int) -> str:
    """A time as hours, minutes and seconds since the start."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
