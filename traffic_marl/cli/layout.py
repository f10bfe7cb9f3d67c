"""Tables as lines of text for a screen of a given width. Nothing in them is ever cut.

A table that is too wide loses blanks between its columns first. Then names that are too long stand on a line of their
own above their row. Then the columns are printed in several parts, and each part names its rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest
from textwrap import wrap

from rich.cells import cell_len

from traffic_marl.comparison.table import CellKind, Column, TextTable

GAPS = (2, 1)  # [characters] between two columns: the one preferred, the smallest
SHORTEST_NAME = 16  # [characters] a column of names is made no narrower than this
SHORTEST_PROSE = 24  # [characters] neither is a column of prose than this


def lay_out(table: TextTable, width: int) -> list[str]:
    """The whole table: title, grid and notes, each line at most `width` characters long where that can be."""
    lines = wrapped(table.title, width)
    for part in _parts(table, width):
        lines += ["", *_grid(part, width)]
    notes = [line for note in table.notes for line in wrapped(note, width)]
    return [*lines, "", *notes] if notes else lines


def wrapped(text: str, width: int, indent: str = "", hanging: str = "") -> list[str]:
    """A text as lines that are broken between words. A word that is longer than a line stays whole.

    Args:
        text: what to print.
        width: [characters] of a line.
        indent: before each line.
        hanging: before each line but the first, in addition.
    """
    return wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _parts(table: TextTable, width: int) -> Iterator[TextTable]:
    """The table itself if its columns fit, else tables of fewer columns that name the same rows."""
    if _least_width(table) <= width or _name_column(table) is None:
        yield table
        return
    name = _name_column(table)
    assert name is not None, "checked above"
    first, columns = list(range(name + 1)), list(range(name + 1, len(table.columns)))
    while columns:
        count = next(
            (count for count in range(len(columns), 1, -1) if _fits(_of(table, [*first, *columns[:count]]), width)), 1
        )
        yield _of(table, [*first, *columns[:count]])
        first, columns = [name], columns[count:]


def _fits(table: TextTable, width: int) -> bool:
    return _least_width(table) <= width


def _of(table: TextTable, columns: Sequence[int]) -> TextTable:
    """The table with these columns only."""
    rows = tuple(tuple(row[place] for place in columns) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in columns), rows=rows)


def _least_width(table: TextTable) -> int:
    """Characters that the grid needs with the smallest gaps, short columns of prose, and long names above rows."""
    widths = _least_widths(table, {CellKind.NAME: SHORTEST_NAME, CellKind.PROSE: SHORTEST_PROSE})
    return sum(widths) + GAPS[-1] * (len(widths) - 1)


def _least_widths(table: TextTable, least: dict[CellKind, int]) -> list[int]:
    """Characters of each column where those of some kinds may be this narrow."""
    return [
        min(natural, least.get(column.kind, natural))
        for column, natural in zip(table.columns, _widths(table), strict=True)
    ]


def _widths(table: TextTable) -> list[int]:
    """Characters of the widest line of each column."""
    cells = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
    return [
        max(map(cell_len, (*column.head.split("\n"), *own))) for column, own in zip(table.columns, cells, strict=True)
    ]


def _grid(table: TextTable, width: int) -> list[str]:
    """Heads, a rule and the rows, in columns that share the width."""
    widths = _widths(table)
    unbroken = sum(_least_widths(table, {CellKind.PROSE: SHORTEST_PROSE}))
    gap = next((gap for gap in GAPS if unbroken + gap * (len(widths) - 1) <= width), GAPS[-1])
    spare = width - sum(widths) - gap * (len(widths) - 1)
    for place in _narrowing(table) if spare < 0 else ():
        least = SHORTEST_NAME if table.columns[place].kind is CellKind.NAME else SHORTEST_PROSE
        narrower = max(min(least, widths[place]), widths[place] + spare)
        spare += widths[place] - narrower
        widths[place] = narrower
    upwards = zip_longest(*(reversed(column.head.split("\n")) for column in table.columns), fillvalue="")
    lines = [_line(table.columns, head, widths, gap) for head in reversed(list(upwards))]
    lines.append((" " * gap).join("-" * width for width in widths))
    for row in table.rows:
        lines += _row(table.columns, row, widths, gap)
    return lines


def _narrowing(table: TextTable) -> Iterator[int]:
    """Columns that may be narrower than their widest cell, in the order in which they give way."""
    for kind in (CellKind.PROSE, CellKind.NAME):
        yield from (place for place, column in enumerate(table.columns) if column.kind is kind)


def _row(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int], gap: int) -> Iterator[str]:
    """The lines of a row: prose goes on below, and the rest of a row follows below a name that is too long."""
    widths = _lent(columns, cells, widths)
    broken = [
        wrapped(cell, width) if column.kind is CellKind.PROSE else [cell]
        for column, cell, width in zip(columns, cells, widths, strict=True)
    ]
    for place, column in enumerate(columns):
        if column.kind is CellKind.NAME and cell_len(cells[place]) > widths[place]:
            yield _line(columns[: place + 1], cells[: place + 1], widths, gap)
            broken[: place + 1] = [[""]] * (place + 1)
    for line in zip_longest(*broken, fillvalue=""):
        yield _line(columns, line, widths, gap)


def _lent(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> list[int]:
    """The widths for one row: a name that is too long takes the blanks before the number that follows it."""
    lent = list(widths)
    for place, (column, after) in enumerate(pairwise(columns)):
        missing = cell_len(cells[place]) - widths[place]
        if column.kind is CellKind.NAME and after.kind is CellKind.NUMBER and missing > 0:
            taken = min(missing, widths[place + 1] - cell_len(cells[place + 1]))
            lent[place] += taken
            lent[place + 1] -= taken
    return lent


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int], gap: int) -> str:
    return (" " * gap).join(_padded(*cell) for cell in zip(columns, cells, widths, strict=False)).rstrip()


def _padded(column: Column, cell: str, width: int) -> str:
    blanks = " " * (width - cell_len(cell))
    return blanks + cell if column.kind is CellKind.NUMBER else cell + blanks


def _name_column(table: TextTable) -> int | None:
    """The column of names, if there is one."""
    return next((place for place, column in enumerate(table.columns) if column.kind is CellKind.NAME), None)
