"""The help over the window: all keys and their actions."""

from traffic_marl.viewer.drawing.lettering import HUGE, MEDIUM, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.scene.colours import EDGE, FAINT, LIGHTS, PANEL, SELECTED, TEXT
from traffic_marl.viewer.window.keys import GROUPS, Group

SIZE = (860, 560)  # [pixels]
LINE = 22  # [pixels]
KEY_ROOM = 96  # [pixels] for the labels of the keys
NOTES = (
    "Signals at the stop lines: an arrowhead is green, a bar red, a bar with a stub yellow, one for each movement.",
    "In the diagram a thick line is red, a thin one green.",
    "Orange numbers at the edge count vehicles that wait to enter the network.",
    "The keys 1 to 9 take over the selected intersection and request that phase.",
    "Min green, yellow and all-red are kept, as for any strategy.",
)


def draw_help(surface: pygame.Surface) -> None:
    """Draws the help over the window, smaller in a small window."""
    shade = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    shade.fill((0, 0, 0, 150))
    surface.blit(shade, (0, 0))
    page = _page()
    share = min(1.0, surface.get_width() / SIZE[0], surface.get_height() / SIZE[1])
    if share < 1.0:
        page = pygame.transform.smoothscale(page, (round(SIZE[0] * share), round(SIZE[1] * share)))
    surface.blit(page, page.get_rect(center=surface.get_rect().center))


def _page() -> pygame.Surface:
    """The help as an image."""
    page = pygame.Surface(SIZE, pygame.SRCALPHA)
    box = page.get_rect()
    pygame.draw.rect(page, PANEL, box, border_radius=10)
    pygame.draw.rect(page, EDGE, box, 1, border_radius=10)
    write(page, "Keys", (28, 18), HUGE, bold=True)
    for place, groups in enumerate(((GROUPS[0], GROUPS[2]), (GROUPS[1], GROUPS[3], GROUPS[4]))):
        y = 62
        for group in groups:
            y = _draw_group(page, group, 28 + place * 410, y)
    y = SIZE[1] - len(NOTES) * 19 - 16
    for note in NOTES:
        write(page, note, (28, y), MEDIUM, FAINT)
        y += 19
    return page


def _draw_group(surface: pygame.Surface, group: Group, left: int, y: int) -> int:
    """Draws title and bindings. Returns the top of the next group [pixels]."""
    write(surface, group.title, (left, y), MEDIUM, SELECTED, bold=True)
    y += LINE
    for binding in group.bindings:
        if binding.label:
            write(surface, binding.label, (left, y), MEDIUM, LIGHTS[1], bold=True)
            write(surface, binding.text, (left + KEY_ROOM, y), MEDIUM, TEXT)
            y += LINE - 2
    return y + 10
