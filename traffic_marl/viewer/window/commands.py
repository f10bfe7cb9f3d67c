"""Commands: the actions of the keys of a window. `keys.GROUPS` binds keys to them."""

from itertools import chain, count
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files import ensure_writable, replace
from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.futures import futures, is_of
from traffic_marl.viewer.window.state import WindowState

ZOOM = 1.25  # factor of one key press
PAN = 90.0  # [pixels] of one key press
SELECT_FIRST = "select an intersection first (Tab or click)"


class Commands:
    """One method for each action."""

    def __init__(self, state: WindowState) -> None:
        self.state = state

    def pause(self) -> None:
        """Pauses or continues."""
        self.state.playback.paused = not self.state.playback.paused

    def step(self) -> None:
        """Pauses one second later."""
        self.state.playback.step()

    def faster(self) -> None:
        """Takes the next higher speed."""
        self.state.playback.faster()

    def slower(self) -> None:
        """Takes the next lower speed."""
        self.state.playback.slower()

    def back(self) -> None:
        """Goes back 10 s."""
        self._seek_by(-10.0)

    def forward(self) -> None:
        """Goes forward 10 s."""
        self._seek_by(10.0)

    def far_back(self) -> None:
        """Goes back 60 s."""
        self._seek_by(-60.0)

    def far_forward(self) -> None:
        """Goes forward 60 s."""
        self._seek_by(60.0)

    def _seek_by(self, seconds: float) -> None:
        self.state.playback.seek(self.state.playback.wanted + seconds)

    def restart(self) -> None:
        """Goes back to the start."""
        self.state.playback.seek(0.0)
        held = any(pane.live is not None and pane.live.holds for pane in self.state.panes)
        self.state.say("restarted, your requests are repeated at the same times" if held else "restarted")

    def zoom_in(self) -> None:
        """Zooms in."""
        self.state.move_camera(self.state.camera.zoomed(ZOOM))

    def zoom_out(self) -> None:
        """Zooms out."""
        self.state.move_camera(self.state.camera.zoomed(1.0 / ZOOM))

    def pan_up(self) -> None:
        """Moves the view to the north."""
        self.state.move_camera(self.state.camera.moved(0.0, PAN))

    def pan_down(self) -> None:
        """Moves the view to the south."""
        self.state.move_camera(self.state.camera.moved(0.0, -PAN))

    def pan_left(self) -> None:
        """Moves the view to the west."""
        self.state.move_camera(self.state.camera.moved(PAN, 0.0))

    def pan_right(self) -> None:
        """Moves the view to the east."""
        self.state.move_camera(self.state.camera.moved(-PAN, 0.0))

    def fit(self) -> None:
        """Shows the whole network."""
        self.state.fit_camera()

    def go_to(self) -> None:
        """Moves the view to the selected intersection and zooms in."""
        state = self.state
        if state.selected is None:
            state.say(SELECT_FIRST)
            return
        x, y = state.streets.positions[state.selected].tolist()
        camera = state.camera
        near = min(camera.width, camera.height) / (8.0 * float(state.streets.reaches[state.selected]))
        state.move_camera(camera.zoomed(max(near / camera.scale, 1.0)).at(x, y))

    def colours(self) -> None:
        """Colours vehicles by speed or by delay."""
        self.state.by_delay = not self.state.by_delay
        self.state.say("colours show the delay" if self.state.by_delay else "colours show the speed")

    def picture(self) -> None:
        """Saves a picture of the window in the current folder, under a name that is still free."""
        surface = self.state.surface
        stem = f"traffic_{clock(self.state.playback.second).replace(':', '-')}"
        names = (f"{stem}{ending}.png" for ending in chain([""], (f"_{number}" for number in count(2))))
        path = next(Path(name) for name in names if not Path(name).exists())
        try:
            ensure_writable(path, "picture")
            replace(path, None, lambda draft: pygame.image.save(surface, str(draft)))
        except (FileError, pygame.error) as error:
            self.state.say(f"no picture was saved: {error}")
            return
        self.state.say(f"saved {path.resolve()}")

    def select_next(self) -> None:
        """Selects the next intersection."""
        selected = self.state.selected
        self.state.selected = 0 if selected is None else (selected + 1) % len(self.state.streets.intersections)

    def select_previous(self) -> None:
        """Selects the previous intersection."""
        selected = self.state.selected
        self.state.selected = ((0 if selected is None else selected) - 1) % len(self.state.streets.intersections)

    def choose_phase(self, phase: int) -> None:
        """Takes over the selected intersection and requests a phase."""
        selected = self.state.selected
        if selected is None:
            self.state.say(SELECT_FIRST)
            return
        names = self.state.streets.phase_names[selected]
        if phase < len(names):
            self._hold(selected, phase)
        else:
            phases = f"{len(names)} phase{'' if len(names) == 1 else 's'}"
            self.state.say(f"{self.state.streets.intersections[selected]} has {phases}")

    def give_back(self) -> None:
        """Returns the selected intersection to its strategy."""
        if self.state.selected is None:
            self.state.say(SELECT_FIRST)
        else:
            self._hold(self.state.selected, NONE)

    def give_all_back(self) -> None:
        """Returns all intersections to their strategy."""
        live = self.state.pane.live
        for n in [] if live is None else (live.held != NONE).nonzero()[0].tolist():
            self._hold(n, NONE)

    def _hold(self, intersection: int, phase: int) -> None:
        state = self.state
        where = state.streets.intersections[intersection]
        if not state.pane.hold(intersection, phase):
            state.say("a recording cannot be changed")
        elif phase == NONE:
            state.say(f"{state.pane.source.label} controls {where} again")
        else:
            state.say(f"you request {state.streets.phase_names[intersection][phase]} at {where}")

    def branches(self) -> None:
        """Shows what would come if the selected intersection asked for another phase now, or closes that."""
        state = self.state
        live, shown = state.pane.live, state.futures
        if state.selected is None:
            state.say(SELECT_FIRST)
        elif live is None:
            state.say("a recording has no other futures, watch the run live")
        elif shown is not None and state.futures_side == state.active and is_of(shown, live, state.selected):
            state.show_futures(None)
        else:
            state.show_futures(futures(live, state.selected))

    def other_side(self) -> None:
        """Moves the selection to the other of two runs."""
        self.state.active = (self.state.active + 1) % len(self.state.panes)

    def diagram(self) -> None:
        """Opens or closes the diagram."""
        if self.state.corridors:
            self.state.toggle_diagram()
        else:
            self.state.say("no corridor to show: no road leads straight through an intersection")

    def next_corridor(self) -> None:
        """Shows the next corridor."""
        self._choose_corridor(1)

    def previous_corridor(self) -> None:
        """Shows the previous corridor."""
        self._choose_corridor(-1)

    def _choose_corridor(self, step: int) -> None:
        if self.state.diagram_shown:
            self.state.choose_corridor(step)
        else:
            self.diagram()

    def help(self) -> None:
        """Shows or hides the help."""
        self.state.help_shown = not self.state.help_shown

    def escape(self) -> None:
        """Closes the help or the futures, or clears the selection."""
        if self.state.help_shown:
            self.state.help_shown = False
        elif self.state.futures is not None:
            self.state.show_futures(None)
        else:
            self.state.selected = None

    def quit(self) -> None:
        """Closes the window."""
        self.state.running = False
