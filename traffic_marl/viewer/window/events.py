"""Events: the meaning of keys and mouse in a window."""

from collections.abc import Callable

from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.keys import GROUPS, PHASE_KEYS
from traffic_marl.viewer.window.state import WindowState

ZOOM = 1.25  # factor of one notch of the wheel
CLICK = 4  # [pixels] the mouse may move between press and release of a click
NEAR = 14.0  # [pixels] a click this close to an intersection's edge selects it
SHORTCUTS = {key: binding.action for group in GROUPS for binding in group.bindings for key in binding.keys}
NAMES = {value: name.removeprefix("K_") for name, value in vars(pygame).items() if name.startswith("K_")}

Pixel = tuple[int, int]


class Events:
    """Obeys keys and mouse. Remembers the drag that a held mouse button has begun."""

    def __init__(self, state: WindowState) -> None:
        self.state = state
        self.commands = Commands(state)
        self._drag: Pixel | None = None  # position of the mouse when the map last moved with it
        self._dragged = False
        self._seeking = False
        self._answers: dict[int, Callable[[pygame.event.Event], None]] = {
            pygame.KEYDOWN: self._key,
            pygame.MOUSEWHEEL: self._wheel,
            pygame.MOUSEBUTTONDOWN: self._press,
            pygame.MOUSEBUTTONUP: self._release,
            pygame.MOUSEMOTION: self._move,
            pygame.VIDEORESIZE: lambda event: state.resize(pygame.display.get_surface()),
            pygame.QUIT: lambda event: self.commands.quit(),
        }

    def obey(self, event: pygame.event.Event) -> None:
        """Does what the event asks for. Ignores all other events."""
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
        if self.state.areas.map_at(pixel) is not None:
            self.state.move_camera(self.state.camera.zoomed(ZOOM**event.y, self._within(pixel)))

    def _press(self, event: pygame.event.Event) -> None:
        if event.button > 3:  # the wheel
            return
        if self.state.areas.bar.collidepoint(event.pos):
            self._seeking = True
            self._seek_to(event.pos[0])
        elif self.state.areas.map_at(event.pos) is not None:
            self._drag, self._dragged = event.pos, False

    def _move(self, event: pygame.event.Event) -> None:
        if self._seeking:
            self._seek_to(event.pos[0])
        if self._drag is None:
            return
        right, down = event.pos[0] - self._drag[0], event.pos[1] - self._drag[1]
        if self._dragged or max(abs(right), abs(down)) > CLICK:
            self.state.move_camera(self.state.camera.moved(right, down))
            self._drag, self._dragged = event.pos, True

    def _release(self, event: pygame.event.Event) -> None:
        self._seeking = False
        if self._drag is not None and not self._dragged and event.button == 1:
            self._click(event.pos)
        self._drag = None

    def _seek_to(self, x: int) -> None:
        """Goes to the time at this place of the bar."""
        track = self.state.areas.track
        self.state.playback.seek((x - track.left) / max(track.width, 1) * self.state.playback.last)

    def _click(self, pixel: Pixel) -> None:
        """Selects the intersection at a pixel, or none."""
        state = self.state
        place = state.areas.map_at(pixel)
        if place is None:
            return
        state.active = place
        at = state.camera.metres(self._within(pixel))
        away = ((state.streets.positions - at) ** 2).sum(axis=1) ** 0.5 - state.streets.reaches
        nearest = int(away.argmin())
        state.selected = nearest if away[nearest] * state.camera.scale <= NEAR else None

    def _within(self, pixel: Pixel) -> Pixel:
        """A pixel of the window as a pixel of its map."""
        place = self.state.areas.map_at(pixel)
        assert place is not None, "a pixel beside the maps"
        box = self.state.areas.maps[place]
        return pixel[0] - box.left, pixel[1] - box.top
