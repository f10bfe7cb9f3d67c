"""Checks of a recording that was read from a file. A recording that fails one is damaged."""

from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE
from traffic_marl.network.model import FARTHEST, LONGEST, TURNS, WIDEST
from traffic_marl.viewer.recording.recording import CENTIMETRES, TENTHS, Recording, States
from traffic_marl.viewer.recording.tracks import Tracks
from traffic_marl.viewer.scene.street_map import StreetMap

MOST_LINES = 500_000  # lanes and connections. Each of them is drawn by itself
MOST_GREENS = 10**8  # rows of the largest phase table, times movements
LONGEST_NAME = 4096  # [characters]
FASTEST = 10_000.0  # [m/s] of a vehicle or a speed limit
LONGEST_VEHICLE = 1000.0  # [m]
LONGEST_DELAY = 1e8  # [s]
MOST = 10**9  # [veh] or [s] of any count


def checked_tracks(parts: Tracks, seconds: int) -> Tracks:
    """Returns the tracks if they fit into so many seconds.

    Raises:
        ValueError: they do not.
    """
    expect((np.diff(parts.vehicle) > 0).all() and (parts.vehicle >= 0).all(), "vehicles are not in order")
    fits = (parts.first >= 0) & (parts.seconds > 0) & (parts.first.astype(np.int64) + parts.seconds <= seconds)
    expect(fits.all() and parts.seconds.sum() == len(parts.drivable), "a vehicle moves outside the recorded time")
    expect(len({len(column) for column in parts[3:]}) == 1, "columns of vehicles differ in length")
    return parts


def check_recording(recording: Recording) -> None:
    """Checks that all names, numbers and indices of a recording are valid, and that its map can be drawn.

    Raises:
        ValueError: one is not.
    """
    streets, rows = recording.street_map, recording.rows
    lanes, connections = len(streets.lane_lines), len(streets.connection_lines)
    expect(len(recording.start) > 1, "it has no moment")
    _check_names(streets)
    _check_lanes(streets, lanes)
    _check_connections(streets, lanes, connections)
    _check_phases(streets)
    _within(rows.drivable, 0, lanes + connections - 1, "drivable")
    _within(rows.came_from, NONE, lanes + connections - 1, "came_from")
    _within(rows.distance, 0, 2 * LONGEST * CENTIMETRES, "distance")
    _within(rows.speed, 0, FASTEST * CENTIMETRES, "speed")
    _within(rows.delay, -LONGEST_DELAY * TENTHS, LONGEST_DELAY * TENTHS, "delay")
    _within(recording.length, 0, LONGEST_VEHICLE * CENTIMETRES, "length")
    expect(rows.vehicle.max(initial=-1) < len(recording.length), "a vehicle has no length")
    for closure in recording.closures:
        expect(0 <= closure.lane < lanes, "a closed lane is out of range")
        expect(0 <= closure.begin < closure.end <= MOST, "the seconds of a closed lane are out of range")
    _check_states(recording.states, streets, len(recording.start) - 1)
    known = recording.mean_delay[~np.isnan(recording.mean_delay)]
    _within(known, -LONGEST_DELAY, LONGEST_DELAY, "mean_delay")
    _check_drawing(streets)


def check_name(name: Any, otherwise: str) -> None:
    """Checks that a name can be printed and drawn in one line.

    Raises:
        ValueError: it cannot.
    """
    expect(isinstance(name, str) and name.isprintable() and len(name) <= LONGEST_NAME, otherwise)


def _check_names(streets: StreetMap) -> None:
    """Checks all names, and the nesting of the tables that hold them."""
    _ensure_nested(streets.intersections, 1, "intersections")
    _ensure_nested(streets.roads, 1, "roads")
    _ensure_nested(streets.phase_names, 2, "phase_names")
    _ensure_nested(streets.row_movements, 3, "row_movements")
    _ensure_nested(streets.movement_turns, 1, "movement_turns")
    phases = (name for names in streets.phase_names for name in names)
    for name in (*streets.intersections, *streets.roads, *phases):
        check_name(name, "a name is no text of one line")
    for turn in streets.movement_turns:
        expect(turn in TURNS, "movement_turns has an unknown turn")
    for rows in streets.row_movements:
        for row in rows:
            expect(all(type(movement) is int for movement in row), "a green is not the index of a movement")


def _ensure_nested(value: Any, depth: int, name: str) -> None:
    """Checks that a value is a tuple, of tuples, and so on."""
    expect(isinstance(value, tuple), f"{name} is not a list, or a list of other things")
    if depth > 1:
        for member in value:
            _ensure_nested(member, depth - 1, name)


def _check_lanes(streets: StreetMap, lanes: int) -> None:
    for name in ("lane_width", "lane_limit", "lane_road", "lane_intersection"):
        expect(len(getattr(streets, name)) == lanes, f"{name} is not given for each lane")
    _within(streets.lane_road, 0, len(streets.roads) - 1, "lane_road")
    _within(streets.lane_intersection, NONE, len(streets.intersections) - 1, "lane_intersection")
    _within(streets.lane_width, 0.0, WIDEST, "lane_width", above=True)
    _within(streets.lane_limit, 0.0, FASTEST, "lane_limit", above=True)


def _check_connections(streets: StreetMap, lanes: int, connections: int) -> None:
    expect(lanes > 0, "it has no lane")
    expect(lanes + connections <= MOST_LINES, f"more than {MOST_LINES:,} lanes and connections cannot be drawn")
    _within(np.concatenate(streets.lines), -FARTHEST, FARTHEST, "a point")
    for name, size in (("start_lane", lanes), ("end_lane", lanes), ("movement", len(streets.movement_turns))):
        expect(len(getattr(streets, name)) == connections, f"{name} is not given for each connection")
        _within(getattr(streets, name), 0, size - 1, name)


def _check_phases(streets: StreetMap) -> None:
    movements, intersections = len(streets.movement_turns), len(streets.intersections)
    expect(len(streets.movement_intersection) == movements, "a movement has no intersection")
    _within(streets.movement_intersection, NONE, intersections - 1, "movement_intersection")
    tables = (streets.row_movements, streets.phase_names, streets.phase_row)
    expect(all(len(table) == intersections for table in tables), "phases are not given for each intersection")
    longest = max(map(len, streets.row_movements), default=0)
    expect(longest * movements <= MOST_GREENS, "the phase tables are too long")
    greens = [movement for table in streets.row_movements for row in table for movement in row]
    expect(all(0 <= movement < movements for movement in greens), "green is out of range")
    for names, rows, table in zip(streets.phase_names, streets.phase_row, streets.row_movements, strict=True):
        expect(len(names) <= len(rows), "a phase has no row")
        _within(rows[: len(names)], 0, len(table) - 1, "phase_row")


def _check_states(states: States, streets: StreetMap, seconds: int) -> None:
    widths = {"queue": (len(streets.lane_lines),), "backlog": (len(streets.lane_lines),), "under_way": ()}
    widths["completed"] = ()
    for name, values in states._asdict().items():
        shape = (seconds, *widths.get(name, (len(streets.intersections),)))
        expect(values.shape == shape, f"{name} is not given for each second")
    for name in ("age", "queue", "backlog", "under_way", "completed"):
        _within(getattr(states, name), 0, MOST, name)
    _within(states.row, 0, np.array([len(table) for table in streets.row_movements]) - 1, "row")
    phases = np.array([len(names) for names in streets.phase_names])
    _within(states.phase, 0, phases - 1, "phase")
    _within(states.previous, 0, phases - 1, "previous")
    _within(states.interval, GREEN, ALL_RED, "interval")


def _check_drawing(streets: StreetMap) -> None:
    """Checks that each intersection has an area that can be drawn."""
    crossed = np.zeros(len(streets.intersections), np.bool_)
    at = streets.movement_intersection[streets.movement]
    crossed[at[at != NONE]] = True
    expect(bool(crossed.all()), "an intersection has no connection")


def _within(values: Ints | Floats, least: float, most: float | Ints, name: str, *, above: bool = False) -> None:
    """Checks that all values lie from `least`, or above it, to `most`. NaN is outside."""
    inside = (values > least if above else values >= least) & (values <= most)
    expect(bool(inside.all()), f"{name} is out of range")


def expect(claim: bool | np.bool_, otherwise: str) -> None:
    """Raises ValueError with this text unless the claim holds."""
    if not claim:
        raise ValueError(otherwise)
