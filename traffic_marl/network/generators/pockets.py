"""Turn pockets: lanes for left or right turns that begin some metres before the stop line, where the road widens.

A road with pockets is a chain of parts. Each part has the lanes that have begun, and two parts meet at a junction
without signals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from traffic_marl.checks import shown
from traffic_marl.errors import NetworkError, suggest_of_many
from traffic_marl.network.model import LONGEST, Connection, Movement, Turn

Lanes = tuple[tuple[Turn, ...], ...]  # turns that each lane of an approach allows, from the centre line outwards
PocketTurn = Literal["left", "right"]
Lengths = Mapping[PocketTurn, float]  # [m] of the pockets of an approach, by turn

TAPER = 20.0  # [m] in which a road widens
SHORTEST_POCKET = 10.0  # [m]
SHORTEST_PART = 10.0  # [m] of a road before its first pocket, and between two
SIGHT = 100.0  # [m] vehicles look at the signals at the end of pockets that are shorter than this before they are there
POCKET_TURNS: tuple[PocketTurn, ...] = get_args(PocketTurn)


@dataclass(frozen=True)
class PocketChoice:
    """Lengths of the pockets of all approaches, and of those that differ."""

    usual: Lengths = field(default_factory=dict)
    own: Mapping[str, Lengths] = field(default_factory=dict)  # by name of the road

    def of(self, road: str) -> Lengths:
        """Lengths of the pockets of a road."""
        return self.own.get(road, self.usual)

    def place(self, road: str, length: float) -> str:
        """The argument that gives a pocket of a road."""
        if road in self.own:
            return f"road_pockets[{road}]"
        return next(f"{turn}_pocket" for turn, usual in self.usual.items() if usual == length)

    @property
    def exist(self) -> bool:
        """Whether a road may have pockets."""
        return bool(self.usual) or any(self.own.values())


class Part(NamedTuple):
    """A part of a road with the same lanes throughout."""

    lanes: tuple[int, ...]  # of the approach, counted from the centre line
    pocket: float  # [m] from its first lane's start to the stop line; 0: it is the road's first part


def checked_pockets(left: float | None, right: float | None, own: Mapping[str, Lengths]) -> PocketChoice:
    """The lengths of pockets, if they are lengths.

    Raises:
        NetworkError: one is none.
    """
    usual = {turn: length for turn, length in zip(POCKET_TURNS, (left, right), strict=True) if length is not None}
    by_road = {road: _checked(f"road_pockets[{road}]", lengths) for road, lengths in own.items()}
    for turn, length in usual.items():
        check_length(f"{turn}_pocket", length)
    return PocketChoice(usual, by_road)


def check_length(where: str, length: float) -> None:
    """Checks that a pocket can have a length.

    Raises:
        NetworkError: it cannot.
    """
    is_number = isinstance(length, int | float) and not isinstance(length, bool)
    if not is_number or not SHORTEST_POCKET <= length <= LONGEST:
        what = f"{shown(length)} is not a length of a pocket"
        raise NetworkError(where, what, f"give metres, {SHORTEST_POCKET:g} to {LONGEST:g}")


def pocket_lanes(lanes: Lanes, lengths: Lengths) -> dict[int, float]:
    """Lengths [m] of the lanes of an approach that are pockets, by their place.

    The lanes for left turns alone and those for right turns alone are pockets where they have a length. Where no other
    lane exists, those for right turns are as long as the road, and where there are none, those for left turns.
    """
    found = {index: length for index, lane in enumerate(lanes) for turn, length in lengths.items() if lane == (turn,)}
    if len(found) < len(lanes):
        return found
    kept: tuple[Turn, ...] = ("right",) if ("right",) in lanes else ("left",)
    return {index: length for index, length in found.items() if lanes[index] != kept}


def parts_of(lanes: Lanes, lengths: Lengths) -> list[Part]:
    """The parts of a road with these lanes, in driving order. One without pockets is a single part."""
    pocket = pocket_lanes(lanes, lengths)
    parts = [Part(tuple(index for index in range(len(lanes)) if index not in pocket), 0.0)]
    for length in sorted(set(pocket.values()), reverse=True):
        begun = tuple(index for index in range(len(lanes)) if pocket.get(index, length) >= length)
        parts.append(Part(begun, length))
    return parts


def part_name(road: str, place: int) -> str:
    """Name of a part of a road. The first part has the name of the road."""
    return road if place == 0 else f"{road}_part_{place + 1}"


def widening_name(road: str, place: int) -> str:
    """Name of the junction at which a part of a road begins."""
    return f"{road}_widening_{place}"


def widening_movement(road: str, place: int, before: Part, after: Part, limit: float) -> Movement:
    """The way into a part of a road: on the same lane, or from the lane next to a new one into it.

    Args:
        road: name.
        place: of the part that is entered, at least 1.
        before: the part that is left.
        after: the part that is entered.
        limit: [m/s] of the road.
    """
    connections = [
        Connection(before.lanes.index(lane), index, limit=limit)
        if lane in before.lanes
        else Connection(0 if lane < before.lanes[0] else len(before.lanes) - 1, index, limit=limit, shift=1)
        for index, lane in enumerate(after.lanes)
    ]
    ordered = tuple(sorted(connections, key=lambda each: (each.from_lane, each.to_lane)))
    return Movement(part_name(road, place - 1), part_name(road, place), "through", ordered)


def check_lengths(choice: PocketChoice, road: str, parts: list[Part], length: float) -> None:
    """Checks that the parts have room on a road.

    Args:
        choice: lengths of pockets.
        road: name.
        parts: its parts.
        length: [m] from its start to the stop line.

    Raises:
        NetworkError: it is too short for its pockets, or two pockets begin too close to one another.
    """
    begins = [part.pocket for part in parts[1:]]
    for longer, shorter in pairwise(begins):
        if longer - shorter < TAPER + SHORTEST_PART:
            what = f"pockets of {longer:g} m and {shorter:g} m begin too close to one another on {road}"
            remedy = f"make them equal, or {TAPER + SHORTEST_PART:g} m different"
            raise NetworkError(choice.place(road, shorter), what, remedy)
    most = length - TAPER - SHORTEST_PART
    if begins and begins[0] > most:
        what = f"a pocket of {begins[0]:g} m is too long for {road}, which has {length:g} m before its stop line"
        remedy = f"give at most {most:g} m" if most >= SHORTEST_POCKET else "leave it out, or give longer blocks"
        raise NetworkError(choice.place(road, begins[0]), what, remedy)


def check_use(choice: PocketChoice, approaches: Mapping[str, Lanes]) -> None:
    """Checks that each road with pockets of its own exists, and that all lengths are those of some lane.

    Args:
        choice: lengths of pockets.
        approaches: lanes of each road.

    Raises:
        NetworkError: it does not, or one is of none.
    """
    remedy = "give a lane for this turn alone beside another lane, or leave the pocket out"
    for road, lengths in choice.own.items():
        if road not in approaches:
            raise NetworkError(
                f"road_pockets[{road}]", "there is no road of this name", suggest_of_many(road, approaches)
            )
        for turn in lengths:
            if not _has_pocket(approaches[road], lengths, turn):
                raise NetworkError(f"road_pockets[{road}]", f"no lane of the road can be a {turn} pocket", remedy)
    for turn in choice.usual:
        if not any(_has_pocket(lanes, choice.of(road), turn) for road, lanes in approaches.items()):
            raise NetworkError(f"{turn}_pocket", f"no lane of any road can be a {turn} pocket", remedy)


def _has_pocket(lanes: Lanes, lengths: Lengths, turn: Turn) -> bool:
    return any(lanes[index] == (turn,) for index in pocket_lanes(lanes, lengths))


def _checked(where: str, lengths: Lengths) -> Lengths:
    if not isinstance(lengths, Mapping):
        raise NetworkError(where, f"{shown(lengths)} has no lengths", 'give lengths by turn, such as {"left": 60}')
    for turn, length in lengths.items():
        if turn not in POCKET_TURNS:
            raise NetworkError(where, f"{shown(turn)} has no pocket", "give left, right or both")
        check_length(f"{where}[{turn}]", length)
    return dict(lengths)
