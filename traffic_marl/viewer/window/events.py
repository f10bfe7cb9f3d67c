"""Events: what keys and mouse mean in a window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.keys import GROUPS, PHASE_KEYS

if TYPE_CHECKING:
    from traffic_marl.viewer.window.window import Window

ZOOM = 1.25  # factor of one notch of the wheel
CLICK = 4  # [pixels] a mouse may move between press and release of a click
NEAR = 14.0  # [pixels] from an intersection's edge within which a click means it
SHORTCUTS = {key: binding.action for group in GROUPS for binding in group.bindings for key in binding.keys}
NAMES = {value: name.removeprefix("K_") for name, value in vars(pygame).items() if name.startswith("K_")}

Pixel = tuple[int, int]


class Events:
    """Obeys what is pressed; remembers what a held mouse button is about."""

    def __init__(self, window: "Window") -> None:
        self.window = window
        self.commands = Commands(window)
        self._drag: Pixel | None = None  # where the mouse was when the map last moved with it
        self._dragged = False
        self._seeking = False
        self._answers: dict[int, Callable[[pygame.event.Event], None]] = {
            pygame.KEYDOWN: self._key,
            pygame.MOUSEWHEEL: self._wheel,
            pygame.MOUSEBUTTONDOWN: self._press,
            pygame.MOUSEBUTTONUP: self._release,
            pygame.MOUSEMOTION: self._move,
            pygame.VIDEORESIZE: lambda event: window.resized(),
            pygame.QUIT: lambda event: self.commands.quit(),
        }

    def obey(self, event: pygame.event.Event) -> None:
        """Does what an event asks for, if it asks for something."""
        if event.type in self._answers:
            self._answers[event.type](event)

    def _key(self, event: pygame.event.Event) -> None:
        name = NAMES.get(event.key, "")
        if event.mod & pygame.KMOD_SHIFT and f"shift+{name}" in SHORTCUTS:
            name = f"shift+{name}"
        digit = name.removeprefix("KP_").removeprefix("KP")
        if name in SHORTCUTS:
            getattr(self.commands, SHORTCUTS[name])()
        elif digit and digit in PHASE_KEYS:
            self.commands.choose_phase(int(digit) - 1)

    def _wheel(self, event: pygame.event.Event) -> None:
        pixel = pygame.mouse.get_pos()
        if self.window.areas.map_at(pixel) is not None:
            self.window.look(self.window.camera.zoomed(ZOOM**event.y, self._within(pixel)))

    def _press(self, event: pygame.event.Event) -> None:
        if event.button > 3:  # the wheel
            return
        if self.window.areas.bar.collidepoint(event.pos):
            self._seeking = True
            self._seek_to(event.pos[0])
        elif self.window.areas.map_at(event.pos) is not None:
            self._drag, self._dragged = event.pos, False

    def _move(self, event: pygame.event.Event) -> None:
        if self._seeking:
            self._seek_to(event.pos[0])
        if self._drag is None:
            return
        right, down = event.pos[0] - self._drag[0], event.pos[1] - self._drag[1]
        if self._dragged or max(abs(right), abs(down)) > CLICK:
            self.window.look(self.window.camera.moved(right, down))
            self._drag, self._dragged = event.pos, True

    def _release(self, event: pygame.event.Event) -> None:
        self._seeking = False
        if self._drag is not None and not self._dragged and event.button == 1:
            self._click(event.pos)
        self._drag = None

    def _seek_to(self, x: int) -> None:
        """Goes to the time that the bar shows there."""
        track = self.window.areas.track
        self.window.playback.seek((x - track.left) / max(track.width, 1) * self.window.playback.last)

    def _click(self, pixel: Pixel) -> None:
        """Selects the intersection at a pixel, or none."""
        window = self.window
        place = window.areas.map_at(pixel)
        if place is None:
            return
        window.active = place
        at = window.camera.metres(self._within(pixel))
        away = ((window.streets.positions - at) ** 2).sum(axis=1) ** 0.5 - window.streets.reaches
        nearest = int(away.argmin())
        window.selected = nearest if away[nearest] * window.camera.scale <= NEAR else None

    def _within(self, pixel: Pixel) -> Pixel:
        """A pixel of the window as one of the map that it lies on."""
        place = self.window.areas.map_at(pixel)
        assert place is not None, "a pixel beside the maps"
        box = self.window.areas.maps[place]
        return pixel[0] - box.left, pixel[1] - box.top
