"""The command `plan`: the timing plan that a strategy would run, as files to be typed into controllers."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import the_only
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.files.folders import ensure_absent, make_folder
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.plans.design import named_phases, planned_greens
from traffic_marl.strategies.plans.gmns import gmns_tables
from traffic_marl.strategies.plans.sheet import Green, sheet_csv

DEFAULT_STRATEGY = "webster"


@with_scenario_flags
def plan_command(
    choice: Choice,
    strategy: Annotated[
        str,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help="Strategy that runs a plan: webster, green_wave, fixed_time, or plan for the plan of the network.",
        ),
    ] = DEFAULT_STRATEGY,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File for the plan as CSV, one line a green. [default: the terminal]"),
    ] = None,
    gmns: Annotated[
        Path | None, typer.Option(metavar="DIR", help="New folder for the plan as GMNS signal tables.")
    ] = None,
) -> None:
    """Write the timing plan that a strategy runs. The strategy `plan:file=FILE` runs what is written."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    if out is not None:
        ensure_writable(out, "--out")
    if gmns is not None:
        ensure_absent(gmns, "--gmns")
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    tell_plan_remarks(chosen, (named,), choice.strict)
    _write(chosen, named, out, gmns)


def _write(scenario: Scenario, strategy: NamedStrategy, out: Path | None, gmns: Path | None) -> None:
    """Writes the plan to the files that are asked for, or else to stdout."""
    greens = planned_greens(scenario, strategy)
    text = sheet_csv(named_phases(greens, scenario.build_network()))
    if gmns is not None:
        tables = gmns_tables(greens, scenario.build_network())
        make_folder(gmns, "--gmns", lambda draft: _fill(draft, tables))
    if out is not None:
        replace_text(out, "--out", text)
    if out is None and gmns is None:
        print(text, end="")
        return
    output.print_status(f"written: {_described(greens)}")


def _fill(folder: Path, tables: dict[str, str]) -> None:
    """Writes tables into a folder by their names."""
    for name, text in tables.items():
        replace_text(folder / name, None, text)


def _described(greens: tuple[Green, ...]) -> str:
    """The size of a plan and its cycles."""
    cycles = sorted({green.cycle for green in greens if green.cycle is not None})
    span = f"{cycles[0]:g} s" if len(cycles) == 1 else f"{cycles[0]:g} to {cycles[-1]:g} s"
    count = len({green.intersection for green in greens})
    return f"{len(greens)} greens at {count} intersection{'' if count == 1 else 's'}, cycles of {span}"
