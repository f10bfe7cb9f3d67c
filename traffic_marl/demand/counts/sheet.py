"""Turning counts as consultants have them: a line for each approach and quarter of an hour."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.csv_table import Row, read_table
from traffic_marl.network.model import TURNS
from traffic_marl.remarks import Remark
from traffic_marl.units import HOUR

COLUMNS = {  # column -> other heads of it
    "intersection": ("node", "junction", "site"),
    "approach": ("leg", "arm", "road", "from"),
    "left": ("l", "left_turn", "lt"),
    "through": ("t", "thru", "straight", "th"),
    "right": ("r", "right_turn", "rt"),
    "start": ("time", "start_time", "begin", "interval"),
}
NEEDED = ("intersection", "approach", "start")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
MOST = 1e5  # vehicles of a turn within an interval
QUARTER = 900  # [s]
DAY = 86_400  # [s]
LAST = 7 * DAY  # [s] of a start


@dataclass(frozen=True)
class Line:
    """The vehicles of an approach within one interval."""

    where: str  # file and line, for messages
    intersection: str
    approach: str
    start: int  # [s] after midnight of the first day, or after any other moment
    vehicles: dict[str, float]  # by turn; turns that were not counted are left out


@dataclass(frozen=True)
class CountSheet:
    """All lines of a file."""

    name: str
    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...]

    @property
    def first(self) -> int:
        """[s] start of the earliest interval, which is second 0 of the demand."""
        return min(line.start for line in self.lines)

    @property
    def interval(self) -> int:
        """[s] between two starts: a quarter of an hour where there is only one, or a gap of more than an hour."""
        starts = sorted({line.start for line in self.lines})
        least = min((after - before for before, after in pairwise(starts)), default=QUARTER)
        return least if least <= HOUR else QUARTER


def read_counts(path: Path) -> CountSheet:
    """The counts in a CSV file with the columns of `COLUMNS`. An empty cell is a turn that was not counted.

    Raises:
        FileError: the file cannot be read, a column is missing, or a cell holds something else than it should.
    """
    table = read_table(path, COLUMNS, NEEDED, "turning counts")
    remarks = [Remark(path.name, f"column {head!r} is not used") for head in table.unused]
    lines = [_line(row) for row in table.rows]
    after = _after_midnight(lines)
    if after:
        remarks.append(Remark(path.name, f"starts before {_clock(max(after) + 1)} are taken as those of the next day"))
        lines = [replace(line, start=line.start + DAY) if line.start in after else line for line in lines]
    return CountSheet(path.name, tuple(lines), tuple(remarks))


def _after_midnight(lines: Sequence[Line]) -> set[int]:
    """Starts [s] of the next day in a file that begins in the evening: those before a gap of more than half a day."""
    starts = sorted({line.start for line in lines})
    gap, late = max(((after - before, after) for before, after in pairwise(starts)), default=(0, 0))
    wraps = starts[-1] < DAY and gap > DAY // 2 and lines[0].start >= late
    return {start for start in starts if start < late} if wraps else set()


def _clock(second: int) -> str:
    """A second of the day as a clock time, to the minute above."""
    hours, minutes = divmod(-(-second // 60), 60)
    return f"{hours:02}:{minutes:02}"


def _line(row: Row) -> Line:
    counts = {str(turn): row.number(turn, 0.0, MOST, "vehicles") for turn in TURNS}
    vehicles = {turn: count for turn, count in counts.items() if count is not None}
    return Line(row.where, row.text("intersection"), row.text("approach"), _start(row), vehicles)


def _start(row: Row) -> int:
    """[s] the start of an interval, written as a clock time or in seconds."""
    text = row.text("start")
    clock = CLOCK.fullmatch(text)
    if clock is None:
        seconds = row.number("start", 0.0, LAST)
        assert seconds is not None
    else:
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        if minutes > 59 or rest > 59:
            raise FileError(row.where, f"start: {text} is no time", "write it as 07:15, or in seconds")
        seconds = float(3600 * hours + 60 * minutes + rest)
    if seconds != int(seconds):
        raise FileError(row.where, f"start: {text} is not in whole seconds", "write it as 07:15, or in seconds")
    return int(seconds)
