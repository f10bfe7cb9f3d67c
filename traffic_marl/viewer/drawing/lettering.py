"""Lettering: lines of text as images, with a cache."""

from functools import lru_cache

from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import TEXT, Colour

FACES = "dejavusans,liberationsans,segoeui,helveticaneue,arial"  # the first one installed is used, or else pygame's own
SMALL, MEDIUM, LARGE, HUGE = 12, 14, 18, 26  # [pixels]


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> pygame.font.Font:
    if not pygame.font.get_init():
        pygame.font.init()
    return pygame.font.SysFont(FACES, size, bold=bold)


@lru_cache(maxsize=2048)
def text(line: str, size: int = MEDIUM, colour: Colour = TEXT, bold: bool = False) -> pygame.Surface:
    """A line of text as an image without background. It is shared, so do not draw on it."""
    return _font(size, bold).render(line, True, colour)


def width(line: str, size: int = MEDIUM, bold: bool = False) -> int:
    """[pixels] width of a line of text."""
    return _font(size, bold).size(line)[0]


def shortened(line: str, most: int, size: int = MEDIUM, bold: bool = False) -> str:
    """The line. If it is wider than `most` pixels, its beginning and three dots."""
    if width(line, size, bold) <= most:
        return line
    kept = line
    while kept and width(kept + "...", size, bold) > most:
        kept = kept[:-1]
    return kept + "..."


def write(
    surface: pygame.Surface,
    line: str,
    place: tuple[float, float],
    size: int = MEDIUM,
    colour: Colour = TEXT,
    *,
    bold: bool = False,
    anchor: str = "topleft",
    ground: Colour | None = None,
) -> pygame.Rect:
    """Writes a line of text with its `anchor` at `place`. Returns the rectangle that it covers.

    A colour `ground` draws a box behind the text.
    """
    image = text(line, size, colour, bold)
    rectangle = image.get_rect(**{anchor: (round(place[0]), round(place[1]))})
    if ground is not None:
        pygame.draw.rect(surface, ground, rectangle.inflate(12, 6), border_radius=5)
    surface.blit(image, rectangle)
    return rectangle
