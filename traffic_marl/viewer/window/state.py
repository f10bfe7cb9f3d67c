"""WindowState: everything that keys and mouse change and that the window draws."""

import time
from collections.abc import Sequence

from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.futures import Futures
from traffic_marl.viewer.scene.camera import Camera, fitted
from traffic_marl.viewer.scene.corridor import Corridor
from traffic_marl.viewer.window.areas import Areas
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.playback import Playback
from traffic_marl.viewer.window.progress import bring

MESSAGE_TIME = 4.0  # [s] for which a message is shown


class WindowState:
    """Runs, clock, camera, selection and message of a window. Commands and events change it, the window draws it.

    Args:
        panes: the runs, one or two. Both must have the same network.
        surface: the surface of the window.
        speed: [s/s] seconds of the run in a second, at the start.
    """

    def __init__(self, panes: Sequence[Pane], surface: pygame.Surface, speed: float) -> None:
        self.panes = panes
        self.streets = panes[0].streets
        self.surface = surface
        self.playback = Playback(self._last(), speed)
        self.selected: int | None = None  # intersection
        self.active = 0  # index of the pane that the selection belongs to
        self.by_delay = False  # vehicles have the colour of their delay, not of their speed
        self.help_shown = False
        self.futures: Futures | None = None  # shown over the map of pane `futures_side`
        self.futures_side = 0
        self.diagram_shown = False
        self.running = True
        self._corridor = 0  # index of the chosen one of `corridors`
        self._fits = True  # the camera shows the whole network, also after a change of size
        self._camera = self._fitted()
        self._camera_moved = 0.0  # [s] time of the camera's last move, by `time.monotonic`
        self.say("press H for help")

    @property
    def areas(self) -> Areas:
        """The present division of the window."""
        return Areas(self.surface.get_size(), len(self.panes), self.diagram_shown)

    @property
    def pane(self) -> Pane:
        """The pane that the selection belongs to."""
        return self.panes[self.active]

    @property
    def corridors(self) -> tuple[Corridor, ...]:
        """The corridors of the chosen run. Recordings of the same lanes may differ in their turns."""
        return self.pane.corridors

    @property
    def corridor(self) -> Corridor | None:
        """The corridor of the diagram. None where no diagram is shown, or where the run has no corridor."""
        found = self.corridors
        return found[self._corridor % len(found)] if self.diagram_shown and found else None

    @property
    def camera(self) -> Camera:
        """The part of the map that is shown."""
        return self._camera

    @property
    def camera_rest(self) -> float:
        """[s] time since the camera's last move."""
        return time.monotonic() - self._camera_moved

    @property
    def message_is_shown(self) -> bool:
        """Whether the time of the message is not over yet."""
        return time.monotonic() < self._message_end

    def say(self, message: str, seconds: float = MESSAGE_TIME) -> None:
        """Shows a message for some time [s]."""
        self.message = message
        self._message_end = time.monotonic() + seconds

    def move_camera(self, camera: Camera) -> None:
        """Shows another part of the map."""
        self._camera = camera
        self._camera_moved = time.monotonic()
        self._fits = False

    def fit_camera(self) -> None:
        """Shows the whole network."""
        self.move_camera(self._fitted())
        self._fits = True

    def resize(self, surface: pygame.Surface) -> None:
        """Draws on another surface from now on."""
        self.surface = surface
        self._fill_maps()

    def toggle_diagram(self) -> None:
        """Opens the diagram on a corridor through the selected intersection, or closes it."""
        self.diagram_shown = not self.diagram_shown
        if self.diagram_shown and self.selected is not None:
            self._choose_corridor_through(self.selected)
        self._fill_maps()

    def _choose_corridor_through(self, intersection: int) -> None:
        """Chooses the longest corridor through an intersection, unless the present one leads through it."""
        through = [place for place, each in enumerate(self.corridors) if each.meets(intersection)]
        if not through:
            self.say(f"no corridor leads through {self.streets.intersections[intersection]}")
        elif self._corridor not in through:
            self._corridor = through[0]

    def show_futures(self, found: Futures | None) -> None:
        """Shows the futures of an intersection of the active pane, or closes them."""
        self.futures, self.futures_side = found, self.active

    def choose_corridor(self, step: int) -> None:
        """Chooses the corridor so many places further in the list."""
        self._corridor = (self._corridor + step) % max(len(self.corridors), 1)

    def advance(self, elapsed: float) -> None:
        """Moves the clock on by some real time [s] and all runs with it. The clock waits for runs that are too slow."""
        self.playback.tick(elapsed)
        wanted = int(self.playback.wanted)
        reached = bring(self.panes, wanted, sought=self.playback.goal is not None)
        self.playback.reach(reached, self._last())
        if self.playback.goal is not None:
            self.say(f"simulating up to {clock(wanted)} ...", seconds=0.5)

    def _fill_maps(self) -> None:
        """Adapts the camera to the size of the maps."""
        if self._fits:
            self.fit_camera()
        else:
            box = self.areas.maps[0]
            self.move_camera(self._camera.resized(box.width, box.height))

    def _fitted(self) -> Camera:
        box = self.areas.maps[0]
        return fitted(self.streets.bounds, box.width, box.height)

    def _last(self) -> int:
        return max(pane.source.last for pane in self.panes)
