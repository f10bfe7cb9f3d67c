"""TextColumn: lines of text one below the other."""

from traffic_marl.viewer.drawing.lettering import SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import FAINT, TEXT, Colour

EDGE_ROOM = 12  # [pixels] left and right of the text
LINE = 17  # [pixels] from one line of small text to the next


class TextColumn:
    """Writes text from the top of a surface downwards. `y` is the top of the next line."""

    def __init__(self, surface: pygame.Surface) -> None:
        self.surface = surface
        self.left = EDGE_ROOM
        self.right = surface.get_width() - EDGE_ROOM
        self.y = 10

    @property
    def bottom(self) -> int:
        """[pixels] height of the surface."""
        return self.surface.get_height()

    def gap(self, pixels: int) -> None:
        """Leaves some room free."""
        self.y += pixels

    def line(self, words: str, colour: Colour = TEXT, size: int = SMALL, *, bold: bool = False) -> None:
        """Writes a line, shortened to the width of the column."""
        kept = shortened(words, self.right - self.left, size, bold)
        self.y = write(self.surface, kept, (self.left, self.y), size, colour, bold=bold).bottom + 2

    def pair(self, name: str, value: str, name_colour: Colour, value_colour: Colour, *, bold: bool = False) -> None:
        """Writes a name at the left end and a value at the right end of one line."""
        kept = shortened(name, self.right - self.left - 90, SMALL)
        write(self.surface, kept, (self.left, self.y), SMALL, name_colour)
        write(self.surface, value, (self.right, self.y), SMALL, value_colour, bold=bold, anchor="topright")
        self.y += LINE

    def halves(self, left: str, right: str) -> None:
        """Writes two texts side by side."""
        write(self.surface, left, (self.left, self.y), SMALL, FAINT)
        write(self.surface, right, ((self.left + self.right) // 2, self.y), SMALL, FAINT)
        self.y += LINE
