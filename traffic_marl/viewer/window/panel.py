"""Panel: the column of text beside the map: time, numbers, the selected intersection, and what colours mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW
from traffic_marl.viewer.drawing.lettering import HUGE, LARGE, SMALL, USUAL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.live import Inspection
from traffic_marl.viewer.scene.colours import (
    DELAY_COLOURS,
    FAINT,
    HELD,
    LIGHTS,
    LONG_DELAY,
    PANEL,
    SELECTED,
    SPEED_COLOURS,
    TEXT,
    Colour,
)
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap
from traffic_marl.viewer.window.chart import RUN_COLOURS, draw_chart
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.playback import Playback

EDGE_ROOM = 12  # [pixels] left and right of the text
LINE = 17  # [pixels] from one line of small text to the next
COMPASS = ("east", "north", "west", "south")
SHORT = {"longest_queue": "LQ", "max_pressure": "MP"}


@dataclass(frozen=True)
class Shown:
    """What the panel tells of."""

    title: str
    panes: Sequence[Pane]
    playback: Playback
    selected: int | None  # intersection
    active: int  # which of the panes it belongs to
    by_delay: bool


class Panel:
    """Draws the column; remembers how far down it has come."""

    def __init__(self, surface: pygame.Surface) -> None:
        self.surface = surface
        self.left = EDGE_ROOM
        self.right = surface.get_width() - EDGE_ROOM
        self.y = 10

    def draw(self, shown: Shown) -> None:
        """Draws all of it."""
        self.surface.fill(PANEL)
        share = shown.playback.share
        self._clock(shown)
        for place, pane in enumerate(shown.panes):
            self._numbers(pane, pane.shown(share), RUN_COLOURS[place])
        self._difference(shown)
        self._chart(shown)
        if shown.selected is None:
            self._hint()
        else:
            pane = shown.panes[shown.active]
            self._intersection(pane, pane.shown(share), shown.selected)
        self._legend(shown.by_delay)

    def _line(self, words: str, colour: Colour = TEXT, size: int = SMALL, *, bold: bool = False) -> None:
        """One line of text, cut off at the column's end."""
        kept = shortened(words, self.right - self.left, size, bold)
        self.y = write(self.surface, kept, (self.left, self.y), size, colour, bold=bold).bottom + 2

    def _pair(self, name: str, value: str, colour: Colour = TEXT) -> None:
        """A name at the left and a value at the right end of a line."""
        write(self.surface, name, (self.left, self.y), SMALL, FAINT)
        write(self.surface, value, (self.right, self.y), SMALL, colour, anchor="topright")
        self.y += LINE

    def _gap(self, pixels: int = 7) -> None:
        self.y += pixels

    def _clock(self, shown: Shown) -> None:
        """Title, time and speed."""
        self._line(shown.title, FAINT)
        playback = shown.playback
        state = "ended" if playback.ended else "paused" if playback.paused else f"{playback.speed:g} x"
        write(self.surface, state, (self.right, self.y + 8), USUAL, SELECTED, bold=True, anchor="topright")
        self._line(clock(shown.playback.second), size=HUGE, bold=True)

    def _numbers(self, pane: Pane, moment: Moment, colour: Colour) -> None:
        """What a run came to so far."""
        self._gap(3)
        delay = "-" if moment.mean_delay != moment.mean_delay else f"{moment.mean_delay:.1f} s/veh"
        top = self.y
        self._line(shortened(pane.source.label, 170, USUAL, True), colour, USUAL, bold=True)
        write(self.surface, delay, (self.right, top), USUAL, colour, bold=True, anchor="topright")
        halted, waiting = int(moment.queue.sum()), int(moment.backlog.sum())
        half = (self.left + self.right) // 2
        for left, right in (
            (f"{moment.under_way} under way", f"{moment.completed} completed"),
            (f"{halted} halted", f"{waiting} waiting to enter"),
        ):
            write(self.surface, left, (self.left, self.y), SMALL, FAINT)
            write(self.surface, right, (half, self.y), SMALL, FAINT)
            self.y += LINE

    def _difference(self, shown: Shown) -> None:
        """Between two runs, and between a person and the strategy that was left alone."""
        second = shown.playback.second
        if len(shown.panes) > 1:
            one, other = (pane.source for pane in shown.panes)
            self._compare(
                f"{other.label} less {one.label}", delay_at(shown.panes[1], second), delay_at(shown.panes[0], second)
            )
        for pane in shown.panes:
            if pane.rival is not None:
                self._compare(
                    f"you less {pane.source.label} alone", delay_at(pane, second), pane.rival.delay_at(second)
                )

    def _compare(self, words: str, one: float, other: float) -> None:
        """The difference of two delays, in the colour of its sign."""
        difference = one - other
        self._gap(2)
        if difference != difference:
            self._pair(words, "-")
            return
        colour = LIGHTS[GO] if difference < -0.05 else LIGHTS[STOP] if difference > 0.05 else TEXT
        kept = shortened(words, self.right - self.left - 90, SMALL)
        write(self.surface, kept, (self.left, self.y), SMALL, TEXT)
        write(
            self.surface, f"{difference:+.1f} s/veh", (self.right, self.y), SMALL, colour, bold=True, anchor="topright"
        )
        self.y += LINE

    def _chart(self, shown: Shown) -> None:
        self._gap(4)
        box = pygame.Rect(self.left - 4, self.y, self.right - self.left + 8, 118)
        series: list[tuple[Sequence[float], Colour]] = [
            (pane.rival.delays, HELD) for pane in shown.panes if pane.rival is not None
        ]
        series += [(pane.source.delays, RUN_COLOURS[place]) for place, pane in enumerate(shown.panes)]
        draw_chart(self.surface, box, series, shown.playback.position)
        self.y = box.bottom + 8

    def _legend(self, by_delay: bool) -> None:
        """What the colours of vehicles mean; at the bottom."""
        colours = DELAY_COLOURS if by_delay else SPEED_COLOURS
        low, high = ("no delay", f"{LONG_DELAY:.0f} s late") if by_delay else ("standing", "speed limit")
        y = self.surface.get_height() - 24
        self.surface.fill(PANEL, (0, y - 6, self.surface.get_width(), 30))
        write(self.surface, low, (self.left, y), SMALL, FAINT)
        write(self.surface, high, (self.right, y), SMALL, FAINT, anchor="topright")
        left, right = self.left + 72, self.right - 80
        step = (right - left) / len(colours)
        for place, colour in enumerate(colours):
            pygame.draw.rect(self.surface, colour, (left + place * step, y + 3, step + 1, 9))

    def _hint(self) -> None:
        self._line("H  help     click an intersection to look into it", FAINT)

    def _intersection(self, pane: Pane, moment: Moment, n: int) -> None:
        """The selected intersection: its phases, and the lanes that lead to it."""
        found = pane.inspection(n)
        self._line(pane.streets.intersections[n], SELECTED, LARGE, bold=True)
        self._state(pane.streets, moment, found, n)
        for phase, name in enumerate(pane.streets.phase_names[n]):
            self._phase(phase, name, moment, found, n)
        self._gap(4)
        if found is not None:
            self._requests(pane.streets, found, n)
        self._lanes(pane.streets, moment, found, n)

    def _state(self, streets: StreetMap, moment: Moment, found: Inspection | None, n: int) -> None:
        """What the signals show, and since when."""
        name = streets.phase_names[n][moment.positions.phase[n]]
        kept = found is not None and moment.positions.interval[n] == GREEN and not found.may_switch
        words = {
            GREEN: f"green for {moment.positions.age[n]} s" + (", min green is not over" if kept else ""),
            YELLOW: f"yellow for {moment.positions.age[n]} s, then {name}",
            ALL_RED: f"all red for {moment.positions.age[n]} s, then {name}",
        }[int(moment.positions.interval[n])]
        self._line(words, LIGHTS[{GREEN: GO, YELLOW: CAUTION}.get(int(moment.positions.interval[n]), STOP)])

    def _phase(self, phase: int, name: str, moment: Moment, found: Inspection | None, n: int) -> None:
        """One phase: its key, whether it is shown, and who wants it."""
        row = pygame.Rect(self.left - 4, self.y, self.right - self.left + 8, LINE + 2)
        shown = int(moment.positions.phase[n]) == phase
        if found is not None and found.probabilities is not None:
            bar = row.copy()
            bar.width = round(row.width * float(found.probabilities[phase]))
            pygame.draw.rect(self.surface, (52, 66, 84), bar, border_radius=3)
        if shown:
            light = {GREEN: GO, YELLOW: CAUTION}.get(int(moment.positions.interval[n]), STOP)
            pygame.draw.rect(self.surface, LIGHTS[light], row, 1, border_radius=3)
        write(self.surface, f"{phase + 1}", (self.left + 2, self.y + 2), SMALL, FAINT, bold=True)
        write(self.surface, shortened(name, 130, SMALL), (self.left + 20, self.y + 2), SMALL, TEXT, bold=shown)
        self._wanted(phase, found, row)
        self.y = row.bottom + 1

    def _wanted(self, phase: int, found: Inspection | None, row: pygame.Rect) -> None:
        """Who asks for a phase, from the right end of its line."""
        if found is None:
            return
        words: list[tuple[str, Colour]] = []
        if found.held == phase:
            words.append(("you", HELD))
        if found.asked == phase:
            words.append(("asked", SELECTED))
        words += [(SHORT[name], FAINT) for name, choice in found.advice.items() if choice == phase]
        if found.probabilities is not None:
            words.append((f"{100 * float(found.probabilities[phase]):.0f} %", TEXT))
        right = row.right - 6
        for word, colour in reversed(words):
            right = write(self.surface, word, (right, row.centery), SMALL, colour, anchor="midright").left - 8

    def _requests(self, streets: StreetMap, found: Inspection, n: int) -> None:
        """When the strategy is asked next, and what the keys do."""
        if found.held != NONE:
            self._line(f"you ask for {streets.phase_names[n][found.held]}; 0 gives it back", HELD)
        else:
            self._line(
                f"next decision in {found.next_decision} s; keys 1-{len(streets.phase_names[n])} take over", FAINT
            )
        self._line("LQ, MP: longest_queue, max_pressure now", FAINT)

    def _lanes(self, streets: StreetMap, moment: Moment, found: Inspection | None, n: int) -> None:
        """Vehicles on the lanes that lead here, as far down as there is room."""
        self._gap(2)
        lanes = streets.incoming_lanes[n]
        vehicles = np.bincount(moment.positions.drivable, minlength=len(streets.lane_lines))[lanes]
        columns = (self.right - 92, self.right - 44, self.right)
        heads = ("veh", "halted", "wait [s]" if found is not None else "")
        for head, x in zip(heads, columns, strict=True):
            write(self.surface, head, (x, self.y), SMALL, FAINT, anchor="topright")
        self.y += LINE
        for place, lane in enumerate(lanes.tolist()):
            if self.y > self.surface.get_height() - 40:
                return
            wait = "" if found is None else f"{found.longest_wait[place]}"
            values = (f"{vehicles[place]}", f"{moment.queue[lane]}", wait)
            write(self.surface, lane_title(streets, lane), (self.left, self.y), SMALL, TEXT)
            for value, x in zip(values, columns, strict=True):
                write(self.surface, value, (x, self.y), SMALL, FAINT if value == "0" else TEXT, anchor="topright")
            self.y += LINE - 2


def delay_at(pane: Pane, second: int) -> float:
    """[s/veh] mean delay of a run so far."""
    return pane.source.delays[min(second, len(pane.source.delays) - 1)]


def lane_title(streets: StreetMap, lane: int) -> str:
    """Where a lane comes from, and where one may go from it."""
    dx, dy = streets.lane_lines[lane][-1] - streets.lane_lines[lane][-2]
    origin = COMPASS[int(np.rint(np.arctan2(-dy, -dx) / (np.pi / 2.0))) % 4]
    turns = dict.fromkeys(streets.movement_turns[m] for m in streets.lane_movements[lane])
    return f"from {origin}: {', '.join(turns)}"
