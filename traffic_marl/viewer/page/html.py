"""A recording as one HTML page that plays it in any browser, without an internet connection.

The page is assembled from the files in the folder `page`. It contains the recording: names as JSON, and numbers as
packed and compressed columns.
"""

import base64
import html
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.recording.tracks import in_steps, packed, steps, tracks
from traffic_marl.viewer.scene import colours
from traffic_marl.viewer.scene.markings import heads, markings
from traffic_marl.viewer.scene.street_map import StreetMap
from traffic_marl.viewer.scene.vehicles import VEHICLE_WIDTH

SCRIPTS = (  # in the order of the page
    "unpacking.js",
    "streets.js",
    "traffic.js",
    "camera.js",
    "painting.js",
    "chart.js",
    "figures.js",
    "keys.js",
    "pointers.js",
    "player.js",
    "main.js",
)
FINENESS = 128.0  # floats are rounded to 1 / FINENESS. A power of 2 packs well
COLOURS = ("GROUND", "ROAD", "JUNCTION", "EDGE", "MARKING", "CENTRE", "PATH", "TEXT", "WARNING")  # of the scene
NO_DELAY = -1e9  # [s/veh] marks a mean over no vehicle
STATES = (
    "row",
    "phase",
    "previous",
    "interval",
    "age",
    "backlog",
    "under_way",
    "completed",
)  # columns that the page shows


def write_page(recording: Recording, path: Path, flag: str | None = None) -> None:
    """Writes the page of a recording.

    Raises:
        FileError: the file cannot be written.
    """
    replace_text(path, flag, page(recording))


def page(recording: Recording) -> str:
    """The page of a recording as HTML. It needs no other file."""
    content = _Content()
    streets = recording.street_map
    _add_streets(content, streets, origin=np.array(streets.bounds[:2]))
    _add_run(content, recording)
    header = {**_names(recording), "columns": content.columns}
    parts = {
        "STYLE": _colour_properties() + _asset("page.css"),
        "TITLE": html.escape(f"{recording.label} on {recording.origin.scenario}"),
        "HEADER": json.dumps(header, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
        "COLUMNS": content.text(),
        "SCRIPT": "\n".join(_asset(name) for name in SCRIPTS),
    }
    return re.sub("@@([A-Z]+)@@", lambda place: parts[place[1]], _asset("page.html"))


class _Content:
    """Columns of numbers one after the other, with an index."""

    def __init__(self) -> None:
        self.columns: list[dict[str, Any]] = []
        self._packed: list[bytes] = []

    def whole(self, name: str, values: Ints) -> None:
        """Adds integers as they are."""
        self._add(name, values, "int", 0)

    def changing(self, name: str, values: Ints) -> None:
        """Adds integers as steps from row to row."""
        self.stepped(name, steps(values))

    def stepped(self, name: str, values: Ints) -> None:
        """Adds integers that are steps from row to row already."""
        self._add(name, values, "int", int(np.prod(values.shape[1:])))

    def floats(self, name: str, values: Floats) -> None:
        """Adds floats, rounded."""
        self._add(name, np.round(values * FINENESS) / FINENESS, "float", 0)

    def shapes(self, name: str, shapes: Iterable[Floats], origin: Floats) -> None:
        """Adds polylines or polygons, [m] (points, 2) each, relative to an origin."""
        several = list(shapes)
        self.whole(f"{name}.count", np.array([len(shape) for shape in several], np.int32))
        self.floats(f"{name}.points", np.concatenate([np.zeros((0, 2)), *several]) - origin)

    def text(self) -> str:
        """All columns, compressed, as characters that are safe in HTML."""
        return base64.b64encode(zlib.compress(b"".join(self._packed))).decode()

    def _add(self, name: str, values: Ints | Floats, kind: str, width: int) -> None:
        self.columns.append({"name": name, "kind": kind, "size": values.size, "width": width})
        self._packed.append(packed(values))


def _add_streets(content: _Content, streets: StreetMap, origin: Floats) -> None:
    painted, signals = markings(streets), heads(streets)
    shapes: dict[str, Iterable[Floats]] = {
        "lines": (*streets.lane_lines, *streets.connection_lines),
        "roads": streets.lane_outlines,
        "junctions": streets.outlines,
        "edges": painted.edges,
        "centres": painted.centres,
        "solid": painted.solid,
        "dashes": painted.dashes,
        "stops": painted.stops,
        "arrows": painted.arrows,
        "bars": signals.bars,
    }
    for name, parts in shapes.items():
        content.shapes(name, parts, origin)
    content.floats("limit", streets.limit)
    content.floats("middles", streets.positions - origin)
    content.floats("reaches", streets.reaches)
    content.whole("before", streets.before)
    content.whole("head_movement", signals.movement)
    content.whole("lane_road", streets.lane_road)
    content.whole("lane_intersection", streets.lane_intersection)
    content.whole("entry_lanes", streets.entry_lanes)
    content.whole("phase_row", streets.phase_row)
    content.whole("movement_intersection", streets.movement_intersection)


def _add_run(content: _Content, recording: Recording) -> None:
    for name, column in in_steps(tracks(recording.start, recording.rows))._asdict().items():
        content.stepped(f"vehicle.{name}", column)
    content.changing("length", recording.length)
    for name in STATES:
        content.changing(name, getattr(recording.states, name))
    known = ~np.isnan(recording.mean_delay)
    content.floats("mean_delay", np.where(known, recording.mean_delay, NO_DELAY))


def _names(recording: Recording) -> dict[str, Any]:
    """The values of the page's header, apart from the columns."""
    streets = recording.street_map
    return {
        "origin": asdict(recording.origin),
        "seconds": recording.last + 1,
        "lanes": len(streets.lane_lines),
        "intersections": streets.intersections,
        "phases": streets.phase_row.shape[1],
        "phase_names": streets.phase_names,
        "row_movements": streets.row_movements,
        "colours": {name.lower(): getattr(colours, name) for name in COLOURS},
        "lights": colours.LIGHTS,
        "speed_colours": colours.SPEED_COLOURS,
        "delay_colours": colours.DELAY_COLOURS,
        "long_delay": colours.LONG_DELAY,
        "vehicle_width": VEHICLE_WIDTH,
        "intervals": {"green": GREEN, "yellow": YELLOW, "all_red": ALL_RED},
        "none": NONE,
        "no_delay": NO_DELAY,
    }


def _colour_properties() -> str:
    """Colours as properties of the style sheet."""
    properties = (f"--{name.lower()}: rgb{getattr(colours, name)};" for name in COLOURS)
    return f":root {{ {' '.join(properties)} }}\n"


@cache
def _asset(name: str) -> str:
    """A file of the folder `page`."""
    return files("traffic_marl.viewer.page").joinpath(name).read_text(encoding="utf-8")
