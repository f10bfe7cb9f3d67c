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
from traffic_marl.cli.studying.costs_display import costs_facts
from traffic_marl.errors import printable
from traffic_marl.learning.runs.progress import STOPPING, Report, Watch
from traffic_marl.learning.runs.state import Imitated

BETWEEN_LINES = 30.0  # [s] least time between two lines if stderr is no terminal. A validation is shown at once.
MINUTE, HOUR = 60, 3600  # [s]
BAR_WIDTH = 40
FREE = 4  # [characters] at the end of each line, so that the `^C` of the terminal does not begin a line of its own
VALIDATED = "validation delay [s/veh]"


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
        yield lambda report: live.update(panel(title, report, console.width - FREE), refresh=True)


def panel(title: str, report: Report, width: int) -> Panel:
    """A report as a panel.

    Args:
        title: algorithm, scenario and folder.
        report: of the run.
        width: [characters] of the panel.
    """
    share = report.budget.share(report)
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total=1.0, completed=share, width=min(BAR_WIDTH, width - 10)), Text(f"{share:.0%}"))
    facts = Table.grid(padding=(0, 1))
    for quantity, value in _facts(report):
        facts.add_row(Text(quantity), Text(printable(value)))
    doing = Text(printable(f"{report.doing} ..."))
    return Panel(Group(bar, facts, doing), title=Text(printable(title)), title_align="left", width=width)


def line(report: Report) -> str:
    """A report as one line."""
    facts = dict(_facts(report))
    counted = f"iteration {facts.pop('iteration')}, {facts.pop('time')}"
    return ", ".join([counted, *(f"{quantity} {value}" for quantity, value in facts.items())])


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    """Each quantity of a report that is known, with its value and unit."""
    yield "iteration", _of(report.iteration, report.budget.iterations)
    left = "" if report.seconds_left is None else f", {duration(report.seconds_left)} left"
    yield "time", f"{duration(report.seconds)} elapsed{left}"
    if report.pace is not None:
        steps = _of(report.agent_steps, report.budget.agent_steps)
        yield "agent-steps", f"{steps}, {report.pace:,.0f} agent-steps/s"
    if report.pace is not None and report.costs is not None:
        yield from costs_facts(report.costs)
    if report.imitated is not None:
        yield "imitation", _imitation(report.imitated, str(report.start.imitate))
    if report.pace is not None and report.mean_return is not None:
        yield "mean return", f"{report.mean_return:.2f} per intersection and episode"
    classical = () if report.classical is None else (report.classical,)
    values = [("policy", report.delay), ("best", report.best_delay), *classical]
    delays = [f"{name} {delay:.1f}" for name, delay in values if delay is not None]
    if delays:
        yield VALIDATED, ", ".join(delays)
    if report.faults:
        yield "faults", f"{len(report.faults)}, the last: {report.faults[-1]}"
    if report.target is not None and report.goal is not None:
        yield "target", f"{report.goal:.1f}, {_below(report)}"


def _imitation(imitated: Imitated, strategy: str) -> str:
    """What was learnt from a strategy."""
    forbidden = f", {imitated.left_out:,} left out that the action mask forbids" if imitated.left_out else ""
    learnt = f"{imitated.choices:,} choices of {strategy} in {imitated.agent_steps:,} agent-steps"
    return f"{learnt}, {imitated.agreement:.1%} of further ones chosen alike{forbidden}"


def verdict(report: Report) -> str:
    """Whether the policy beats the target at the end of a training, in a sentence."""
    assert report.target is not None, "there is a target"
    assert report.target_delay is not None, "it has been measured"
    spent = f"after {report.seconds / MINUTE:.1f} minutes and {report.agent_steps:,} agent-steps"
    if report.best_delay is None:
        return f"target not reached {spent}: no policy has been validated"
    below = report.target_delay - report.best_delay
    share = f"{abs(below / report.target_delay):.1%}" if report.target_delay else f"{abs(below):.1f} s/veh"
    compared = f"{report.best_delay:.1f} s/veh, {share} {'below' if below >= 0.0 else 'above'} "
    compared += f"{report.target.strategy} with {report.target_delay:.1f} s/veh on the same seeds"
    if report.is_reached:
        return f"target reached {spent}: validation delay {compared}"
    needed = f"{report.goal:.1f} s/veh were asked for"
    return f"target not reached {spent}, the whole budget: best validation delay {compared}; {needed}"


def _below(report: Report) -> str:
    """The place of the goal below the delay of the target."""
    assert report.target is not None, "there is a target"
    return f"{100 * report.target.margin:.4g} % below {report.target.strategy}"


def _of(number: int, whole: int | None) -> str:
    """A count, and the whole budget if it is one of such counts."""
    return f"{number:,}" if whole is None else f"{number:,} of {whole:,}"


def duration(seconds: float) -> str:
    """A duration as text with its unit, such as `0:05 min`, `12:30 min` or `1:02:00 h`."""
    whole = round(seconds)
    minutes = f"{whole // MINUTE % MINUTE:02d}:{whole % MINUTE:02d}"
    return f"{whole // HOUR}:{minutes} h" if whole >= HOUR else f"{minutes.removeprefix('0')} min"


class _Lines:
    """Prints a line for each new step before training, for each validation, and otherwise every BETWEEN_LINES."""

    def __init__(self) -> None:
        self._last_line = time.monotonic()
        self._before: Report | None = None

    def __call__(self, report: Report) -> None:
        before, self._before = self._before, report
        for fault in report.faults[len(before.faults) if before else 0 :]:
            print_status(f"note: {fault}")
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
