"""The purpose of each row of a phase table: a phase, a repeat of one, or the yellow between two phases.

Files do not say it. It follows from the times and the movements of the rows. Public files have yellow rows of 3 to 6 s
between greens of 15 s and more. Such a row keeps a part of the greens beside it, or even all of them, so its movements
alone do not tell it from a phase.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from traffic_marl.network.model import Node, PhaseRow

LONGEST_YELLOW = 6.0  # [s] of a row between two longer greens
LONGEST_CHANGE = 8.0  # [s] of yellow and all-red together; a longer series of short rows holds a short green
ALL_RED_ROW = PhaseRow(name="", green=(), time=5.0)  # added to a table without a row to show between two phases


class Purposes(NamedTuple):
    """The rows of one phase table by purpose, each in the order of the table."""

    phases: tuple[int, ...]  # to choose from
    yellow: tuple[int, ...]  # short rows with a green, of which longer rows serve every movement
    repeats: tuple[tuple[int, int], ...]  # a row, and the phase with the same movements that stands for it
    needed: tuple[int, ...]  # short rows that are phases, because no longer row serves all their movements


class Change(NamedTuple):
    """Times between two phases, [s]."""

    yellow: int
    all_red: int


def purposes(rows: Sequence[PhaseRow]) -> Purposes:
    """The purpose of each row.

    Rows without a movement and, where some rows have a name, rows without a name are no phases. Of the others, a row is
    yellow if it is short, a longer one exists, and longer ones serve all its movements. Of equal rows, the first is the
    phase. A row that all other phases include is none: it serves nothing that they do not.

    Where rows say whether they are phases, the first of equal ones is taken, and the others are between two phases.
    """
    if any(row.is_phase is not None for row in rows):
        return _stated(rows)
    candidates = _candidates(rows)
    least = _shortest_green(rows, candidates)
    needed, yellow = _short_rows(rows, candidates, least)
    kept = [row for row in candidates if row not in yellow]
    first = {rows[row].shown: row for row in reversed(kept)}
    distinct = [row for row in kept if first[rows[row].shown] == row]
    phases = [row for row in distinct if not _is_included(rows, row, distinct)] or distinct
    stands_for = ((row, first[rows[row].shown]) for row in kept)
    return Purposes(
        phases=tuple(phases),
        yellow=tuple(yellow),
        repeats=tuple((row, phase) for row, phase in stands_for if row != phase and phase in phases),
        needed=tuple(row for row in needed if row in phases),
    )


def is_plain(rows: Sequence[PhaseRow], found: Purposes) -> bool:
    """Whether the purposes need no remark: the yellow rows are alike, and all phases include them, as is usual."""
    everywhere = set.intersection(*(set(rows[row].green) for row in found.phases))
    alike = len({(rows[row].shown, rows[row].time) for row in found.yellow}) <= 1
    idle = alike and all(everywhere.issuperset(rows[row].green) for row in found.yellow)
    return idle and not found.repeats and not found.needed


def change_of(node: Node, phases: Sequence[int] = ()) -> Change | None:
    """Yellow and all-red of an intersection, as its table has them. None if it has no row for them.

    Short rows in a series are yellow and then all-red. The last one counts alone where the series holds a short green.
    The longest change of the table counts.

    Args:
        node: the intersection.
        phases: rows that are phases whatever their time.
    """
    yellow = set(purposes(node.rows).yellow)
    between = [row not in phases and _is_between(each, row in yellow) for row, each in enumerate(node.rows)]
    times = [_change(series) for series in _changes(node.rows, between)]
    return max(times, key=sum, default=None)


def listed(rows: Sequence[int]) -> str:
    """Rows as a message names them, such as `rows 1 and 3`."""
    *first, last = map(str, rows)
    return f"rows {', '.join(first)} and {last}" if first else f"row {last}"


def _stated(rows: Sequence[PhaseRow]) -> Purposes:
    """The purposes as the rows state them."""
    stated = [place for place, row in enumerate(rows) if row.is_phase]
    first = {rows[place].shown: place for place in reversed(stated)}
    return Purposes(
        phases=tuple(place for place in stated if first[rows[place].shown] == place) or (0,),
        yellow=tuple(place for place, row in enumerate(rows) if row.green and not row.is_phase),
        repeats=tuple((place, first[rows[place].shown]) for place in stated if first[rows[place].shown] != place),
        needed=(),
    )


def _candidates(rows: Sequence[PhaseRow]) -> list[int]:
    """Rows that may be phases. Where no row serves a movement, the first one stands for all."""
    served = [place for place, row in enumerate(rows) if row.green]
    named = [place for place in served if rows[place].name]
    return named or served or [0]


def _shortest_green(rows: Sequence[PhaseRow], candidates: Sequence[int]) -> float:
    """[s] from which on a row is surely green: beyond every yellow, or the longest time of a table of short rows."""
    longest = max(rows[row].time for row in candidates)
    return longest if longest <= LONGEST_YELLOW else math.nextafter(LONGEST_YELLOW, math.inf)


def _short_rows(rows: Sequence[PhaseRow], candidates: Sequence[int], least: float) -> tuple[list[int], list[int]]:
    """Short rows that serve a movement which no other phase serves, and the other short rows. Time 0 means no time."""
    short = [row for row in candidates if 0 < rows[row].time < least]
    served = {movement for row in candidates if row not in short for movement in rows[row].green}
    needed = []
    for row in short:
        if not served.issuperset(rows[row].green):
            needed.append(row)
            served.update(rows[row].green)
    return needed, [row for row in short if row not in needed]


def _is_included(rows: Sequence[PhaseRow], row: int, others: Sequence[int]) -> bool:
    return all(rows[row].shown <= rows[other].shown for other in others if other != row)


def _changes(rows: Sequence[PhaseRow], between: Sequence[bool]) -> Iterator[list[PhaseRow]]:
    """The series of rows between two phases. Rows without a name stand in no order, each is a series by itself."""
    named = [place for place, row in enumerate(rows) if row.name]
    yield from ([row] for place, row in enumerate(rows) if between[place] and not row.name)
    greens = [index for index, place in enumerate(named) if not between[place]]
    start = greens[0] if greens else 0  # the table is a cycle; begin it with a green
    cycle = named[start:] + named[:start]
    for is_change, series in groupby(cycle, key=between.__getitem__):
        if is_change:
            yield [rows[place] for place in series]


def _is_between(row: PhaseRow, is_yellow: bool) -> bool:
    """Whether a row is shown between two phases and its time is the file's."""
    unserving = not row.green or not row.name
    return row != ALL_RED_ROW and (is_yellow or (unserving and 0 < row.time <= LONGEST_YELLOW))


def _change(series: Sequence[PhaseRow]) -> Change:
    total = sum(row.time for row in series)
    ends_in_all_red = len(series) == 2 and bool(series[0].green) and not series[1].green
    if total > LONGEST_CHANGE and not ends_in_all_red:
        series = series[-1:]
    yellow = math.ceil(series[0].time)
    return Change(yellow, math.ceil(sum(row.time for row in series)) - yellow)
