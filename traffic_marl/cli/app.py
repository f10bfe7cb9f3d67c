"""The command line as a whole: its commands and its entry point."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from traffic_marl.cli import listing
from traffic_marl.cli.comparing import compare_command
from traffic_marl.cli.comparisons.reporting import report_command
from traffic_marl.cli.comparisons.verifying import verify_command
from traffic_marl.cli.designing.fitting import fit_command
from traffic_marl.cli.designing.planning import plan_command
from traffic_marl.cli.designing.showing import show_command
from traffic_marl.cli.designing.tuning import tune_command
from traffic_marl.cli.exchanging.converting import convert_command
from traffic_marl.cli.exits import STOPPED, exit_on_error
from traffic_marl.cli.explaining.explaining import explain_command
from traffic_marl.cli.json_option import JsonCommand
from traffic_marl.cli.replaying import replay_command
from traffic_marl.cli.simulating import simulate_command
from traffic_marl.cli.studying.chaos import chaos_command
from traffic_marl.cli.studying.curves import curves_command
from traffic_marl.cli.studying.exporting import export_command
from traffic_marl.cli.studying.recording import record_command
from traffic_marl.cli.studying.sweeping import sweep_command
from traffic_marl.cli.training import train_command
from traffic_marl.cli.watching import watch_command
from traffic_marl.program import program
from traffic_marl.version import __version__

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Kind(StrEnum):
    """The lists that `list` prints."""

    SCENARIOS = "scenarios"
    STRATEGIES = "strategies"
    POLICIES = "policies"


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and exits with 0, with 2 after a mistake of the user, or with 130 after Ctrl-C.

    Args:
        arguments: the words after the program's name. None takes those of the process.
    """
    with exit_on_error():
        words = None if arguments is None else list(arguments)
        code = app(args=words, prog_name=program(), standalone_mode=False)
        if code == STOPPED:  # some versions of typer give this code after Ctrl-C, others raise Abort
            raise KeyboardInterrupt
    sys.exit(0)


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Simulate traffic signals, compare strategies for them on the same traffic, and train new ones.

    `COMMAND --help` shows the arguments and options of a command.
    """
    if version:
        print(__version__)
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command("list")
def list_command(
    kind: Annotated[Kind | None, typer.Argument(help="The list to show. [default: all three]")] = None,
) -> None:
    """List scenarios, strategies and trained policies."""
    if kind in (None, Kind.SCENARIOS):
        listing.print_scenarios()
    if kind in (None, Kind.STRATEGIES):
        listing.print_strategies()
    if kind in (None, Kind.POLICIES):
        listing.print_policies()


app.command("compare", cls=JsonCommand)(compare_command)
app.command("report")(report_command)
app.command("simulate", cls=JsonCommand)(simulate_command)
app.command("explain", cls=JsonCommand)(explain_command)
app.command("watch")(watch_command)
app.command("replay")(replay_command)
app.command("fit")(fit_command)
app.command("show")(show_command)
app.command("plan")(plan_command)
app.command("verify", cls=JsonCommand)(verify_command)
app.command("tune")(tune_command)
app.command("record")(record_command)
app.command("train")(train_command)
app.command("sweep")(sweep_command)
app.command("curves")(curves_command)
app.command("chaos", cls=JsonCommand)(chaos_command)
app.command("export")(export_command)
app.command("convert")(convert_command)
