"""A hand-made map of OpenStreetMap: two signals on a main street, a side street, and ways that are no streets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

NET = Path(__file__).parents[1] / "data" / "osm" / "town.net.xml"  # made of the map by netconvert

NORTH, EAST = 111_320.0, 67_770.0  # [m] of a degree at the place of the map
LATITUDE, LONGITUDE = 52.5, 13.4
SIGNAL = {"highway": "traffic_signals"}
NODES: Mapping[int, tuple[float, float, Mapping[str, str]]] = {  # [m] to the east, to the north, tags
    1: (-300, 0, {}),
    2: (0, 0, SIGNAL),
    3: (150, 0, {}),
    4: (300, 0, SIGNAL),
    5: (600, 0, {}),
    6: (0, -250, {}),
    7: (0, 250, {}),
    8: (300, -250, {}),
    9: (300, 250, {}),
    10: (150, 200, {}),
    11: (450, 0, {"highway": "crossing", "crossing": "traffic_signals"}),
}
MAIN = {"highway": "primary", "lanes": "4", "maxspeed": "50", "name": "Main Street"}
WAYS: Mapping[int, tuple[Sequence[int], Mapping[str, str]]] = {
    20: ((1, 2), MAIN | {"turn:lanes:forward": "left|through;right"}),
    21: ((2, 3, 4), MAIN),
    22: ((4, 11, 5), MAIN),
    23: ((6, 2), {"highway": "secondary", "name": "South Street", "maxspeed": "30 mph", "lanes": "3"}),
    24: ((2, 7), {"highway": "secondary", "name": "North Street"}),
    25: ((8, 4, 9), {"highway": "tertiary", "oneway": "yes", "name": "Second Street"}),
    26: ((3, 10), {"highway": "residential"}),
    27: ((10, 9), {"highway": "footway"}),
    28: ((1, 6), {"railway": "tram"}),
    29: ((7, 10, 9, 7), {"building": "yes"}),
}


def map_text(
    nodes: Mapping[int, tuple[float, float, Mapping[str, str]]] = NODES,
    ways: Mapping[int, tuple[Sequence[int], Mapping[str, str]]] = WAYS,
) -> str:
    """The map as XML."""
    parts = [
        f'<node id="{name}" lat="{LATITUDE + y / NORTH:.7f}" lon="{LONGITUDE + x / EAST:.7f}">{tags(own)}</node>'
        for name, (x, y, own) in nodes.items()
    ]
    parts += [
        f'<way id="{name}">{"".join(f"<nd ref={quoteattr(str(each))}/>" for each in places)}{tags(own)}</way>'
        for name, (places, own) in ways.items()
    ]
    return '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n' + "\n".join(parts) + "\n</osm>\n"


def tags(values: Mapping[str, str]) -> str:
    """Tags as XML."""
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in values.items())


def written(folder: Path, text: str | None = None, name: str = "town.osm") -> Path:
    """The file of a map in a folder."""
    path = folder / name
    path.write_text(map_text() if text is None else text, encoding="utf-8")
    return path
