"""`osm_scenario`: a scenario on a map of OpenStreetMap, in a folder of its own."""

from pathlib import Path

from traffic_marl.checks import checked_path
from traffic_marl.files.folders import ensure_absent, fill_folder
from traffic_marl.remarks import warn_of
from traffic_marl.scenario.data_sets.portable import SCENARIO, save_portable
from traffic_marl.scenario.openstreetmap.making import MapFiles, read_map, write_map_files
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.sumo import sumo_scenario


def osm_scenario(path: str | Path, folder: str | Path, *, left_hand: bool = False) -> Scenario:
    """A scenario on a map of OpenStreetMap. SUMO's program netconvert makes the network.

    Lanes, speed limits, one-way streets, turns of lanes and the places of signals are those of the map. Whatever the
    map does not say is guessed, and `guesses.csv` in the folder lists each guess: lanes and speed limits of streets
    without these tags, phases, and the demand. DataWarnings tell how many there are.

    Args:
        path: an extract as XML (.osm, or packed as .osm.gz).
        folder: a new folder for the files of the scenario.
        left_hand: whether traffic keeps to the left.

    Raises:
        UsageError: netconvert is not installed.
        FileError: the map cannot be read, or the folder cannot be made.
        NetworkError: no signal stands where streets meet.
    """
    source, target = checked_path("path", path), checked_path("folder", folder)
    ensure_absent(target, "folder")
    extract = read_map(source, "path")
    made: list[MapFiles] = []

    def fill(draft: Path) -> None:
        made.append(write_map_files(extract, draft, left_hand=left_hand))
        save_portable(map_scenario(made[0]), draft)

    fill_folder(target, "folder", fill)
    warn_of(made[0].remarks)
    return Scenario.load(target / SCENARIO)


def map_scenario(files: MapFiles) -> Scenario:
    """The scenario of the files that were made of a map."""
    return sumo_scenario(files.configuration).model_copy(update={"description": files.description})
