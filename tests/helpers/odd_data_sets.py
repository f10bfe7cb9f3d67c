"""A small sound data set in CityFlow's formats, and changes that make it odd in one thing each.

The network has one intersection `mid`, whose two approaches come from the west and the south. Two flows use it. A
change takes a `DataSet` and alters it in place: `write(folder, "no_start_time")` or `write(folder, own_change)`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Any
RIM = {"west": (-300, 0), "south": (0, -300), "east": (300, 0), "north": (0, 300)}
ROADS = {"w_in": ("west", "mid"), "s_in": ("south", "mid"), "e_out": ("mid", "east"), "n_out": ("mid", "north")}
PLACES = {"mid": (0, 0), **RIM}
CAR = {
    "length": 5.0,
    "width": 2.0,
    "maxPosAcc": 2.0,
    "maxNegAcc": 4.5,
    "usualPosAcc": 2.0,
    "usualNegAcc": 4.5,
    "minGap": 2.5,
    "maxSpeed": 11.111,
    "headwayTime": 2.0,
}


@dataclass
class DataSet:
    """The content of the two files."""

    roadnet: Json
    flow: Json

    def node(self, name: str) -> Json:
        """An intersection of the network."""
        return next(node for node in self.roadnet["intersections"] if node["id"] == name)

    def road(self, name: str) -> Json:
        """A road of the network."""
        return next(road for road in self.roadnet["roads"] if road["id"] == name)

    def set_phases(self, *rows: tuple[float, list[int]]) -> None:
        """Gives the intersection these rows of (time, road links); 0 is west-east, 1 south-north, 2 right."""
        self.node("mid")["trafficLight"]["lightphases"] = [phase(time, links) for time, links in rows]


Change = Callable[[DataSet], None]


def sound() -> DataSet:
    """The data set that nothing is odd about."""
    links = [
        link("go_straight", "w_in", "e_out"),
        link("go_straight", "s_in", "n_out"),
        link("turn_right", "s_in", "e_out"),
    ]
    rows = [phase(30, [0]), phase(5, []), phase(30, [1, 2]), phase(5, [])]
    nodes = [node("mid", virtual=False, links=links, rows=rows), *(node(name, virtual=True) for name in RIM)]
    return DataSet(
        {"intersections": nodes, "roads": [road(*named) for named in ROADS.items()]},
        [flow(["w_in", "e_out"], interval=5.0), flow(["s_in", "n_out"], interval=7.0)],
    )


def write(folder: Path, *changes: Change | str) -> Path:
    """Writes the sound data set to a folder, altered by changes or by those of `ODD` with these names; the folder."""
    data = sound()
    for change in changes:
        (ODD[change] if isinstance(change, str) else change)(data)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roadnet.json").write_text(json.dumps(data.roadnet))
    (folder / "flow.json").write_text(json.dumps(data.flow))
    return folder


def flow(route: list[str], *, interval: float = 1.0, start: int = 0, end: int = 300, **vehicle: float) -> Json:
    """A flow of cars that differ from `CAR` in some fields."""
    return {"vehicle": CAR | vehicle, "route": route, "interval": interval, "startTime": start, "endTime": end}


def node(name: str, *, virtual: bool, links: list[Json] | None = None, rows: list[Json] | None = None) -> Json:
    """An intersection with the roads of `ROADS` that touch it."""
    return {
        "id": name,
        "point": point(PLACES[name]),
        "width": 10.0,
        "roads": [road for road, ends in ROADS.items() if name in ends],
        "roadLinks": links or [],
        "trafficLight": {"roadLinkIndices": list(range(len(links or []))), "lightphases": rows or []},
        "virtual": virtual,
    }


def road(name: str, ends: tuple[str, str]) -> Json:
    """A straight road of one lane between two places."""
    return {
        "id": name,
        "startIntersection": ends[0],
        "endIntersection": ends[1],
        "points": [point(PLACES[end]) for end in ends],
        "lanes": [{"width": 3.0, "maxSpeed": 11.111}],
    }


def link(kind: str, start: str, end: str) -> Json:
    """A road link of one lane link without points."""
    lanes = [{"startLaneIndex": 0, "endLaneIndex": 0, "points": []}]
    return {"type": kind, "startRoad": start, "endRoad": end, "laneLinks": lanes}


def phase(time: float, links: list[int]) -> Json:
    """A light phase."""
    return {"time": time, "availableRoadLinks": links}


def point(place: tuple[float, float]) -> Json:
    """A point in metres."""
    return {"x": place[0], "y": place[1]}


def _many_types(data: DataSet) -> None:
    data.flow = [flow(["w_in", "e_out"], start=i, end=i, maxSpeed=10 + i / 1000) for i in range(300)]


def _virtual_with_links(data: DataSet) -> None:
    back = road("back", ("east", "mid"))
    data.roadnet["roads"].append(back)
    data.node("mid")["roads"].append("back")
    east = data.node("east")
    east["roads"].append("back")
    east["roadLinks"] = [link("turn_left", "e_out", "back")]
    east["trafficLight"]["lightphases"] = [phase(30, [0])]


def _rim_not_virtual(data: DataSet) -> None:
    for name in RIM:
        data.node(name)["virtual"] = False
        data.node(name)["trafficLight"]["lightphases"] = [phase(30, [])]


def _last_piece_short(data: DataSet) -> None:
    data.road("w_in")["points"].insert(1, point((-6, 0)))


def _point_twice(data: DataSet) -> None:
    data.road("w_in")["points"][1:1] = [point((-100, 0))] * 2


def _same_row_twice(data: DataSet) -> None:
    data.set_phases((30, [0, 2]), (5, [2]), (6, [2]), (5, []), (30, [1, 2]), (5, []))


def _all_late(data: DataSet) -> None:
    data.flow = [data.flow[0] | {"startTime": 3700, "endTime": 4000}]


def _no_times(data: DataSet) -> None:
    for each in data.flow:
        del each["startTime"], each["endTime"]


def _virtual_without_width(data: DataSet) -> None:
    for name in RIM:
        del data.node(name)["width"]


def _added(route: list[str], **fields: Any) -> Change:
    return lambda data: data.flow.append(flow(route, **fields))


def _flow_field(name: str, value: Any) -> Change:
    return lambda data: data.flow[0].__setitem__(name, value)


def _one_kind(**vehicle: float) -> Change:
    def change(data: DataSet) -> None:
        data.flow = [data.flow[0] | {"vehicle": CAR | vehicle}]

    return change


ODD: dict[str, Change] = {
    "unroutable_flow": _added(["w_in", "n_out"], interval=5.0, end=20),
    "route_of_one_road": _added(["w_in"], interval=5.0, start=3, end=3),
    "more_than_256_types": _many_types,
    "virtual_with_links": _virtual_with_links,
    "rim_not_virtual": _rim_not_virtual,
    "no_start_time": _no_times,
    "last_piece_shorter_than_width": _last_piece_short,
    "point_twice": _point_twice,
    "node_twice": lambda data: data.roadnet["intersections"].insert(1, data.node("mid")),
    "all_after_an_hour": _all_late,
    "virtual_without_width": _virtual_without_width,
    "other_turn": lambda data: data.node("mid")["roadLinks"][2].__setitem__("type", "turn_u"),
    "movement_twice": lambda data: data.node("mid")["roadLinks"].append(link("turn_right", "s_in", "e_out")),
    "phase_time_0": lambda data: data.set_phases((0, [0]), (5, []), (30, [1, 2]), (5, [])),
    "empty_flow": lambda data: data.flow.clear(),
    "interval_0": _flow_field("interval", 0),
    "interval_fraction_open_end": lambda data: data.flow[0].update(interval=3.7, endTime=-1),
    "end_before_start": _added(["w_in", "e_out"], interval=5.0, start=50, end=20),
    "fast_vehicle": _one_kind(maxSpeed=120.0),
    "long_vehicle": _one_kind(length=20.0, minGap=0.0, headwayTime=0.0),
    "yellow_rows_with_greens": lambda data: data.set_phases((30, [0, 2]), (3, [2]), (30, [1, 2]), (3, [1])),
    "same_row_twice": _same_row_twice,
}
