"""All files of a network and its demand in one folder, as CityFlow reads them, and whether its module is installed."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from traffic_marl.demand.formats.cityflow import read_flow, write_flow
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import UsageError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import CONNECTION_LIMIT
from traffic_marl.network.formats.cityflow import read_roadnet, write_roadnet
from traffic_marl.network.network import Network

ROADNET, FLOW, CONFIGURATION = "roadnet.json", "flow.json", "config.json"
PHASES = "phases.json"
INSTALL = "build it from https://github.com/cityflow-project/CityFlow (pip install . in its folder)"


def write_cityflow(network: Network, trips: Trips, folder: Path, *, seed: int = 0, given_signals: bool = False) -> Path:
    """Writes `roadnet.json`, `flow.json` and the configuration `config.json` into an existing folder.

    Args:
        network: the network.
        trips: the vehicles.
        folder: to write into.
        seed: of CityFlow's own random numbers.
        given_signals: the configuration names the folder by its full path, and leaves the signals to the program that
            runs it. Otherwise the files may be moved together, and the signals run through their light phases.

    Returns:
        The path of the configuration.

    Raises:
        FileError: a file cannot be written.
    """
    write_roadnet(network, folder / ROADNET)
    write_flow(trips, network, folder / FLOW)
    place = f"{folder.resolve()}/" if given_signals else "./"
    settings = configuration(place, seed, given_signals)
    replace_text(folder / CONFIGURATION, None, json.dumps(settings, indent=1) + "\n")
    return folder / CONFIGURATION


def has_lane_changes(network: Network) -> bool:
    """Whether vehicles change lanes between parts of a road, as at turn pockets. CityFlow's files cannot say that."""
    return bool(network.tables.shift.any())


def speed_limits_lost(network: Network) -> int:
    """The number of connections with a speed limit of their own, for which CityFlow's files have no place."""
    return int((network.tables.limit[len(network.lane_names) :] < CONNECTION_LIMIT).sum())


def vehicles_lost(trips: Trips, folder: Path, horizon: int) -> int:
    """The number of vehicles that a reader of the files leaves out, because no lanes lead along their routes.

    Args:
        trips: of which the files were written.
        folder: with the files.
        horizon: [s] after the last vehicle.
    """
    again = read_flow(folder / FLOW, read_roadnet(folder / ROADNET), horizon)
    return len(trips) - len(again.draw(0))


def write_phases(network: Network, folder: Path) -> int:
    """Writes `phases.json` beside a road network if other rows of its phase tables would be taken as phases.

    CityFlow's files do not say which rows are phases, so a reader tells it from their times. The file lists the rows of
    each intersection, for the flag `--phases`.

    Returns:
        The number of intersections whose phases would be others.

    Raises:
        FileError: the file cannot be written.
    """
    again = read_roadnet(folder / ROADNET)
    found = {name: _rows(again, place) for place, name in enumerate(again.intersections)}
    chosen = {name: _rows(network, place) for place, name in enumerate(network.intersections)}
    others = sum(found.get(name) != rows for name, rows in chosen.items())
    if others:
        replace_text(folder / PHASES, None, json.dumps(chosen, indent=1) + "\n")
    return others


def _rows(network: Network, place: int) -> list[int]:
    """The rows of an intersection's phase table that are its phases."""
    rows: list[int] = network.tables.phase_row[place, : network.tables.phase_count[place]].tolist()
    return rows


def configuration(place: str, seed: int, given_signals: bool) -> dict[str, Any]:
    """The settings of a run in steps of 1 s in which vehicles keep to their lanes, as here."""
    return {
        "interval": 1.0,
        "seed": seed,
        "dir": place,
        "roadnetFile": ROADNET,
        "flowFile": FLOW,
        "rlTrafficLight": given_signals,
        "laneChange": False,
        "saveReplay": False,
        "roadnetLogFile": "",
        "replayLogFile": "",
    }


def ensure_module(where: str) -> None:
    """Checks that CityFlow can be run as a module.

    Raises:
        UsageError: it is missing. The message says what to do.
    """
    if find_spec("cityflow") is None:
        raise UsageError(where, "CityFlow is not installed (its Python module cityflow is missing)", INSTALL)
