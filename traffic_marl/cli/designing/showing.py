"""The command `show`: a network, its signals and its demand in tables and as a drawing."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.cli.designing.tables import (
    flows_of,
    intersections_table,
    movements_table,
    phases_table,
    roads_table,
    summary,
)
from traffic_marl.cli.layout import wrapped
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.files.csv_table import known_name
from traffic_marl.scenario import Scenario

FEW = 2  # intersections that are shown in full where none is named


@with_scenario_flags
def show_command(
    choice: Choice,
    intersection: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Intersection whose roads, movements, phases and conflicts are printed. May be given several times. "
            "[default: all if there are one or two]",
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="File for a drawing of the network: .png.")
    ] = None,
) -> None:
    """Show a network before any run. Print lanes, movements, phases, conflicts and expected flows."""
    if picture is not None:
        if picture.suffix.lower() != ".png":
            raise UsageError("--picture", f"{picture} is no .png", "name a file that ends in .png")
        ensure_writable(picture, "--picture")
    chosen = choose_scenario(choice)
    names = _named(chosen, intersection or [])
    tell_remarks(chosen, choice.strict)
    if picture is not None:
        from traffic_marl.viewer.drawing.plan_view import draw_network

        draw_network(chosen, picture, "--picture")
    _print(chosen, names)
    if picture is not None:
        output.print_status(f"written: {picture}")


def _named(scenario: Scenario, wanted: list[str]) -> list[str]:
    """The intersections to show in full.

    Raises:
        UsageError: one does not exist.
    """
    known = scenario.build_network().intersections
    for name in wanted:
        if name not in known:
            what = f"there is no intersection {name!r} with signals"
            raise UsageError("--intersection", what, known_name(name, known))
    return wanted or (list(known) if len(known) <= FEW else [])


def _print(scenario: Scenario, names: list[str]) -> None:
    """Prints the summary, then all intersections, then those that are named in full."""
    network, flows = scenario.build_network(), flows_of(scenario)
    for line in summary(scenario):
        print("\n".join(wrapped(line, output.screen_width())))
    print()
    output.print_table(intersections_table(network, flows))
    for name in names:
        place = network.intersections.index(name)
        for table in (roads_table, movements_table, phases_table):
            print()
            output.print_table(table(network, place, flows))
