"""What the command line prints: tables on stdout, progress and remarks on stderr."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid
from rich.text import Text

from traffic_marl import comparison
from traffic_marl.comparison.table import Table as TextTable
from traffic_marl.errors import TrafficError
from traffic_marl.learning.learned import find_run, runs_here, shipped_runs
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.measures import DEFINITIONS
from traffic_marl.rollout import Rollout
from traffic_marl.scenario import scenario_summaries
from traffic_marl.simulation import kernels_are_cached
from traffic_marl.strategies.catalogue import STRATEGIES, Described, describe

FILE_WIDTH = 200  # columns where the output goes to a file or pipe, so that no cell is folded
ENDLESS = 100_000  # columns
PROSE = 45  # characters from which on a cell may be wrapped


def remark(line: str) -> None:
    """Prints one line on stderr."""
    print(line, file=sys.stderr, flush=True)


def remark_compilation() -> None:
    """Says on stderr that the first run takes longer, if it does."""
    if not kernels_are_cached():
        remark("compiling the traffic kernels, once: 10 to 30 s ...")


def print_table(table: TextTable) -> None:
    """Prints a table with its title and notes, in two parts where the screen is too narrow for one.

    Notes are wrapped between words.
    """
    console = _console()
    print(table.title)
    for part in _parts(table, console):
        with console.capture() as drawn:
            console.print(part)
        print("\n".join(["", *(line.rstrip() for line in drawn.get().splitlines()), ""]))
    for note in table.notes:
        print("\n".join(line.plain.rstrip() for line in Text(note).wrap(console, console.width)))


def print_scenarios() -> None:
    """Prints name and question of every scenario."""
    print_table(TextTable("Scenarios", ("name", "what it asks"), tuple(scenario_summaries().items())))


def print_strategies() -> None:
    """Prints name, parameters with defaults, and manner of every strategy."""
    rows = []
    for name in STRATEGIES:
        description = describe(name)
        parameters = ", ".join(_parameter(each) for each in description.parameters)
        rows.append((name, description.line, parameters))
    print_table(TextTable("Strategies", ("name", "what it does", "parameters and defaults"), tuple(rows)))


def print_policies() -> None:
    """Prints the trained policies that are shipped or lie in the folder `runs` here."""
    rows = tuple(policy_row(name) for name in (*shipped_runs(), *runs_here()))
    heads = ("name", "trained by", "on", "mean delay [s/veh]", "best classical [s/veh]")
    print_table(TextTable("Policies, and their mean delay on the validation seeds", heads, rows))


def policy_row(name: str) -> tuple[str, ...]:
    """What a run is and came to."""
    try:
        run = RunFolder.open_run(find_run(name))
        settings, scenario = run.settings().training, run.scenario().name
    except TrafficError as error:
        return (name, error.what, "", "", "")
    delay = "" if run.state.best_delay is None else f"{run.state.best_delay:.1f}"
    classical = "" if not run.state.classical else "{}: {:.1f}".format(*run.state.classical[0])
    return (name, f"{settings.algorithm}, {settings.policy}, every {settings.interval} s", scenario, delay, classical)


def print_measures(rollout: Rollout) -> None:
    """Prints every measure of the first copy with its unit and definition."""
    rows = []
    for name, value in rollout.measures.of(0).items():
        definition = DEFINITIONS[name]
        rows.append((name, _number(value), "" if definition.unit == "yes/no" else definition.unit, definition.text))
    print_table(TextTable(_title(rollout), ("measure", "value", "unit", "definition"), tuple(rows)))


def print_measures_as_json(rollout: Rollout) -> None:
    """Prints the first copy's run record as one JSON object."""
    print(json.dumps(asdict(rollout.run_records()[0]), indent=1, allow_nan=False))


@contextmanager
def progress_bar() -> Iterator[comparison.Progress]:
    """A bar on stderr while a comparison runs; nothing where stderr is no terminal."""
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
        yield lambda label, share: bar.update(task, description=label, completed=share)


def _console() -> Console:
    return Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else FILE_WIDTH)


def _parts(table: TextTable, console: Console) -> list[Grid]:
    """The table as one grid, or as two if it may be split and does not fit."""
    columns = range(len(table.heads))
    whole = _grid(table, columns)
    if table.split is None or _width(whole, console) <= console.width:
        return [whole]
    return [_grid(table, columns[: table.split]), _grid(table, [table.key, *columns[table.split :]])]


def _width(grid: Grid, console: Console) -> int:
    """Characters that the grid takes where it is not cut."""
    return console.measure(grid, options=console.options.update(width=ENDLESS)).maximum


def _grid(table: TextTable, columns: Sequence[int]) -> Grid:
    """These columns; only prose is wrapped."""
    grid = Grid(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        widest = max((len(row[column]) for row in table.rows), default=0)
        grid.add_column(Text(table.heads[column]), no_wrap=widest <= PROSE, overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(row[column]) for column in columns))
    return grid


def _title(rollout: Rollout) -> str:
    return (
        f"{rollout.scenario.name}: {rollout.strategy.label}, seed {rollout.seeds[0]}, decisions every "
        f"{rollout.interval} s, {rollout.horizon} s of demand, run to {rollout.simulation.time} s"
    )


def _number(value: float | int | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value != value:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _parameter(described: Described) -> str:
    return described.name if described.default is None else f"{described.name}={described.default}"
