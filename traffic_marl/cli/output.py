"""The output of commands: tables and measures on stdout, status lines and progress on stderr."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from traffic_marl import comparison
from traffic_marl.cli.layout import lay_out
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.errors import printable
from traffic_marl.measures import DEFINITIONS
from traffic_marl.rollout import Rollout
from traffic_marl.scenario.window import told_span
from traffic_marl.simulation import kernels_are_cached

FILE_WIDTH = 80  # [characters] of a line where the output goes to a file or pipe


def print_status(line: str) -> None:
    """Prints one line on stderr."""
    print(printable(line), file=sys.stderr, flush=True)


def print_compilation_status() -> None:
    """Says on stderr that the first run takes longer, if it does."""
    if not kernels_are_cached():
        print_status("compiling the traffic kernels, once: 10 to 30 s ...")


def screen_width() -> int:
    """[characters] of a line: as COLUMNS says, else of the terminal, else 80."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size((FILE_WIDTH, 24)).columns
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdigit() and int(columns[:6]) > 0 else FILE_WIDTH


def print_table(table: TextTable) -> None:
    """Prints a table with its title and notes. Names and numbers are never cut."""
    print("\n".join(lay_out(table, screen_width())))


def print_line() -> None:
    """Prints an empty line."""
    print()


def print_measures(rollout: Rollout) -> None:
    """Prints every measure of the first copy with its unit and definition."""
    columns = (
        Column("measure", CellKind.NAME),
        Column("value"),
        Column("unit", CellKind.TEXT),
        Column("definition", CellKind.PROSE),
    )
    rows = []
    for name, value in rollout.measures.of(0).items():
        definition = DEFINITIONS[name]
        unit = "" if definition.unit == "yes/no" else definition.unit
        rows.append((name, _number(value), unit, definition.text))
    print_table(TextTable(run_title(rollout), columns, tuple(rows)))


def measures_as_json(rollout: Rollout, more: Mapping[str, Any]) -> str:
    """The first copy's run record as one JSON object with more fields, and with a line end."""
    return json.dumps(asdict(rollout.run_records()[0]) | dict(more), indent=1, allow_nan=False) + "\n"


def print_json(text: str) -> None:
    """Prints a JSON document that ends with a line end."""
    print(text, end="")


@contextmanager
def progress_bar() -> Iterator[comparison.Progress]:
    """A bar on stderr while a comparison runs, nothing if stderr is no terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=1.0)
        yield lambda label, share: bar.update(task, description=printable(label), completed=share)


def run_title(rollout: Rollout) -> str:
    """What was run, in one line."""
    span = told_span(rollout.horizon, rollout.scenario.window_s)
    bound = rollout.strategy.longest_wait
    told = "" if bound is None else f"own bound of waits {bound} s, "
    return (
        f"{rollout.scenario.name}: {rollout.strategy.label}, seed {rollout.seeds[0]}, decisions every "
        f"{rollout.interval} s, {told}{span}, run to {rollout.simulation.time} s"
    )


def _number(value: float | int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value != value:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.2f}"
