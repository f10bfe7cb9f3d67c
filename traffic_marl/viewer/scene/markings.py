"""Markings on the streets: edges, lines between lanes, turn arrows, and the bars that show the lights.

Plain arrays in metres. No drawing library is needed here.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.scene.lines import Paths, cross_section, shifted
from traffic_marl.viewer.scene.street_map import StreetMap

DASH, GAP = 3.0, 5.0  # [m] of the broken lines between lanes
SOLID = 30.0  # [m] of the solid line before a stop line
BAR = 1.0  # [m] thickness of the bar that shows a light
BAR_SHARE = 0.86  # share of a lane's width
ARROW_AHEAD = 5.5  # [m] from the middle of a turn arrow to the stop line

# Turn arrows, pointing up: closed polygons within [-0.5, 0.5].
ARROWS: dict[str, Floats] = {
    "through": np.array([(-0.08, -0.5), (-0.08, 0.1), (-0.25, 0.1), (0, 0.5), (0.25, 0.1), (0.08, 0.1), (0.08, -0.5)]),
    "left": np.array(
        [
            (0.16, -0.5),
            (0.16, 0.3),
            (-0.1, 0.3),
            (-0.1, 0.48),
            (-0.46, 0.2),
            (-0.1, -0.08),
            (-0.1, 0.1),
            (0.0, 0.1),
            (0.0, -0.5),
        ]
    ),
}
ARROWS["right"] = ARROWS["left"] * (-1.0, 1.0)
ARROW_SIZE = (2.4, 3.4)  # [m] width and length


@dataclass(frozen=True, eq=False)
class Markings:
    """Markings that never change. Segments are (n, 2, 2), polylines and polygons (points, 2)."""

    edges: tuple[Floats, ...]  # [m] polylines
    centres: tuple[Floats, ...]  # [m] polylines
    solid: Floats  # [m] segments
    dashes: Floats  # [m] segments
    stops: Floats  # [m] segments
    arrows: tuple[Floats, ...]  # [m] polygons


@dataclass(frozen=True, eq=False)
class Heads:
    """Signal heads: a bar at the stop line for each lane and each of its movements."""

    movement: Ints  # (heads,)
    intersection: Ints  # (heads,)
    bars: Floats  # [m] (heads, 4, 2) corners
    middle: Floats  # [m] (heads, 2)


def markings(streets: StreetMap) -> Markings:
    """The markings of a map."""
    inner, outer, between = _lane_boundaries(streets)
    at_signal = [lane for lane, end in enumerate(streets.lane_intersection.tolist()) if end != NONE]
    return Markings(
        edges=tuple(outer),
        centres=tuple(inner),
        solid=_segments([_tail(line) for line in between]),
        dashes=_segments([dashes(line, DASH, GAP, SOLID) for line in between]),
        stops=_segments(
            [cross_section(streets.lane_lines[k], float(streets.lane_width[k]), at_end=True)[None] for k in at_signal]
        ),
        arrows=tuple(arrow for lane in at_signal for arrow in _arrows(streets, lane)),
    )


def heads(streets: StreetMap) -> Heads:
    """The signal heads of all lanes that end at an intersection. Movements of one lane are side by side."""
    movement, bars = [], []
    for lane, movements in enumerate(streets.lane_movements):
        if not movements or streets.lane_intersection[lane] == NONE:
            continue
        for place, m in enumerate(movements):
            movement.append(m)
            bars.append(_bar(streets, lane, place, len(movements)))
    found = np.array(movement, np.int32)
    corners = np.array(bars).reshape(-1, 4, 2)
    return Heads(found, streets.movement_intersection[found], corners, corners.mean(axis=1))


def dashes(line: Floats, dash: float, gap: float, before_end: float = 0.0) -> Floats:
    """[m] (n, 2, 2) dashes along a polyline. The last `before_end` [m] have none."""
    path = Paths((line,))
    starts = np.arange(gap / 2.0, max(float(path.length[0]) - before_end - dash, 0.0), dash + gap)
    zero = np.zeros(len(starts), np.int32)
    return np.stack([path.places(zero, starts), path.places(zero, starts + dash)], axis=1)


def _lane_boundaries(streets: StreetMap) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Polylines [m]: inner edges of roads, outer edges of roads, and boundaries between lanes."""
    inner, outer, between = [], [], []
    for lane, line in enumerate(streets.lane_lines):
        half = float(streets.lane_width[lane]) / (-2.0 if streets.left_hand else 2.0)  # inwards
        road = streets.lane_road[lane]
        if lane == 0 or streets.lane_road[lane - 1] != road:
            inner.append(shifted(line, half))
        if lane + 1 == len(streets.lane_lines) or streets.lane_road[lane + 1] != road:
            outer.append(shifted(line, -half))
        else:
            between.append(shifted(line, -half))
    return inner, outer, between


def _tail(line: Floats) -> Floats:
    """[m] (n, 2, 2) the last SOLID metres of a polyline as segments."""
    path = Paths((line,))
    start = max(float(path.length[0]) - SOLID, 0.0)
    points = np.concatenate([path.places(np.zeros(1, np.int32), np.array([start])), line[path.along > start]])
    return np.array(list(pairwise(points))).reshape(-1, 2, 2)


def _segments(parts: list[Floats]) -> Floats:
    return np.concatenate([np.zeros((0, 2, 2)), *parts])


def _ahead(streets: StreetMap, lane: int) -> Floats:
    """(2,) the direction in which a lane ends."""
    line = streets.lane_lines[lane]
    step = line[-1] - line[-2]
    direction: Floats = step / np.hypot(*step)
    return direction


def _bar(streets: StreetMap, lane: int, place: int, count: int) -> Floats:
    """[m] (4, 2) corners of a bar just behind the stop line, the `place`-th of `count` from the left."""
    left, right = cross_section(streets.lane_lines[lane], BAR_SHARE * float(streets.lane_width[lane]), at_end=True)
    one = left + (right - left) * (place + (0.06 if place else 0.0)) / count
    other = left + (right - left) * (place + 1) / count
    beyond = _ahead(streets, lane) * BAR
    return np.array([one, other, other + beyond, one + beyond])


def _arrows(streets: StreetMap, lane: int) -> list[Floats]:
    """[m] polygons: an arrow for each turn from a lane, on top of each other before the stop line."""
    ahead = _ahead(streets, lane)
    right = np.array([ahead[1], -ahead[0]])
    middle = streets.lane_lines[lane][-1] - ARROW_AHEAD * ahead
    turns = dict.fromkeys(streets.movement_turns[m] for m in streets.lane_movements[lane])
    width, length = ARROW_SIZE
    return [middle + ARROWS[turn][:, :1] * width * right + ARROWS[turn][:, 1:] * length * ahead for turn in turns]
