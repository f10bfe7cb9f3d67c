"""The table of a run, with one line for each iteration: written as CSV, and read as anybody's file."""

import csv
import io
import math
from collections.abc import Mapping, Sequence

ProgressRow = dict[str, float | int | str]  # column to value; "" where there is none

COUNTS = ("iteration", "agent_steps")  # columns that every line has
PLAIN = ("seconds", "agent_steps_per_s", "mean_return", "training_delay", "validation_delay")  # finite, or empty
OF = "validation_delay_of_"  # begins the columns with the delay of single seeds or scenarios
LARGEST = 2**53  # of a count


def to_csv(rows: Sequence[Mapping[str, float | int | str]]) -> str:
    """The table as text. A number that is not finite, such as a loss that has overflowed, is left empty."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _written(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def from_csv(text: str) -> list[ProgressRow]:
    """The lines of a table.

    Raises:
        ValueError: the text is no such table.
    """
    try:
        return [_row(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise ValueError(str(error)) from error


def _row(cells: Mapping[str | None, str | list[str] | None]) -> ProgressRow:
    """A line with its numbers."""
    row: ProgressRow = {}
    for name, cell in cells.items():
        if name is None or not isinstance(cell, str):
            raise ValueError("a line with more or fewer cells than the head")
        row[name] = _count(cell) if name in COUNTS else _number(name, cell)
    if not all(name in row for name in COUNTS):
        raise ValueError("a column is missing")
    return row


def _count(cell: str) -> int:
    number = int(cell) if cell.isascii() and cell.isdigit() else -1
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{cell} is no count")
    return number


def _number(name: str, cell: str) -> float | int | str:
    """The number in a cell, "" if it is empty. Versions 0.1 and 0.2 wrote `nan` for a loss that is no number."""
    if not cell or (cell == "nan" and name not in PLAIN):
        return ""
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"{cell} is not finite")
    return int(cell) if cell.lstrip("-").isdigit() else number


def _written(value: float | int | str) -> float | int | str:
    return "" if isinstance(value, float) and not math.isfinite(value) else value
