"""The display of a training run: a live panel on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from traffic_marl.cli.output import print_status
from traffic_marl.cli.streams import printable
from traffic_marl.learning.runs.progress import STOPPING, Report, Watch

BETWEEN_LINES = 30.0  # [s] least time between two lines if stderr is no terminal. A validation is shown at once.
MINUTE, HOUR = 60, 3600  # [s]
BAR_WIDTH = 40


@contextmanager
def training_display(title: str) -> Iterator[Watch]:
    """In a `with` block, a watcher that shows reports on stderr.

    Args:
        title: of the panel: algorithm, scenario and folder.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        print_status(title)
        yield _Lines()
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield lambda report: live.update(panel(title, report), refresh=True)


def panel(title: str, report: Report) -> Panel:
    """A report as a panel."""
    share = report.budget.share(report.iteration, report.seconds)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=1.0, completed=share, width=BAR_WIDTH), Text(f"{share:.0%}"))
    lines = [counts(report), speed(report), delays(report), f"{report.doing} ..."]
    return Panel(
        Group(bar, *(Text(printable(line)) for line in lines if line)), title=Text(printable(title)), title_align="left"
    )


def line(report: Report) -> str:
    """A report as one line."""
    return ", ".join(part for part in (counts(report), speed(report), delays(report)) if part)


def counts(report: Report) -> str:
    """The progress of the run."""
    total = report.budget.iterations
    of_all = "" if total is None else f" of {total}"
    left = "" if report.seconds_left is None else f", {duration(report.seconds_left)} left"
    return f"iteration {report.iteration}{of_all}, {duration(report.seconds)} elapsed{left}"


def speed(report: Report) -> str:
    """The speed of the training and the mean return."""
    if report.pace is None:
        return ""
    mean_return = "" if report.mean_return is None else f", mean return {report.mean_return:.2f}"
    return f"{report.pace:,.0f} agent-steps/s, {report.agent_steps:,} in total{mean_return}"


def delays(report: Report) -> str:
    """The mean delay on the validation seeds: of the policy, of the best so far, of the best classical strategy."""
    classical = () if report.classical is None else (report.classical,)
    values = [("policy", report.delay), ("best", report.best_delay), *classical]
    parts = [f"{name} {delay:.1f}" for name, delay in values if delay is not None]
    return f"mean delay on the validation seeds: {', '.join(parts)} s/veh" if parts else ""


def duration(seconds: float) -> str:
    """A duration as text, such as 0:05, 12:30 or 1:02:00."""
    whole = round(seconds)
    minutes = f"{whole // MINUTE % MINUTE:02d}:{whole % MINUTE:02d}"
    return f"{whole // HOUR}:{minutes}" if whole >= HOUR else minutes.removeprefix("0")


class _Lines:
    """Prints a line for each new step before training, for each validation, and otherwise every BETWEEN_LINES."""

    def __init__(self) -> None:
        self._last_line = time.monotonic()
        self._before: Report | None = None

    def __call__(self, report: Report) -> None:
        before, self._before = self._before, report
        if report.iteration == 0 or report.doing == STOPPING:
            if before is None or before.doing != report.doing:
                print_status(f"{report.doing} ...")
            return
        if report.doing == "validating":  # its result comes with the next report
            return
        is_new = before is not None and before.iteration == report.iteration
        validated = before is not None and before.doing == "validating"
        if validated or (not is_new and time.monotonic() - self._last_line > BETWEEN_LINES):
            print_status(line(report))
            self._last_line = time.monotonic()
