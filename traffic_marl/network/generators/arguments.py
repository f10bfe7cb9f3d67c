"""Checks of the generators' arguments. Each error names the argument."""

from collections.abc import Mapping, Sequence

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.layout import default_width, exact, smallest_width
from traffic_marl.network.generators.pockets import Lanes
from traffic_marl.network.model import FASTEST, LONGEST, SLOWEST, TURNS, Turn


def checked_count(where: str, count: int) -> int:
    """The count if it is a whole number of at least 1."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise NetworkError(where, f"{count!r} is not a count", "give a whole number, at least 1")
    return count


def checked_length(where: str, length: float) -> float:
    """The length, [m], as a multiple of 1/64 m, if it is a number of metres that a road can have."""
    if not _is_number(length) or not 0 < length <= LONGEST or exact(length) <= 0:
        raise NetworkError(where, f"{length!r} is not a length", f"give metres, above 0 and at most {LONGEST:g}")
    return exact(length)


def checked_speed(where: str, speed: float) -> float:
    """The speed, [m/s], if it is a number that can be a limit."""
    if not _is_number(speed) or not SLOWEST <= speed <= FASTEST:
        raise NetworkError(where, f"{speed!r} is not a speed", f"give metres per second, {SLOWEST:g} to {FASTEST:g}")
    return float(speed)


def checked_lanes(where: str, lanes: Sequence[Sequence[Turn]]) -> Lanes:
    """The turns of each lane, if each has one and no two lanes' paths cross."""
    if isinstance(lanes, str) or not isinstance(lanes, Sequence) or not lanes:
        raise NetworkError(where, f"{lanes!r} holds no lane", 'give the turns of each, such as [["left"], ["through"]]')
    for index, lane in enumerate(lanes):
        _check_lane(f"{where}[{index}]", lane)
    for index in range(1, len(lanes)):
        inner, outer = max(map(TURNS.index, lanes[index - 1])), min(map(TURNS.index, lanes[index]))
        if inner > outer:
            what = f"it goes {TURNS[outer]}, to the right of a lane that goes {TURNS[inner]}"
            raise NetworkError(f"{where}[{index}]", what, "order the lanes from left turns to right turns")
    return tuple(tuple(lane) for lane in lanes)


def checked_road_lanes(road_lanes: Mapping[str, Sequence[Sequence[Turn]]] | None) -> dict[str, Lanes]:
    """The lanes of roads that differ from their street, by name."""
    return {road: checked_lanes(f"road_lanes[{road}]", lanes) for road, lanes in (road_lanes or {}).items()}


def checked_width(width: float | None, lanes: Sequence[Lanes], lane_width: float) -> float:
    """[m] From an intersection's centre to its stop lines: the one given, or one that suits the widest of the roads."""
    if width is None:
        return exact(default_width(lanes, lane_width))
    least = smallest_width(lanes, lane_width)
    if checked_length("intersection_width", width) < least:
        what = f"{width!r} m from the centre, the stop lines lie on the lanes of the crossing street"
        raise NetworkError("intersection_width", what, f"give at least {least:g}")
    return exact(width)


def _check_lane(where: str, lane: Sequence[str]) -> None:
    if isinstance(lane, str) or not isinstance(lane, Sequence) or not lane:
        raise NetworkError(where, f"{lane!r} holds no turn", f"give a list with some of {', '.join(TURNS)}")
    for turn in lane:
        if turn not in TURNS:
            raise NetworkError(where, f"{turn!r} is not a turn", f"use {', '.join(TURNS)}")
    if len(set(lane)) < len(lane):
        raise NetworkError(where, "it names a turn twice", "give each turn once")


def _is_number(number: float) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool)
