"""The file of a recording (.traffic): a zip archive with a JSON header and one entry for each packed column.

Columns that change little from row to row are stored as steps, see `tracks`.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, fields
from pathlib import Path
from struct import error as StructError  # noqa: N812 - the class of errors has a small letter there
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.checks import LARGEST_COUNT, LAST_SEED, shown
from traffic_marl.errors import FileError, one_line
from traffic_marl.files import replace
from traffic_marl.network.formats.document import JsonValue
from traffic_marl.program import program
from traffic_marl.simulation import Closure
from traffic_marl.viewer.recording.archive import LARGEST_CONTENT, header_size, opened_archive, read_entry
from traffic_marl.viewer.recording.columns import CLOSURES, LINES, NUMBERS, VEHICLE, Columns, read_columns
from traffic_marl.viewer.recording.damage import check_name, check_recording, checked_tracks, expect
from traffic_marl.viewer.recording.recording import Origin, Recording, States
from traffic_marl.viewer.recording.tracks import (
    Tracks,
    in_steps,
    packed,
    rows_of,
    steps,
    sums,
    tracks,
    tracks_of,
)
from traffic_marl.viewer.scene.street_map import StreetMap

SUFFIX = ".traffic"
FORMAT = "traffic_marl recording"
VERSION = 2  # of the format. Older versions can be read too
PLAIN = 1  # version of a file without closures, which older versions of the program read
HEADER = "recording.json"
LEVEL = 6  # of compression
EPOCH = (1980, 1, 1, 0, 0, 0)  # date of every entry, so that the same run gives the same bytes

NAMES = ("intersections", "roads", "phase_names", "row_movements", "movement_turns")  # of StreetMap, in the header
LEFT_HAND = "left_hand"  # of StreetMap, in the header where traffic keeps to the left


def write_recording(recording: Recording, path: Path, flag: str | None = None) -> None:
    """Writes a recording. If writing fails, no partial file is left.

    Raises:
        FileError: the file cannot be written, or the recording is too long to be read again.
    """
    ensure_readable(sum(column.nbytes for column in _columns_of(recording).values()), recording.last, flag or str(path))
    replace(path, flag, lambda draft: _write(recording, draft))


def read_recording(path: Path) -> Recording:
    """The recording in a file.

    Raises:
        FileError: the file cannot be read, is not a complete recording, or was made by a newer version.
    """
    try:
        with opened_archive(path, _remedy()) as archive:
            header = _header(archive, path)
            recording = _recording(header, read_columns(archive, header))
            check_recording(recording)
            return recording
    except OSError as error:
        raise FileError(one_line(path), f"cannot be read: {error.strerror or error}", _remedy()) from None
    except zipfile.BadZipFile:
        raise FileError(one_line(path), "is not a recording, or not a complete one", _remedy()) from None
    except _DAMAGE as error:
        raise FileError(one_line(path), f"is a damaged recording ({one_line(error)})", "record the run again") from None


def ensure_readable(size: int, second: int, where: str) -> None:
    """Checks that a recording is not too long to be read again.

    Args:
        size: [B] of its numbers.
        second: [s] that it has reached.
        where: the flag that names its file, or the path.

    Raises:
        FileError: it is.
    """
    if size > LARGEST_CONTENT:
        what = f"the numbers up to second {second} take more than {LARGEST_CONTENT / 2**20:,.0f} MiB"
        raise FileError(
            where, what, f"record fewer seconds, such as --until {max(1, second - 1)}, or a smaller network"
        )


_DAMAGE = (  # errors from reading header and columns of an arbitrary archive
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    StructError,
    TypeError,
    ValueError,
    zlib.error,
)


def _remedy() -> str:
    return f"give a file written by: {program()} watch --record run{SUFFIX}"


def _write(recording: Recording, draft: Path) -> None:
    columns = _columns_of(recording)
    names = {name: _plain(getattr(recording.street_map, name)) for name in NAMES}
    names |= {LEFT_HAND: True} if recording.street_map.left_hand else {}
    kinds = {name: [str(values.dtype), *values.shape] for name, values in columns.items()}
    version = VERSION if recording.closures else PLAIN
    header = {"format": FORMAT, "version": version, "origin": asdict(recording.origin), "map": names, "columns": kinds}
    with zipfile.ZipFile(draft, "w") as archive:
        _add(archive, HEADER, json.dumps(header).encode())
        for name, values in columns.items():
            _add(archive, name, packed(values))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED, LEVEL)


def _columns_of(recording: Recording) -> Columns:
    """All numbers of a recording, as they are stored."""
    streets = recording.street_map
    parts = tracks(recording.start, recording.rows)
    return {
        **{name: getattr(streets, name) for name in NUMBERS},
        **{f"{name}.{part}": values for name in LINES for part, values in _joined(getattr(streets, name))},
        **{f"{VEHICLE}.{name}": column for name, column in in_steps(parts)._asdict().items()},
        "length": steps(recording.length),
        **{name: steps(values) for name, values in recording.states._asdict().items()},
        "mean_delay": recording.mean_delay,
        **({CLOSURES: np.array([*map(astuple, recording.closures)], np.int32)} if recording.closures else {}),
    }


def _tracks(columns: Columns) -> Tracks:
    """The columns of vehicles, as steps."""
    return Tracks(*(_ints(columns[f"{VEHICLE}.{name}"]) for name in Tracks._fields))


def _header(archive: zipfile.ZipFile, path: Path) -> JsonValue:
    """The header of a recording whose format is known."""
    if HEADER not in archive.namelist():
        raise FileError(one_line(path), "is an archive, but not a recording", _remedy())
    content = read_entry(archive, HEADER, header_size(archive, HEADER))
    header = JsonValue(f"{one_line(path)}: {HEADER}", "", json.loads(content), FileError)
    if header["format"].text() != FORMAT:
        raise FileError(one_line(path), "is an archive, but not a recording", _remedy())
    version = _whole(header["version"], 1, LARGEST_COUNT)
    if version > VERSION:
        what = f"was written by a newer version (format {version}, this version reads up to {VERSION})"
        raise FileError(one_line(path), what, "install the latest traffic-marl")
    return header


def _name(value: JsonValue) -> str:
    """A name of one line, from the header."""
    name = value.text()
    check_name(name, f"{value.path} is too long")
    return name


def _whole(value: JsonValue, least: int, most: int) -> int:
    """A whole number within bounds, from the header."""
    number = value.value
    if type(number) is not int or not least <= number <= most:
        raise value.error(f"{shown(number)} is no whole number from {least} to {most}", "record the run again")
    return number


def _recording(header: JsonValue, columns: Columns) -> Recording:
    origin = header["origin"]
    seconds = len(columns["mean_delay"])
    start, rows = rows_of(checked_tracks(tracks_of(_tracks(columns)), seconds), seconds)
    return Recording(
        origin=Origin(
            scenario=_name(origin["scenario"]),
            scenario_hash=_name(origin["scenario_hash"]),
            strategy=_name(origin["strategy"]),
            interval=_whole(origin["interval"], 1, LARGEST_COUNT),
            seed=_whole(origin["seed"], 0, LAST_SEED - 1),
            version=_name(origin["version"]),
        ),
        street_map=_street_map(header["map"], columns),
        start=start,
        rows=rows,
        length=sums(_ints(columns["length"])),
        states=States(**{name: sums(_ints(columns[name])) for name in States._fields}),
        mean_delay=np.asarray(columns["mean_delay"], np.float64),
        closures=_closures(columns),
    )


def _closures(columns: Columns) -> tuple[Closure, ...]:
    """The closed lanes, if the file has any."""
    if CLOSURES not in columns:
        return ()
    table = _ints(columns[CLOSURES])
    expect(table.shape[1] == len(fields(Closure)), "a closure is no lane with two seconds")
    return tuple(Closure(*row) for row in table.tolist())


def _street_map(names: JsonValue, columns: Columns) -> StreetMap:
    parts: dict[str, Any] = {name: columns[name] for name in NUMBERS}
    for name in LINES:
        count, points = _ints(columns[f"{name}.count"]), np.asarray(columns[f"{name}.points"], np.float64)
        expect(count.sum() == len(points) and (count >= 2).all(), f"{name} have too few points")
        parts[name] = tuple(np.split(points, np.cumsum(count)[:-1]))
    for name in NAMES:
        parts[name] = _tuples(names[name].value)
    left_hand = names.find(LEFT_HAND)
    return StreetMap(**parts, left_hand=left_hand is not None and left_hand.flag())


def _joined(lines: Sequence[Floats]) -> Iterator[tuple[str, Ints | Floats]]:
    """Lines as two columns: the number of points of each line, and all points."""
    yield "count", np.array([len(line) for line in lines], np.int32)
    yield "points", np.concatenate(lines)


def _ints(column: Ints | Floats) -> Ints:
    """A column of integers.

    Raises:
        ValueError: it holds others.
    """
    expect(column.dtype == np.int32, "a column of integers holds other numbers")
    return column.astype(np.int32, copy=False)


def _plain(value: Any) -> Any:
    """Nested tuples as lists of plain Python values."""
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value


def _tuples(value: Any) -> Any:
    """Nested lists as tuples."""
    if isinstance(value, list):
        return tuple(_tuples(member) for member in value)
    return value
