"""Tables of a user's CSV files: columns found by their heads, cells read as text or numbers, mistakes told by line.

Spreadsheets write such files in several ways. The separator is a comma, a semicolon or a tab. A head may name a unit,
and its words may be joined by spaces, hyphens or underscores. Unless commas separate the cells, a number may have a
decimal comma.
"""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from traffic_marl.errors import FileError, one_line, suggest
from traffic_marl.reading import read_text

LARGEST = 2**26  # [B] of a table
SEPARATORS = (",", ";", "\t")
UNIT = re.compile(r"(_s|_sec|_seconds|_?\[[^\]]*\]|_?\([^)]*\))$")  # at the end of a head
COMMENT = "#"
FEW = 20  # names that a message lists


@dataclass(frozen=True)
class Row:
    """One line of a table. A cell that is missing at the end of the line is empty."""

    where: str  # file and line, for messages
    cells: Mapping[str, str]  # by column
    has_decimal_comma: bool

    def text(self, column: str) -> str:
        """The text of a cell.

        Raises:
            FileError: it is empty.
        """
        cell = self.cells.get(column, "")
        if not cell:
            raise FileError(self.where, f"has no {column}", "fill in this cell")
        return cell

    def number(self, column: str, least: float = 0.0, most: float = 1e6, unit: str = "seconds") -> float | None:
        """The number in a cell. None if the cell is empty.

        Args:
            column: the column.
            least: smallest number that is accepted.
            most: greatest number that is accepted.
            unit: of the number, for messages.

        Raises:
            FileError: the cell holds something else.
        """
        cell = self.cells.get(column, "")
        if not cell:
            return None
        remedy = f"give {unit}, {least:g} to {most:g}"
        try:
            number = float(cell.replace(",", ".") if self.has_decimal_comma else cell)
        except ValueError:
            raise FileError(self.where, f"{column}: {one_line(cell)!r} is not a number", remedy) from None
        if not math.isfinite(number) or not least <= number <= most:
            raise FileError(self.where, f"{column}: {one_line(cell)} is out of range", remedy)
        return number


@dataclass(frozen=True)
class Table:
    """The lines of a file, and the heads of its columns that nobody asked for."""

    rows: tuple[Row, ...]
    unused: tuple[str, ...]


def read_table(path: Path, columns: Mapping[str, Sequence[str]], needed: Sequence[str], noun: str) -> Table:
    """The table in a CSV file. Empty lines, and lines that begin with #, are passed over.

    Args:
        path: the file.
        columns: other heads of each column, by its own head. Heads are compared in small letters and without units.
        needed: columns that the file must have.
        noun: the content, for messages, such as `a timing plan`.

    Raises:
        FileError: the file cannot be read, a column is missing or named twice, a line is too long, or no line is left.
    """
    remedy = f"give a CSV file with {noun}"
    content = read_text(path, remedy, LARGEST)
    lines = _lines(path, content)
    if not lines:
        raise FileError(one_line(path), "is empty", remedy)
    separator = max(SEPARATORS, key=lines[0][1].count)
    heads = _cells(path, *lines[0], separator)
    places = _places(path, heads, columns, needed)
    rows = [_row(path, number, line, separator, places, len(heads)) for number, line in lines[1:]]
    if not rows:
        raise FileError(one_line(path), "has a head and no line below it", remedy)
    unused = (head for place, head in enumerate(heads) if head and place not in places.values())
    return Table(tuple(rows), tuple(unused))


def csv_text(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as CSV with a line of heads. Whole numbers are written without a decimal point."""
    return "".join(map(_line, (heads, *([_written(cell) for cell in row] for row in rows))))


def _line(cells: Sequence[object]) -> str:
    """A line of a CSV file. One that would be taken as a comment has its cells in quotation marks."""
    line = _joined(cells, csv.QUOTE_MINIMAL)
    return _joined(cells, csv.QUOTE_ALL) if line.startswith(COMMENT) else line


def _joined(cells: Sequence[object], quoting: Literal[0, 1, 2, 3]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=quoting).writerow(cells)
    return text.getvalue()


def _written(cell: object) -> object:
    """A cell as it is written. None makes an empty one."""
    if cell is None:
        return ""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _lines(path: Path, content: str) -> list[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1."""
    if "\0" in content:
        raise FileError(one_line(path), "is not text", "give a CSV file")
    numbered = enumerate(content.split("\n"), 1)
    return [(number, line) for number, line in numbered if line.strip(" ,;\t") and not line.startswith(COMMENT)]


def _cells(path: Path, number: int, line: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator, skipinitialspace=True))]
    except csv.Error as error:
        raise FileError(f"{path.name}, line {number}", f"is no line of a table: {error}", "give a CSV file") from None


def _plain(head: str) -> str:
    """A head in small letters, words joined by underscores, without a unit."""
    return UNIT.sub("", re.sub(r"[\s\-]+", "_", head.strip().lower()))


def _places(
    path: Path, heads: list[str], columns: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> dict[str, int]:
    """Place of each column in a line."""
    known = {_plain(name): column for column, others in columns.items() for name in (column, *others)}
    places: dict[str, int] = {}
    for place, head in enumerate(heads):
        column = known.get(_plain(head))
        if column in places:
            raise FileError(f"{path.name}, first line", f"{column} is there twice", "give each column once")
        if column is not None:
            places[column] = place
    for column in needed:
        if column not in places:
            what = f"has no column {column}"
            raise FileError(f"{path.name}, first line", what, f"name its columns {', '.join(columns)}")
    return places


def _row(path: Path, number: int, line: str, separator: str, places: Mapping[str, int], width: int) -> Row:
    where = f"{path.name}, line {number}"
    cells = _cells(path, number, line, separator)
    if any(cells[width:]):
        raise FileError(where, f"has {len(cells)} cells for {width} columns", "put quotation marks around separators")
    named = {column: cells[place] for column, place in places.items() if place < len(cells)}
    return Row(where, named, separator != ",")


def known_name(name: str, known: Sequence[str]) -> str:
    """The remedy for a name in a table that does not exist. Of many names it shows some."""
    return suggest(name, known if len(known) <= FEW else get_close_matches(name, known) or known[:FEW])
