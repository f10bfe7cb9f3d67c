"""A road network made of an extract of OpenStreetMap, by SUMO's program netconvert."""

import re
from pathlib import Path

from traffic_marl.errors import FileError, one_line
from traffic_marl.exchange.openstreetmap.road_types import write_types
from traffic_marl.exchange.sumo.programs import LONGEST_TOLD, call_netconvert

TYPES = "road_types.typ.xml"  # the values of each class of streets, as netconvert reads them
OPTIONS = (
    "--keep-edges.by-vclass=passenger",
    "--remove-edges.isolated",
    "--geometry.remove",  # a node between two ways of the same kind is a point of a road and no junction
    "--roundabouts.guess",
    "--junctions.join",  # the nodes of a large junction lie some metres apart in the map
    "--tls.guess-signals",  # signals that are mapped at the stop lines belong to the junction behind
    "--tls.discard-simple",  # signals where no streets meet, such as those of crossings
    "--tls.join",
    "--tls.default-type=static",
    "--no-turnarounds",
    "--osm.turn-lanes",
    "--osm.lane-access",  # bus lanes are not for cars
    "--osm.annotate-defaults",  # tells the roads whose lanes or speed limit the map does not say
    "--output.street-names",
    "--output.original-names",
    "--xml-validation=never",
    "--aggregate-warnings=20",
)
PREFIX = re.compile(r"^(Warning|Error): ")
NOISE = ("pj_obj_create", "Success", "Quitting")  # lines that say nothing about the map


def convert_extract(path: Path, folder: Path, net: str, *, left_hand: bool) -> list[str]:
    """Writes the network of an extract into a folder, with the types of streets that it was made with.

    Args:
        path: the extract.
        folder: an existing one.
        net: name of the file of the network.
        left_hand: whether traffic keeps to the left.

    Returns:
        What netconvert tells about the map, a line each.

    Raises:
        FileError: netconvert cannot make a network of it.
    """
    write_types(folder / TYPES)
    sides = ["--lefthand"] if left_hand else []
    named = [f"--osm-files={path.resolve()}", f"--type-files={TYPES}", f"--output-file={net}"]
    done = call_netconvert(folder, [*named, *OPTIONS, *sides])
    lines = [line.strip() for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()]
    if done.returncode != 0 or not (folder / net).is_file():
        mistakes = [PREFIX.sub("", line) for line in lines if line.startswith("Error")] or lines[-1:]
        what = f"netconvert cannot make a network of it: {' '.join(mistakes)[:LONGEST_TOLD]}"
        raise FileError(one_line(path), what, "give an extract with streets for cars that meet")
    return [PREFIX.sub("", line) for line in lines if not line.startswith(NOISE)]
