"""The flags with which `convert` takes a map of OpenStreetMap, and the files made of it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.choosing.scenario import Choice
from traffic_marl.errors import UsageError
from traffic_marl.scenario.openstreetmap.making import read_map, write_map_files

Map = Annotated[
    Path | None,
    typer.Option(
        "--osm",
        metavar="FILE",
        help="Map of OpenStreetMap as XML (.osm), such as an export of openstreetmap.org, in place of SCENARIO. Needs "
        "pip install eclipse-sumo.",
    ),
]
LeftHand = Annotated[
    bool, typer.Option("--left-hand", help="Traffic keeps to the left on the map. Give --osm as well.")
]


@dataclass(frozen=True)
class Given:
    """The scenario to convert."""

    choice: Choice
    description: str | None = None  # of the scenario, in place of its own
    others: tuple[Path, ...] = ()  # files to look at, which belong to it


def given_map(choice: Choice, osm: Path, folder: Path, *, left_hand: bool) -> Given:
    """Makes the scenario of a map, in an existing folder, and tells what was guessed.

    Raises:
        UsageError: another scenario is given as well, or netconvert is not installed.
        TrafficError: no network can be made of the map.
    """
    others = [flag for flag, value in (("SCENARIO", choice.scenario), *((f, f) for f in choice.files())) if value]
    if others:
        raise UsageError("--osm", f"{others[0]} is given as well", "give one of the two")
    extract = read_map(osm, "--osm")
    output.print_status(f"netconvert makes a network of {osm}")
    files = write_map_files(extract, folder, left_hand=left_hand, has_demand=choice.counts is not None)
    for remark in files.remarks:
        output.print_status(f"note: {remark}")
    return Given(replace(choice, sumo=files.configuration), files.description, files.others)
