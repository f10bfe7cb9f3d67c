"""Commands: what the keys of a window do; `keys.GROUPS` says which key does what."""

from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from traffic_marl.errors import FileError
from traffic_marl.files import ensure_writable, replace
from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock

if TYPE_CHECKING:
    from traffic_marl.viewer.window.window import Window

ZOOM = 1.25  # factor of one key press
PAN = 90.0  # [pixels] of one key press
SELECT_FIRST = "select an intersection first: Tab, or a click"


class Commands:
    """One method for each thing that a key can ask for."""

    def __init__(self, window: "Window") -> None:
        self.window = window

    def pause(self) -> None:
        """Pauses or goes on."""
        self.window.playback.paused = not self.window.playback.paused

    def step(self) -> None:
        """One second on."""
        self.window.playback.step()

    def faster(self) -> None:
        """The next speed up."""
        self.window.playback.faster()

    def slower(self) -> None:
        """The next speed down."""
        self.window.playback.slower()

    def back(self) -> None:
        """10 s back."""
        self._seek_by(-10.0)

    def onward(self) -> None:
        """10 s on."""
        self._seek_by(10.0)

    def far_back(self) -> None:
        """60 s back."""
        self._seek_by(-60.0)

    def far_onward(self) -> None:
        """60 s on."""
        self._seek_by(60.0)

    def _seek_by(self, seconds: float) -> None:
        self.window.playback.seek(self.window.playback.wanted + seconds)

    def restart(self) -> None:
        """Back to the start."""
        self.window.playback.seek(0.0)
        held = any(pane.live is not None and pane.live.holds for pane in self.window.panes)
        self.window.say(
            "from the start; what you asked for is asked again at the same times" if held else "from the start"
        )

    def zoom_in(self) -> None:
        """Nearer."""
        self.window.look(self.window.camera.zoomed(ZOOM))

    def zoom_out(self) -> None:
        """Farther away."""
        self.window.look(self.window.camera.zoomed(1.0 / ZOOM))

    def pan_up(self) -> None:
        """Shows what lies to the north."""
        self.window.look(self.window.camera.moved(0.0, PAN))

    def pan_down(self) -> None:
        """Shows what lies to the south."""
        self.window.look(self.window.camera.moved(0.0, -PAN))

    def pan_left(self) -> None:
        """Shows what lies to the west."""
        self.window.look(self.window.camera.moved(PAN, 0.0))

    def pan_right(self) -> None:
        """Shows what lies to the east."""
        self.window.look(self.window.camera.moved(-PAN, 0.0))

    def fit(self) -> None:
        """Shows the whole network."""
        self.window.fit()

    def go_to(self) -> None:
        """Brings the selected intersection into the middle, and near."""
        window = self.window
        if window.selected is None:
            window.say(SELECT_FIRST)
            return
        x, y = window.streets.positions[window.selected].tolist()
        camera = window.camera
        near = min(camera.width, camera.height) / (8.0 * float(window.streets.reaches[window.selected]))
        window.look(camera.zoomed(max(near / camera.scale, 1.0)).at(x, y))

    def colours(self) -> None:
        """Colours by speed or by delay."""
        self.window.by_delay = not self.window.by_delay
        self.window.say("colours tell the delay" if self.window.by_delay else "colours tell the speed")

    def picture(self) -> None:
        """Saves the window as a picture in the present folder, under a name that is still free."""
        surface = self.window.surface
        stem = f"traffic_{clock(self.window.playback.second).replace(':', '-')}"
        names = (f"{stem}{ending}.png" for ending in chain([""], (f"_{number}" for number in count(2))))
        path = next(Path(name) for name in names if not Path(name).exists())
        try:
            ensure_writable(path, "picture")
            replace(path, None, lambda draft: pygame.image.save(surface, str(draft)))
        except (FileError, pygame.error) as error:
            self.window.say(f"no picture was saved: {error}")
            return
        self.window.say(f"saved {path.resolve()}")

    def select_next(self) -> None:
        """The next intersection."""
        selected = self.window.selected
        self.window.selected = 0 if selected is None else (selected + 1) % len(self.window.streets.intersections)

    def select_previous(self) -> None:
        """The intersection before."""
        selected = self.window.selected
        self.window.selected = ((0 if selected is None else selected) - 1) % len(self.window.streets.intersections)

    def choose_phase(self, phase: int) -> None:
        """Takes the selected intersection over and asks for a phase."""
        selected = self.window.selected
        if selected is None:
            self.window.say(SELECT_FIRST)
            return
        names = self.window.streets.phase_names[selected]
        if phase < len(names):
            self._hold(selected, phase)
        else:
            self.window.say(f"{self.window.streets.intersections[selected]} has {len(names)} phases")

    def give_back(self) -> None:
        """Gives the selected intersection back to its strategy."""
        if self.window.selected is None:
            self.window.say(SELECT_FIRST)
        else:
            self._hold(self.window.selected, NONE)

    def give_all_back(self) -> None:
        """Gives all intersections back."""
        live = self.window.pane.live
        for n in [] if live is None else (live.held != NONE).nonzero()[0].tolist():
            self._hold(n, NONE)

    def _hold(self, intersection: int, phase: int) -> None:
        window = self.window
        where = window.streets.intersections[intersection]
        if not window.pane.hold(intersection, phase):
            window.say("a recording cannot be changed")
        elif phase == NONE:
            window.say(f"{where} is back with {window.pane.source.label}")
        else:
            window.say(f"you ask for {window.streets.phase_names[intersection][phase]} at {where}")

    def other_side(self) -> None:
        """Makes the other of two runs the one that is looked into."""
        self.window.active = (self.window.active + 1) % len(self.window.panes)

    def diagram(self) -> None:
        """Opens or closes the diagram."""
        if self.window.corridors:
            self.window.toggle_diagram()
        else:
            self.window.say("no road leads straight on through an intersection here")

    def next_corridor(self) -> None:
        """The next corridor."""
        self._choose_corridor(1)

    def previous_corridor(self) -> None:
        """The corridor before."""
        self._choose_corridor(-1)

    def _choose_corridor(self, step: int) -> None:
        if self.window.diagram is None:
            self.diagram()
        else:
            self.window.corridor = (self.window.corridor + step) % len(self.window.corridors)
            self.window.diagram = self.window.new_diagram()

    def help(self) -> None:
        """Shows or hides the help."""
        self.window.help = not self.window.help

    def escape(self) -> None:
        """Closes the help, or selects nothing."""
        if self.window.help:
            self.window.help = False
        else:
            self.window.selected = None

    def quit(self) -> None:
        """Closes the window."""
        self.window.running = False
