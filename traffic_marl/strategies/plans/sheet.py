"""Timing plans as tables: a line for each green of a cycle, as they are typed into a controller."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.files.csv_table import Row, csv_text, read_table
from traffic_marl.remarks import Remark

COLUMNS = {  # column -> other heads of it
    "intersection": ("node", "junction", "signal", "controller"),
    "phase": ("stage",),
    "green": ("green_time",),
    "yellow": ("amber",),
    "all_red": ("allred", "red_clearance"),
    "offset": (),
    "cycle": ("cycle_time", "cycle_length"),
}
NEEDED = ("intersection", "phase", "green")
HEADS = ("intersection", "phase", "green_s", "yellow_s", "all_red_s", "offset_s", "cycle_s")
LONGEST = 86_400.0  # [s] of a time in a plan


@dataclass(frozen=True)
class Green:
    """One green of a plan, as it is written. Empty cells are None: the signals' own yellow or all-red."""

    where: str  # file and line, for messages
    intersection: str
    phase: str  # name, or number from 0
    green: float  # [s]
    yellow: float | None = None  # [s] after the green
    all_red: float | None = None  # [s] after the yellow
    offset: float | None = None  # [s] of the cycle's start
    cycle: float | None = None  # [s]
    clearance: float | None = None  # [s] yellow and all-red together, in files that write them as one time


@dataclass(frozen=True)
class Sheet:
    """The greens of all intersections. Those of one intersection stand in their order within the cycle."""

    where: str  # the file, for messages
    greens: tuple[Green, ...]
    remarks: tuple[Remark, ...] = ()


def read_sheet(path: Path) -> Sheet:
    """The plan in a CSV file with the columns of `COLUMNS`, of which `NEEDED` have to be there.

    Raises:
        FileError: the file cannot be read, a column is missing, or a cell holds something else than it should.
    """
    table = read_table(path, COLUMNS, NEEDED, "a timing plan")
    remarks = [Remark(path.name, f"column {head!r} is not used") for head in table.unused]
    return Sheet(path.name, tuple(_green(row) for row in table.rows), tuple(remarks))


def _green(row: Row) -> Green:
    row.text("green")  # it must be there
    times = {name: row.number(name, 0.0, LONGEST) for name in ("green", "yellow", "all_red", "cycle")}
    offset = row.number("offset", -LONGEST, LONGEST)
    green = times.pop("green")
    assert green is not None, "the cell is not empty"
    return Green(row.where, row.text("intersection"), row.text("phase"), green, offset=offset, **times)


def sheet_csv(greens: Sequence[Green]) -> str:
    """A plan as CSV."""
    fields = ("intersection", "phase", "green", "yellow", "all_red", "offset", "cycle")
    return csv_text(HEADS, [[getattr(green, field) for field in fields] for green in greens])
