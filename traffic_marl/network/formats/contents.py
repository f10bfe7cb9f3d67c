"""Files of one kind given in the place of another: told by their keys, before an element is missed in them."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from traffic_marl.errors import FileError, one_line


class Kind(StrEnum):
    """A kind of file that users have beside the others, as messages name it."""

    ROADNET = "a road network of CityFlow"
    FLOW = "a flow file of CityFlow"
    CONFIG = "a configuration of CityFlow"
    REPLAY = "a replay road network, which CityFlow writes for its viewer"
    REPLAY_PART = "the road network within a replay, which CityFlow writes for its viewer"
    SCENARIO = "a scenario"
    MAP = "map data in GeoJSON"


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(key in value for key in keys)


def _holds_flows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and _has("route", "vehicle")(value[0])


SIGNS: tuple[tuple[Kind, Callable[[Any], bool]], ...] = (  # the first that holds names the kind
    (Kind.ROADNET, _has("intersections", "roads")),
    (Kind.FLOW, _holds_flows),
    (Kind.REPLAY, _has("static")),
    (Kind.REPLAY_PART, _has("nodes", "edges")),
    (Kind.CONFIG, _has("roadnetFile")),
    (Kind.CONFIG, _has("flowFile")),
    (Kind.SCENARIO, _has("network", "demand")),
    (Kind.MAP, _has("features")),
)
REMEDIES = {
    Kind.ROADNET: "give the road network that CityFlow reads (roadnet.json), an object with intersections and roads",
    Kind.FLOW: "give the flow file that CityFlow reads (flow.json), a list of objects with vehicle and route",
    Kind.CONFIG: "give the configuration that CityFlow reads (config.json), an object with roadnetFile and flowFile",
}


def ensure_content(value: Any, wanted: Kind, path: Path) -> None:
    """Checks that a file of JSON is not one of another kind. Content of no known kind passes.

    Args:
        value: the content.
        wanted: ROADNET, FLOW or CONFIG.
        path: the file.

    Raises:
        FileError: it is of another kind.
    """
    kinds = [kind for kind, is_this in SIGNS if is_this(value)]
    if kinds and wanted not in kinds:
        raise FileError(one_line(path), f"is {kinds[0]}", REMEDIES[wanted])
