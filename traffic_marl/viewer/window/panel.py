"""The panel beside the map: time, numbers of each run, chart, selected intersection and legend."""

from collections.abc import Sequence

from traffic_marl.viewer.drawing.lettering import HUGE, MEDIUM, SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.scene.colours import (
    DELAY_COLOURS,
    FAINT,
    HELD,
    LIGHTS,
    LONG_DELAY,
    PANEL,
    RUN_COLOURS,
    SELECTED,
    SPEED_COLOURS,
    TEXT,
    Colour,
)
from traffic_marl.viewer.scene.lights import GO, STOP
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.window.chart import Line, chart_height, draw_chart
from traffic_marl.viewer.window.column import TextColumn
from traffic_marl.viewer.window.inspector import draw_intersection
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.playback import Playback
from traffic_marl.viewer.window.state import WindowState

ALONE, SECOND = (5, 4), (2, 2)  # [pixels] dashes of a strategy left alone, and of the person on the second run


def draw_panel(surface: pygame.Surface, state: WindowState, title: str) -> None:
    """Draws the whole panel on a surface."""
    surface.fill(PANEL)
    column = TextColumn(surface)
    share = state.playback.share
    _draw_clock(column, state.playback, title)
    for place, pane in enumerate(state.panes):
        _draw_numbers(column, pane, pane.shown(share), RUN_COLOURS[place] if pane.untouched is None else HELD)
    _draw_differences(column, state.panes, state.playback.second)
    _draw_chart(column, state.panes, state.playback.position)
    if state.selected is None:
        column.line("H: help. Click an intersection for details.", FAINT)
    else:
        draw_intersection(column, state.pane, state.pane.shown(share), state.selected)
    _draw_legend(column, state.by_delay)


def _draw_clock(column: TextColumn, playback: Playback, title: str) -> None:
    """Title, time and speed."""
    column.line(title, FAINT)
    state = "ended" if playback.ended else "paused" if playback.paused else f"{playback.speed:g} x"
    write(column.surface, state, (column.right, column.y + 8), MEDIUM, SELECTED, bold=True, anchor="topright")
    column.line(clock(playback.second), size=HUGE, bold=True)


def _draw_numbers(column: TextColumn, pane: Pane, moment: Moment, colour: Colour) -> None:
    """Delay and counts of a run so far."""
    column.gap(3)
    delay = "-" if moment.mean_delay != moment.mean_delay else f"{moment.mean_delay:.1f} s/veh"
    top = column.y
    column.line(shortened(name_of(pane), 170, MEDIUM, True), colour, MEDIUM, bold=True)
    write(column.surface, delay, (column.right, top), MEDIUM, colour, bold=True, anchor="topright")
    column.halves(f"{moment.under_way} under way", f"{moment.completed} completed")
    column.halves(f"{int(moment.queue.sum())} halted", f"{int(moment.backlog.sum())} waiting to enter")


def _draw_differences(column: TextColumn, panes: Sequence[Pane], second: int) -> None:
    """Differences between two runs, and between a run with a person's requests and the strategy alone."""
    if len(panes) > 1:
        one, other = panes
        words = f"{other.source.label} minus {one.source.label}"
        _draw_difference(column, words, other.delay_at(second), one.delay_at(second))
    for pane in panes:
        if pane.untouched is not None:
            words = f"you minus {pane.source.label} alone"
            _draw_difference(column, words, pane.delay_at(second), pane.alone_at(second))


def _draw_difference(column: TextColumn, words: str, one: float, other: float | None) -> None:
    """The difference of two delays, in the colour of its sign. Three dots stand for a run that is being simulated."""
    column.gap(2)
    if other is None:
        column.pair(words, "...", FAINT, FAINT)
        return
    difference = one - other
    if difference != difference:
        column.pair(words, "-", FAINT, TEXT)
        return
    colour = LIGHTS[GO] if difference < -0.05 else LIGHTS[STOP] if difference > 0.05 else TEXT
    column.pair(words, f"{difference:+.1f} s/veh", TEXT, colour, bold=True)


def _draw_chart(column: TextColumn, panes: Sequence[Pane], now: float) -> None:
    """Mean delay of all runs over time."""
    column.gap(4)
    lines = chart_lines(panes)
    across = column.right - column.left + 8
    box = pygame.Rect(column.left - 4, column.y, across, chart_height(lines, across))
    draw_chart(column.surface, box, lines, now)
    column.y = box.bottom + 8


def chart_lines(panes: Sequence[Pane]) -> list[Line]:
    """A line for each run. A strategy left alone keeps its colour, in dashes, and a person has the person's colour."""
    lines = []
    for place, pane in enumerate(panes):
        if pane.untouched is None:
            lines.append(Line(name_of(pane), pane.source.delays, RUN_COLOURS[place]))
            continue
        lines.append(Line(f"{pane.source.label} alone", pane.untouched.delays, RUN_COLOURS[place], ALONE))
        lines.append(Line(name_of(pane), pane.source.delays, HELD, None if place == 0 else SECOND))
    return lines


def name_of(pane: Pane) -> str:
    """The strategy, and the person who has taken over some of its signals."""
    return pane.source.label if pane.untouched is None else f"you on {pane.source.label}"


def _draw_legend(column: TextColumn, by_delay: bool) -> None:
    """Meaning of the colours of vehicles, at the bottom."""
    surface = column.surface
    colours = DELAY_COLOURS if by_delay else SPEED_COLOURS
    low, high = ("no delay", f"{LONG_DELAY:.0f} s late") if by_delay else ("standing", "speed limit")
    y = column.bottom - 24
    surface.fill(PANEL, (0, y - 6, surface.get_width(), 30))
    write(surface, low, (column.left, y), SMALL, FAINT)
    write(surface, high, (column.right, y), SMALL, FAINT, anchor="topright")
    left, right = column.left + 72, column.right - 80
    step = (right - left) / len(colours)
    for place, colour in enumerate(colours):
        pygame.draw.rect(surface, colour, (left + place * step, y + 3, step + 1, 9))
