"""The selected intersection in the panel: signal state, phases, requests and incoming lanes."""

import numpy as np

from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW
from traffic_marl.viewer.drawing.lettering import LARGE, SMALL, shortened, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.live import Inspection
from traffic_marl.viewer.scene.colours import FAINT, HELD, LIGHTS, PANEL, SELECTED, TEXT, WARNING, Colour
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP
from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap
from traffic_marl.viewer.window.column import LINE, TextColumn
from traffic_marl.viewer.window.pane import Pane

COMPASS = ("east", "north", "west", "south")
SHORT = {"longest_queue": "LQ", "max_pressure": "MP"}
PROBABILITY: Colour = (52, 66, 84)  # bar behind a phase
ROW = LINE - 2  # [pixels] of a lane
FOOT = 28  # [pixels] of the legend below
LIGHT_OF = {GREEN: GO, YELLOW: CAUTION, ALL_RED: STOP}


def draw_intersection(column: TextColumn, pane: Pane, moment: Moment, n: int) -> None:
    """Draws the state of an intersection from the column's `y` downwards."""
    inspection = pane.inspection(n)
    names = pane.streets.phase_names[n]
    column.line(pane.streets.intersections[n], SELECTED, LARGE, bold=True)
    _draw_state(column, names, moment, inspection, n)
    for phase, name in enumerate(names):
        _draw_phase(column, phase, name, moment, inspection, n)
    column.gap(4)
    if inspection is not None:
        _draw_requests(column, names, inspection)
    _draw_lanes(column, pane.streets, moment, inspection, n)


def lane_title(streets: StreetMap, lane: int) -> str:
    """The direction that a lane comes from, and its turns."""
    dx, dy = streets.lane_lines[lane][-1] - streets.lane_lines[lane][-2]
    origin = COMPASS[int(np.rint(np.arctan2(-dy, -dx) / (np.pi / 2.0))) % 4]
    turns = dict.fromkeys(streets.movement_turns[m] for m in streets.lane_movements[lane])
    return f"from {origin}: {', '.join(turns)}"


def _draw_state(
    column: TextColumn, names: tuple[str, ...], moment: Moment, inspection: Inspection | None, n: int
) -> None:
    """The interval of the signals and its age."""
    signals = moment.positions
    name, interval, age = names[signals.phase[n]], int(signals.interval[n]), int(signals.age[n])
    kept = inspection is not None and interval == GREEN and not inspection.may_switch
    words = {
        GREEN: f"green for {age} s" + (", min green is not over" if kept else ""),
        YELLOW: f"yellow for {age} s, then {name}",
        ALL_RED: f"all red for {age} s, then {name}",
    }[interval]
    column.line(words, LIGHTS[LIGHT_OF[interval]])


def _draw_phase(
    column: TextColumn, phase: int, name: str, moment: Moment, inspection: Inspection | None, n: int
) -> None:
    """One phase with its key, its name and the marks of its requests. A frame marks the phase shown."""
    surface = column.surface
    row = pygame.Rect(column.left - 4, column.y, column.right - column.left + 8, LINE + 2)
    shown = int(moment.positions.phase[n]) == phase
    if inspection is not None and inspection.probabilities is not None:
        bar = row.copy()
        bar.width = round(row.width * float(inspection.probabilities[phase]))
        pygame.draw.rect(surface, PROBABILITY, bar, border_radius=3)
    if shown:
        pygame.draw.rect(surface, LIGHTS[LIGHT_OF[int(moment.positions.interval[n])]], row, 1, border_radius=3)
    write(surface, f"{phase + 1}", (column.left + 2, column.y + 2), SMALL, FAINT, bold=True)
    write(surface, shortened(name, 130, SMALL), (column.left + 20, column.y + 2), SMALL, TEXT, bold=shown)
    right = row.right - 6
    for word, colour in reversed(_marks(phase, inspection)):
        right = write(surface, word, (right, row.centery), SMALL, colour, anchor="midright").left - 8
    column.y = row.bottom + 1


def _marks(phase: int, inspection: Inspection | None) -> list[tuple[str, Colour]]:
    """Words about a phase, from left to right: its requests, its advisers, and its probability."""
    if inspection is None:
        return []
    marks: list[tuple[str, Colour]] = []
    if inspection.held == phase:
        marks.append(("you", HELD))
    if inspection.asked == phase:
        marks.append(("asked", SELECTED))
    marks += [(SHORT[name], FAINT) for name, choice in inspection.advice.items() if choice == phase]
    if inspection.probabilities is not None:
        marks.append((f"{100 * float(inspection.probabilities[phase]):.0f} %", TEXT))
    return marks


def _draw_requests(column: TextColumn, names: tuple[str, ...], inspection: Inspection) -> None:
    """The time of the next decision, and the keys that take over."""
    if inspection.held != NONE:
        column.line(f"You request {names[inspection.held]}. Key 0 gives it back.", HELD)
    else:
        column.line(f"Next decision in {inspection.next_decision} s. Keys 1-{len(names)} take over.", FAINT)
    column.line("LQ, MP: advice of longest_queue, max_pressure", FAINT)


def _draw_lanes(column: TextColumn, streets: StreetMap, moment: Moment, inspection: Inspection | None, n: int) -> None:
    """Vehicles on the incoming lanes, as many lanes as there is room for, and the number of the others."""
    column.gap(2)
    lanes = streets.incoming_lanes[n]
    vehicles = np.bincount(moment.positions.drivable, minlength=len(streets.lane_lines))[lanes]
    ends = (column.right - 92, column.right - 44, column.right)
    heads = ("veh", "halted", "wait [s]" if inspection is not None else "")
    for head, x in zip(heads, ends, strict=True):
        write(column.surface, head, (x, column.y), SMALL, FAINT, anchor="topright")
    column.y += LINE
    shown = lanes_shown(len(lanes), column.bottom - FOOT - column.y)
    for place, lane in enumerate(lanes[:shown].tolist()):
        wait = "" if inspection is None else f"{inspection.longest_wait[place]}"
        values = (f"{vehicles[place]}", f"{moment.queue[lane]}", wait)
        write(column.surface, lane_title(streets, lane), (column.left, column.y), SMALL, TEXT)
        for value, x in zip(values, ends, strict=True):
            colour = FAINT if value == "0" else TEXT
            write(column.surface, value, (x, column.y), SMALL, colour, anchor="topright")
        column.y += ROW
    if shown < len(lanes):
        _draw_rest(column, len(lanes) - shown)


def lanes_shown(lanes: int, room: int) -> int:
    """Number of lanes that fit into some room [pixels]. If some do not fit, a row is left to say so."""
    rows = max(room // ROW, 0)
    return lanes if lanes <= rows else max(rows - 1, 0)


def _draw_rest(column: TextColumn, lanes: int) -> None:
    """The number of lanes for which there was no room, at the lowest place above the legend."""
    column.y = min(column.y, column.bottom - FOOT - ROW)
    column.surface.fill(PANEL, (0, column.y, column.surface.get_width(), ROW))
    column.line(f"{lanes} more {'lane' if lanes == 1 else 'lanes'} below, in a higher window", WARNING)
