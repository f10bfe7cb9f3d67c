"""The columns of a recording: their kinds, their shapes, and their numbers as they are stored."""

import zipfile
from collections.abc import Mapping
from math import prod
from typing import Any, TypeAlias

from traffic_marl.arrays import Floats, Ints
from traffic_marl.checks import LARGEST_COUNT
from traffic_marl.network.formats.document import JsonValue
from traffic_marl.viewer.recording.archive import LARGEST_CONTENT, read_entry
from traffic_marl.viewer.recording.damage import expect
from traffic_marl.viewer.recording.recording import States
from traffic_marl.viewer.recording.tracks import Tracks, unpacked_floats, unpacked_ints

NUMBERS = (
    "phase_row",
    "movement_intersection",
    "lane_width",
    "lane_limit",
    "lane_road",
    "lane_intersection",
    "start_lane",
    "end_lane",
    "movement",
)
LINES = ("lane_lines", "connection_lines")
CLOSURES = "closures"  # column with a row of lane, first second and first second after it. Most files have none
VEHICLE = "vehicle"  # prefix of the columns of Tracks
POINTS = tuple(f"{name}.points" for name in LINES)  # columns of points
FLOATS = ("lane_width", "lane_limit", "mean_delay", *POINTS)  # columns of floats. All others hold integers
TABLES = (  # of two dimensions
    "phase_row",
    "row",
    "phase",
    "previous",
    "interval",
    "age",
    "queue",
    "backlog",
    CLOSURES,
    *POINTS,
)
SIZES = {"int32": 4, "float64": 8}  # [B] of a number
KNOWN = (
    *NUMBERS,
    *(f"{name}.count" for name in LINES),
    *POINTS,
    *(f"{VEHICLE}.{name}" for name in Tracks._fields),
    "length",
    *States._fields,
    "mean_delay",
    CLOSURES,
)

Columns: TypeAlias = Mapping[str, Ints | Floats]


def read_columns(archive: zipfile.ZipFile, header: JsonValue) -> Columns:
    """The numbers, as they are stored. Their sizes are checked before any of them is unpacked."""
    shapes = {name: _shape(name, kind) for name, kind in header["columns"].value.items()}
    sizes = {name: prod(shape) * SIZES[_kind(name)] for name, shape in shapes.items()}
    whole = f"its numbers take {sum(sizes.values()) / 2**20:,.0f} MiB, more than {LARGEST_CONTENT / 2**20:,.0f} MiB"
    expect(sum(sizes.values()) <= LARGEST_CONTENT, whole)
    columns: dict[str, Ints | Floats] = {}
    for name, shape in shapes.items():
        content = read_entry(archive, name, sizes[name])
        columns[name] = unpacked_floats(content, shape) if name in FLOATS else unpacked_ints(content, shape)
    return columns


def _kind(name: str) -> str:
    """The kind of numbers in a column."""
    return "float64" if name in FLOATS else "int32"


def _shape(name: str, described: Any) -> tuple[int, ...]:
    """The shape of a column, as the header describes it.

    Raises:
        ValueError: no recording has such a column.
    """
    expect(name in KNOWN, f"unknown column {name}")
    is_of_kind = isinstance(described, list) and described[:1] == [_kind(name)]
    expect(is_of_kind, f"column {name} holds numbers of another kind")
    shape = tuple(described[1:])
    expect(all(type(size) is int and 0 <= size <= LARGEST_COUNT for size in shape), f"column {name} has no size")
    dimensions = 2 if name in TABLES else 1
    expect(len(shape) == dimensions, f"column {name} has not {dimensions} dimensions")
    expect(name not in POINTS or shape[1] == 2, f"column {name} holds no points")
    return shape
