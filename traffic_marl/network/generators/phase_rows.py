"""Phases of generated intersections in a notation, such as `E all`, `NS through` or `NS left + E right`.

A row has one or more parts joined by `+`. A part has the sides that traffic comes from and a turn. Without a turn, or
with `all`, it means all turns.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.phase_sets import Stream, table_of_greens
from traffic_marl.network.model import TURNS, PhaseRow

SIDES = "NESW"
ALL = "all"
FORM = 'write it like "E all", "NS through" or "NS left + E right"'


class Place(NamedTuple):
    """An intersection whose phases are given as rows."""

    name: str
    streams: Sequence[Stream]  # its movements
    where: str  # argument that gives the rows
    is_alone: bool  # the rows are for this intersection alone, so it has to have all movements that they name


def table_of_rows(rows: Sequence[str], place: Place) -> tuple[PhaseRow, ...]:
    """The phase table of an intersection, with its phases in the order of the rows.

    A right turn is green throughout, unless a row names right turns of its side. Rows for all intersections leave out
    what an intersection lacks.

    Raises:
        NetworkError: no row serves a movement, or rows for this intersection alone serve the same or name a movement
            that it lacks.
    """
    everywhere = {stream for stream in place.streams if stream[1] == "right"} - _named_rights(rows)
    greens: dict[str, set[Stream]] = {}
    for row in rows:
        green = _green(row, place)
        same = next((name for name, known in greens.items() if known == green | everywhere), None)
        if same is None and green - everywhere:
            greens[row] = green | everywhere
        elif place.is_alone:
            what = f"{row!r} serves the same as {same!r}" if same else f"{row!r} has only right turns that never wait"
            raise NetworkError(place.where, what, "leave it out")
    if not greens:
        what = f"no row serves a movement at {place.name}"
        raise NetworkError(place.where, what, "add a row that serves one of its movements")
    table = table_of_greens(greens, everywhere, place.streams)
    return tuple(replace(row, is_phase=bool(row.name)) for row in table)


def checked_rows(where: str, rows: Sequence[str]) -> tuple[str, ...]:
    """The rows with single blanks, if they are in the notation and no two are the same.

    Raises:
        NetworkError: they are not.
    """
    checked = tuple(checked_row(where, row) for row in rows)
    for place, row in enumerate(checked):
        if row in checked[:place]:
            raise NetworkError(where, f"{row!r} is given twice", "give each phase once")
    return checked


def checked_row(where: str, row: str) -> str:
    """The row with single blanks, if it is written in the notation.

    Raises:
        NetworkError: it is not.
    """
    for text in row.split("+"):
        if not _is_part(text.split()):
            raise NetworkError(where, f"{text.strip()!r} in {row!r} is no part of a phase", FORM)
    return " + ".join(" ".join(text.split()) for text in row.split("+"))


def _is_part(words: Sequence[str]) -> bool:
    if len(words) not in (1, 2) or (words[1:] and words[1] not in (*TURNS, ALL)):
        return False
    return set(words[0]) <= set(SIDES) and len(set(words[0])) == len(words[0])


def _green(row: str, place: Place) -> set[Stream]:
    """The movements that a row names, of those that there are."""
    green: set[Stream] = set()
    for text in row.split("+"):
        served = _part(text) & set(place.streams)
        if not served and place.is_alone:
            what = f"{row!r} serves {text.strip()!r}, which {place.name} lacks"
            raise NetworkError(place.where, what, "leave it out, or add a lane for this turn")
        green |= served
    return green


def _named_rights(rows: Sequence[str]) -> set[Stream]:
    """Right turns that some row names by their turn."""
    parts = [text for row in rows for text in row.split("+")]
    return {stream for text in parts if text.split()[1:] == ["right"] for stream in _part(text)}


def _part(text: str) -> set[Stream]:
    """The movements of a part, whether an intersection has them or not."""
    sides, *rest = text.split()
    turns = TURNS if rest in ([], [ALL]) else tuple(rest)
    return {(side, turn) for side in sides for turn in turns}
