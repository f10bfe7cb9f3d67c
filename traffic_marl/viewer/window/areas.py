"""Areas: the division of a window."""

from dataclasses import dataclass

from traffic_marl.viewer.drawing.library import pygame

PANEL_WIDTH = 300  # [pixels]
BAR_HEIGHT = 16  # [pixels] of the bar below the maps
DIAGRAM_SHARE = 0.42  # of the height
LEAST_MAP = 16  # [pixels] sides of a map in a very small window


@dataclass(frozen=True)
class Areas:
    """The parts of a window: maps side by side, below them a time bar and a diagram, and a panel beside them."""

    size: tuple[int, int]  # [pixels] of the window
    panes: int
    with_diagram: bool

    @property
    def whole(self) -> pygame.Rect:
        """All maps together."""
        width, height = self.size
        drawer = round(height * DIAGRAM_SHARE) if self.with_diagram else 0
        return pygame.Rect(
            0, 0, max(width - PANEL_WIDTH, LEAST_MAP * self.panes), max(height - BAR_HEIGHT - drawer, LEAST_MAP)
        )

    @property
    def maps(self) -> list[pygame.Rect]:
        """One map for each pane, one pixel apart."""
        whole = self.whole
        width = (whole.width - (self.panes - 1)) // self.panes
        return [pygame.Rect(place * (width + 1), 0, width, whole.height) for place in range(self.panes)]

    @property
    def bar(self) -> pygame.Rect:
        """The bar that shows and sets the time."""
        whole = self.whole
        return pygame.Rect(0, whole.bottom, whole.width, BAR_HEIGHT)

    @property
    def track(self) -> pygame.Rect:
        """The part of the bar from the first second to the last."""
        return self.bar.inflate(-20, -10)

    @property
    def drawer(self) -> pygame.Rect:
        """The diagram."""
        top = self.bar.bottom
        return pygame.Rect(0, top, self.whole.width, self.size[1] - top)

    @property
    def panel(self) -> pygame.Rect:
        """The column of text."""
        left = self.whole.right
        return pygame.Rect(left, 0, max(self.size[0] - left, 1), self.size[1])

    def map_at(self, pixel: tuple[int, int]) -> int | None:
        """Index of the pane whose map covers a pixel of the window. None beside the maps."""
        return next((place for place, box in enumerate(self.maps) if box.collidepoint(pixel)), None)
