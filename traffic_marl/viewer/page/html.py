"""One or two recordings as one HTML page that plays them in any browser, without an internet connection.

The page is assembled from the files in the folder `page`. It contains the recordings: names as JSON, and numbers as
packed and compressed columns.
"""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW
from traffic_marl.viewer.page.content import Content
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.recording.tracks import in_steps, tracks
from traffic_marl.viewer.scene import colours
from traffic_marl.viewer.scene.barriers import DASH, barriers
from traffic_marl.viewer.scene.barriers import LEAST_WIDTH as LEAST_BARRIER
from traffic_marl.viewer.scene.markings import BAR, heads, markings
from traffic_marl.viewer.scene.signal_shapes import COARSE, LEAST_WIDTH, SHAPES, changing
from traffic_marl.viewer.scene.street_map import StreetMap
from traffic_marl.viewer.scene.vehicles import VEHICLE_WIDTH

SCRIPTS = (  # in the order of the page
    "unpacking.js",
    "streets.js",
    "traffic.js",
    "camera.js",
    "layer.js",
    "painting.js",
    "run.js",
    "chart.js",
    "figures.js",
    "keys.js",
    "pointers.js",
    "player.js",
    "main.js",
)
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


def write_page(recordings: Sequence[Recording], path: Path, flag: str | None = None) -> None:
    """Writes the page of a recording, or of two side by side.

    Args:
        recordings: one or two. Two must show the same network.
        path: file of the page. An existing one is replaced.
        flag: name of the option that gave the path, for messages. None names the path itself.

    Raises:
        FileError: the file cannot be written.
    """
    replace_text(path, flag, page(recordings))


def page(recordings: Sequence[Recording]) -> str:
    """The page of one or two recordings as HTML. It needs no other file."""
    content = Content()
    streets = recordings[0].street_map
    origin = np.array(streets.bounds[:2])
    _add_streets(content, streets, origin)
    runs = []
    for place, recording in enumerate(recordings):
        prefix = f"run{place}/"
        runs.append({"origin": asdict(recording.origin), "seconds": recording.last + 1})
        _add_run(content, recording, origin, prefix)
        if not recording.street_map.equals(streets):  # the same lanes, with other phases or speed limits
            _add_streets(content, recording.street_map, origin, prefix)
            runs[-1] |= _network_names(recording.street_map)
    header = {**_shared(), **_network_names(streets), "runs": runs, "columns": content.columns}
    parts = {
        "STYLE": _colour_properties() + _asset("page.css"),
        "TITLE": html.escape(_title(recordings)),
        "HEADER": json.dumps(header, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
        "COLUMNS": content.text(),
        "SCRIPT": "\n".join(_asset(name) for name in SCRIPTS),
    }
    return re.sub("@@([A-Z]+)@@", lambda place: parts[place[1]], _asset("page.html"))


def _title(recordings: Sequence[Recording]) -> str:
    """The strategies, and the scenarios that they ran on."""
    scenarios = dict.fromkeys(recording.origin.scenario for recording in recordings)
    return f"{' and '.join(recording.label for recording in recordings)} on {' / '.join(scenarios)}"


def _add_streets(content: Content, streets: StreetMap, origin: Floats, prefix: str = "") -> None:
    """Adds the columns of a map, with a prefix to their names."""
    painted, signals = markings(streets), heads(streets)
    shapes: dict[str, Iterable[Floats]] = {
        "lines": (*streets.lane_lines, *streets.connection_lines),
        "roads": streets.lane_outlines,
        "junctions": streets.pavement,
        "edges": painted.edges,
        "centres": painted.centres,
        "solid": painted.solid,
        "dashes": painted.dashes,
        "stops": painted.stops,
        "arrows": painted.arrows,
        "bars": signals.bars,
    }
    for name, parts in shapes.items():
        content.shapes(f"{prefix}{name}", parts, origin)
    content.floats(f"{prefix}limit", streets.limit)
    content.floats(f"{prefix}middles", streets.positions - origin)
    content.floats(f"{prefix}reaches", streets.reaches)
    content.whole(f"{prefix}before", streets.before)
    content.whole(f"{prefix}head_movement", signals.movement)
    content.whole(f"{prefix}head_changes", changing(streets, signals).astype(np.int32))
    content.whole(f"{prefix}lane_road", streets.lane_road)
    content.whole(f"{prefix}lane_intersection", streets.lane_intersection)
    content.whole(f"{prefix}entry_lanes", streets.entry_lanes)
    content.whole(f"{prefix}phase_row", streets.phase_row)
    content.whole(f"{prefix}movement_intersection", streets.movement_intersection)


def _add_run(content: Content, recording: Recording, origin: Floats, prefix: str) -> None:
    """Adds the columns of a run, with a prefix to their names."""
    for name, column in in_steps(tracks(recording.start, recording.rows))._asdict().items():
        content.stepped(f"{prefix}vehicle.{name}", column)
    content.changing(f"{prefix}length", recording.length)
    for name in STATES:
        content.changing(f"{prefix}{name}", getattr(recording.states, name))
    closures, streets = recording.closures, recording.street_map
    content.shapes(f"{prefix}barriers", barriers(streets, [each.lane for each in closures]), origin)
    content.whole(f"{prefix}closed_from", np.array([each.begin for each in closures], np.int32))
    content.whole(f"{prefix}closed_until", np.array([each.end for each in closures], np.int32))
    content.floats(f"{prefix}closed_width", streets.lane_width[[each.lane for each in closures]])
    known = ~np.isnan(recording.mean_delay)
    content.floats(f"{prefix}mean_delay", np.where(known, recording.mean_delay, NO_DELAY))


def _network_names(streets: StreetMap) -> dict[str, Any]:
    """The values of the page's header that belong to a network."""
    return {
        "lanes": len(streets.lane_lines),
        "intersections": streets.intersections,
        "phases": streets.phase_row.shape[1],
        "phase_names": streets.phase_names,
        "row_movements": streets.row_movements,
    }


def _shared() -> dict[str, Any]:
    """The values of the page's header that are the same for every recording."""
    return {
        "colours": {name.lower(): getattr(colours, name) for name in COLOURS},
        "run_colours": colours.RUN_COLOURS,
        "lights": colours.LIGHTS,
        "light_shapes": [{"corners": SHAPES[n].corners.tolist(), "least": SHAPES[n].least} for n in sorted(SHAPES)],
        "least_width": LEAST_WIDTH,
        "bar": BAR,
        "coarse": COARSE,
        "speed_colours": colours.SPEED_COLOURS,
        "delay_colours": colours.DELAY_COLOURS,
        "long_delay": colours.LONG_DELAY,
        "vehicle_width": VEHICLE_WIDTH,
        "barrier": {"dash": DASH, "least": LEAST_BARRIER},
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
