"""The command `convert`: a network, the vehicles of a seed and signal programs in the files of another simulator."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from traffic_marl.checks import checked_seed
from traffic_marl.cli import output
from traffic_marl.cli.arguments import Seed
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.cli.exchanging.mapped import Given, LeftHand, Map, given_map
from traffic_marl.cli.exchanging.portable import write_portable
from traffic_marl.comparison.rules import clear_junctions, disturbances, side_of_traffic
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import UsageError, suggest
from traffic_marl.exchange.cityflow import (
    PHASES,
    has_lane_changes,
    speed_limits_lost,
    vehicles_lost,
    write_cityflow,
    write_phases,
)
from traffic_marl.exchange.sumo import write_sumo
from traffic_marl.exchange.sumo.programs import has_netconvert
from traffic_marl.files.folders import ensure_absent, make_folder
from traffic_marl.scenario import Scenario

FORMATS = ("scenario", "sumo", "cityflow")
NO_NETCONVERT = (
    "note: netconvert is not installed, so roads.net.xml is missing; pip install eclipse-sumo and convert again"
)
CLEAR = "note: SUMO's vehicles keep junctions clear, those of this scenario do not; read back, it has keep_clear"


@with_scenario_flags
def convert_command(
    choice: Choice,
    to: Annotated[
        tuple[str, Path],
        typer.Option(
            "--to", metavar="FORMAT DIR", help="Format of the files, scenario, sumo or cityflow, and a new folder."
        ),
    ],
    osm: Map = None,
    left_hand: LeftHand = False,
    seed: Seed = 0,
) -> None:
    """Write a scenario for SUMO, for CityFlow or as one folder.

    A scenario may be made of a map.
    """
    name, folder = to
    if name not in FORMATS:
        raise UsageError("--to", f"unknown format {name!r}", suggest(name, FORMATS))
    if left_hand and osm is None:
        raise UsageError("--left-hand", "it is for maps alone", "give --osm FILE as well")
    draw = checked_seed(seed, "--seed")
    ensure_absent(folder, "--to")
    if osm is None:
        _convert(Given(choice), name, draw, folder)
    else:
        with TemporaryDirectory() as temporary:
            _convert(given_map(choice, osm, Path(temporary), left_hand=left_hand), name, draw, folder)


def _convert(given: Given, name: str, seed: int, folder: Path) -> None:
    """Reads the scenario and writes the files of a format into a new folder."""
    scenario = choose_scenario(given.choice)
    if given.description is not None:
        scenario = scenario.model_copy(update={"description": given.description})
    tell_remarks(scenario, given.choice.strict)
    about_roads = _lost_in_cityflow(scenario) if name == "cityflow" else ()
    lost = () if name == "scenario" else disturbances(scenario)
    for told in filter(None, (*about_roads, *lost)):
        output.print_status(f"note: not written, because the files have no place for it: {told}")
    make_folder(folder, "--to", lambda draft: _write(scenario, given, name, seed, draft))
    if (folder / PHASES).is_file():
        what = "CityFlow's files do not say which rows of a table are phases, and their times tell others than here"
        output.print_status(f"note: {what}; add --phases {folder / PHASES} wherever you read them")
    if name == "sumo" and not scenario.build_network().tables.keeps_clear.any():
        output.print_status(CLEAR)
    if name == "sumo" and not has_netconvert():
        output.print_status(NO_NETCONVERT)
    output.print_status(f"written: {folder}")


def _lost_in_cityflow(scenario: Scenario) -> tuple[str, ...]:
    """Sentences on what CityFlow's files have no place for. Some are empty."""
    limits = speed_limits_lost(scenario.build_network())
    told = f"Speed limits of {limits} connection{'' if limits == 1 else 's'}." if limits else ""
    return clear_junctions(scenario), side_of_traffic(scenario), told


def _tell_lost_vehicles(trips: Trips, folder: Path, horizon: int) -> None:
    """Tells how many vehicles CityFlow's files lose on a network whose vehicles change lanes within roads."""
    lost = vehicles_lost(trips, folder, horizon)
    if lost:
        what = "cannot be driven with CityFlow's files, which have no place for changes of lane, as before turn pockets"
        output.print_status(f"note: {lost:,} of {len(trips):,} vehicles {what}; for SUMO all of them can")


def _write(scenario: Scenario, given: Given, name: str, seed: int, folder: Path) -> None:
    """Writes the files of a format into a folder."""
    if name == "scenario":
        write_portable(scenario, given.others, folder)
        return
    network, trips = scenario.build_network(), scenario.build_demand().draw(seed)
    if name == "cityflow":
        write_cityflow(network, trips, folder)
        write_phases(network, folder)
        if has_lane_changes(network):
            _tell_lost_vehicles(trips, folder, scenario.horizon)
    else:
        write_sumo(network, trips, scenario.timing(), folder, end=scenario.horizon + scenario.clearing_s)
