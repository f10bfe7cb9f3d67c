"""Files of one kind given in the place of another: told by their keys, before an element is missed in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from traffic_marl.errors import FileError, one_line


class _Kind(NamedTuple):
    """A kind of file that users have beside each other."""

    name: str
    is_this: Callable[[Any], bool]


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(key in value for key in keys)


def _holds_flows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and _has("route", "vehicle")(value[0])


ROADNET, FLOW = "a road network of CityFlow", "a flow file of CityFlow"
KINDS = (
    _Kind(ROADNET, _has("intersections", "roads")),
    _Kind(FLOW, _holds_flows),
    _Kind("a replay road network, which CityFlow writes for its viewer", _has("static")),
    _Kind("the road network within a replay, which CityFlow writes for its viewer", _has("nodes", "edges")),
    _Kind("a configuration of CityFlow", _has("roadnetFile")),
    _Kind("a configuration of CityFlow", _has("flowFile")),
    _Kind("a scenario", _has("network", "demand")),
    _Kind("map data in GeoJSON", _has("features")),
)
WANTED = {
    ROADNET: "give the road network that CityFlow reads (roadnet.json), an object with intersections and roads",
    FLOW: "give the flow file that CityFlow reads (flow.json), a list of objects with vehicle and route",
}


def ensure_content(value: Any, wanted: str, path: Path) -> None:
    """Checks that a file of JSON is not one of another kind. Content of no known kind passes.

    Args:
        value: the content.
        wanted: ROADNET or FLOW.
        path: the file.

    Raises:
        FileError: it is of another kind.
    """
    kinds = [kind.name for kind in KINDS if kind.is_this(value)]
    if kinds and wanted not in kinds:
        raise FileError(one_line(path), f"is {kinds[0]}", WANTED[wanted])
