"""The command `convert`: a network, the vehicles of a seed and signal programs in the files of another simulator."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.checks import checked_seed
from traffic_marl.cli import output
from traffic_marl.cli.arguments import Seed
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.errors import UsageError, suggest
from traffic_marl.exchange.cityflow import write_cityflow
from traffic_marl.exchange.sumo import write_sumo
from traffic_marl.exchange.sumo.programs import has_netconvert
from traffic_marl.learning.runs.new_folder import ensure_new, make_folder
from traffic_marl.scenario import Scenario

FORMATS = ("sumo", "cityflow")
NO_NETCONVERT = (
    "note: netconvert is not installed, so roads.net.xml is missing; pip install eclipse-sumo and convert again"
)


@with_scenario_flags
def convert_command(
    choice: Choice,
    to: Annotated[
        tuple[str, Path],
        typer.Option("--to", metavar="FORMAT DIR", help="Format of the files, sumo or cityflow, and a new folder."),
    ],
    seed: Seed = 0,
) -> None:
    """Write a scenario as files of SUMO or CityFlow."""
    name, folder = to
    if name not in FORMATS:
        raise UsageError("--to", f"unknown format {name!r}", suggest(name, FORMATS))
    draw = checked_seed(seed, "--seed")
    ensure_new(folder, "--to")
    scenario = choose_scenario(choice)
    tell_remarks(scenario, choice.strict)
    make_folder(folder, "--to", lambda draft: _write(scenario, name, draw, draft))
    if name == "sumo" and not has_netconvert():
        output.print_status(NO_NETCONVERT)
    output.print_status(f"written: {folder}")


def _write(scenario: Scenario, name: str, seed: int, folder: Path) -> None:
    """Writes the files of a format into a folder."""
    network, trips = scenario.build_network(), scenario.build_demand().draw(seed)
    if name == "cityflow":
        write_cityflow(network, trips, folder)
    else:
        write_sumo(network, trips, scenario.timing(), folder, end=scenario.horizon + scenario.clearing_s)
