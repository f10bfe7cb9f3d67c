"""Changes drawn at random in the files of a data set: keys lost, types changed, references wrong, elements twice."""

import json
import math
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.helpers.odd_data_sets import ODD, DataSet, flow, link, phase, point, road, sound

Json = Any
Container = dict[str, Json] | list[Json]
ODD_VALUES = [
    *(None, True, False, "", "x", "mid", "w_in", "e_out", "two\nlines", "\x1b[31m", "1", "é" * 300),
    *(0, -1, 1, 2, 3, 99, 0.5, 1.5, 10.0, -7.25, 1e-9, 290, 300, 2**31, 2**63, 10**400),
    *(1e5, 1e9, 1e300, -1e300, math.nan, math.inf),
    *([], {}, [[]], [0], [0, 0], ["w_in"], {"x": 0, "y": 0}, [{"x": 0, "y": 0}] * 2),
]
DEEPEST = 9
REFUSED = {"node_twice", "last_piece_shorter_than_width", "interval_0", "end_before_start", "fast_vehicle"}
CHANGES = sorted(set(ODD) - REFUSED - {"empty_flow", "all_after_an_hour"})
NAMES = [*("w_in", "s_in", "e_out", "n_out", "back", "far", "mid", "east", "west", "nowhere")]
TYPES = ["turn_left", "turn_right", "go_straight", "turn_u", ""]
NUMBERS = [*(0, 1, 2, 3, 5, 30, 100, -1, 0.5, 2.5, 0.01, 11.111)]


def wide() -> DataSet:
    """A sound data set with two lanes a road, a turn back, a second intersection and routes over three roads."""
    data = sound()
    data.roadnet["roads"] += [road("back", ("east", "mid")), road("far", ("east", "north"))]
    for each in data.roadnet["roads"]:
        each["lanes"] *= 2
    east = data.node("east")
    east.update(virtual=False, roadLinks=[link("turn_left", "e_out", "far"), link("turn_left", "e_out", "back")])
    east["trafficLight"] = {"roadLinkIndices": [0, 1], "lightphases": [phase(20, [0]), phase(3, []), phase(20, [1])]}
    data.node("mid")["roadLinks"] += [link("turn_right", "back", "n_out")]
    for each in (*data.node("mid")["roadLinks"], *east["roadLinks"]):
        each["laneLinks"] += [{"startLaneIndex": 1, "endLaneIndex": end} for end in (0, 1)]
    data.set_phases((30, [0]), (5, []), (30, [1, 2]), (10, [3]))
    data.road("far")["points"].insert(1, point((300, 300)))
    data.flow += [flow(["w_in", "far"], interval=9.0, end=99), flow(["s_in", "back", "n_out"], interval=4.5, length=9)]
    return data


@st.composite
def mutated(draw: st.DrawFn) -> DataSet:
    """A data set with some of the known oddities and some changes at random."""
    data = draw(st.sampled_from((sound, wide)))()
    for name in draw(st.lists(st.sampled_from(CHANGES), max_size=2, unique=True)):
        ODD[name](data)
    files: dict[str, Json] = json.loads(json.dumps({"roadnet": data.roadnet, "flow": data.flow}))
    for _ in range(draw(st.integers(0, 3))):
        _change(draw, files)
    return DataSet(files.get("roadnet"), files.get("flow"))


def _change(draw: st.DrawFn, files: Container) -> None:
    place, key = _place(draw, files)
    kind = draw(st.sampled_from(("similar", "similar", "similar", "odd", "another", "drop")))
    if kind == "drop":
        del place[key]
    elif kind == "odd":
        place[key] = deepcopy(draw(st.sampled_from(ODD_VALUES)))
    elif kind == "another":
        other, there = _place(draw, files)
        place[key] = _copied(other[there])
    else:
        place[key] = _similar(draw, place[key])


def _similar(draw: st.DrawFn, value: Json) -> Json:
    """A value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return draw(st.sampled_from([*NUMBERS, -value, value * 0.1, value * 1.5, value * 100]))
    if isinstance(value, str):
        return draw(st.sampled_from([*NAMES, *TYPES]))
    if isinstance(value, list) and value:
        return _copied(
            draw(st.sampled_from((value[:1], value[1:], value[::-1], value + value[:1], value + value[-1:])))
        )
    return value


def _copied(value: Json) -> Json:
    return json.loads(json.dumps(value))


def _place(draw: st.DrawFn, files: Container) -> tuple[Container, str | int]:
    """A container and a key in it, at any depth: each step leads to a member with the same chance."""
    place, depth = files, 0
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        value = place[key]
        depth += 1
        goes_on = isinstance(value, list | dict) and bool(value) and depth < DEEPEST
        if not goes_on or (depth > 1 and draw(st.integers(0, 6)) == 0):
            return place, key
        place = value
