"""Checks of a recording that was read from a file. A recording that fails one is damaged."""

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE
from traffic_marl.viewer.recording.recording import Recording, States
from traffic_marl.viewer.recording.tracks import Tracks
from traffic_marl.viewer.scene.street_map import StreetMap


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
    """Checks that all indices of a recording are valid.

    Raises:
        ValueError: one is not.
    """
    streets, rows = recording.street_map, recording.rows
    lanes, connections = len(streets.lane_lines), len(streets.connection_lines)
    expect(len(recording.start) > 1, "it has no moment")
    _check_lanes(streets, lanes)
    _check_connections(streets, lanes, connections)
    _check_phases(streets)
    _within(rows.drivable, 0, lanes + connections, "drivable")
    _within(rows.came_from, NONE, lanes + connections, "came_from")
    expect(rows.vehicle.max(initial=-1) < len(recording.length), "a vehicle has no length")
    _check_states(recording.states, streets, len(recording.start) - 1)


def _check_lanes(streets: StreetMap, lanes: int) -> None:
    for name in ("lane_width", "lane_limit", "lane_road", "lane_intersection"):
        expect(len(getattr(streets, name)) == lanes, f"{name} is not given for each lane")
    _within(streets.lane_road, 0, len(streets.roads), "lane_road")
    _within(streets.lane_intersection, NONE, len(streets.intersections), "lane_intersection")


def _check_connections(streets: StreetMap, lanes: int, connections: int) -> None:
    for name, size in (("start_lane", lanes), ("end_lane", lanes), ("movement", len(streets.movement_turns))):
        expect(len(getattr(streets, name)) == connections, f"{name} is not given for each connection")
        _within(getattr(streets, name), 0, size, name)


def _check_phases(streets: StreetMap) -> None:
    movements, intersections = len(streets.movement_turns), len(streets.intersections)
    expect(len(streets.movement_intersection) == movements, "a movement has no intersection")
    _within(streets.movement_intersection, 0, intersections, "movement_intersection")
    tables = (streets.row_movements, streets.phase_names, streets.phase_row)
    expect(all(len(table) == intersections for table in tables), "phases are not given for each intersection")
    _within(np.array([m for table in streets.row_movements for row in table for m in row]), 0, movements, "green")
    for names, rows, table in zip(streets.phase_names, streets.phase_row, streets.row_movements, strict=True):
        expect(len(names) <= len(rows), "a phase has no row")
        _within(rows[: len(names)], 0, len(table), "phase_row")


def _check_states(states: States, streets: StreetMap, seconds: int) -> None:
    widths = {"queue": (len(streets.lane_lines),), "backlog": (len(streets.lane_lines),), "under_way": ()}
    widths["completed"] = ()
    for name, values in states._asdict().items():
        shape = (seconds, *widths.get(name, (len(streets.intersections),)))
        expect(values.shape == shape, f"{name} is not given for each second")
    _within(states.row, 0, np.array([len(table) for table in streets.row_movements]), "row")
    phases = np.array([len(names) for names in streets.phase_names])
    _within(states.phase, 0, phases, "phase")
    _within(states.previous, 0, phases, "previous")
    _within(states.interval, GREEN, ALL_RED + 1, "interval")


def _within(values: Ints, least: int, end: int | Ints, name: str) -> None:
    expect(((values >= least) & (values < end)).all(), f"{name} is out of range")


def expect(claim: bool | np.bool_, otherwise: str) -> None:
    """Raises ValueError with this text unless the claim holds."""
    if not claim:
        raise ValueError(otherwise)
