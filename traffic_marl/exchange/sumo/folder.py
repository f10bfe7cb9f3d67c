"""All files of a network, its demand and its signals in one folder, as SUMO reads them."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from traffic_marl.demand.trips import Trips
from traffic_marl.exchange.sumo.actuated import NO_LOOP, ActuatedControl, control_values, lanes_without_loop
from traffic_marl.exchange.sumo.demand import demand_elements
from traffic_marl.exchange.sumo.naming import Naming, naming_of
from traffic_marl.exchange.sumo.plans import programs
from traffic_marl.exchange.sumo.programs import has_netconvert, run_netconvert
from traffic_marl.exchange.sumo.roads import connection_elements, edge_elements, node_elements
from traffic_marl.exchange.sumo.signals import Program, program_elements
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network

PARTS = {"node": "nod", "edge": "edg", "connection": "con", "tllogic": "tll"}  # suffix by the option of netconvert


@dataclass(frozen=True)
class SumoFiles:
    """Names of the files in the folder."""

    net: str = "roads.net.xml"  # missing where netconvert is not installed
    routes: str = "trips.rou.xml"
    configuration: str = "run.sumocfg"


def write_sumo(
    network: Network,
    trips: Trips,
    timing: Timing,
    folder: Path,
    *,
    actuated: ActuatedControl | None = None,
    end: int | None = None,
) -> bool:
    """Writes a network, trips and signal programs into an existing folder.

    `roads.*.xml` are the parts of the network, `roads.net.xml` is made of them where netconvert is installed,
    `trips.rou.xml` has the vehicles and `run.sumocfg` names the files.

    Args:
        network: the network.
        trips: the vehicles.
        timing: times that the signals keep.
        folder: to write into.
        actuated: SUMO's actuated control, which the signals follow instead of fixed times. None leaves it out.
        end: [s] of the run that the configuration describes. None leaves it to SUMO.

    Returns:
        Whether netconvert was there to make the network.

    Raises:
        FileError: netconvert cannot make a network of it.
    """
    naming, files = naming_of(network), SumoFiles()
    save(node_elements(network, naming), folder / f"roads.{PARTS['node']}.xml")
    save(edge_elements(network, naming), folder / f"roads.{PARTS['edge']}.xml")
    save(connection_elements(network, naming), folder / f"roads.{PARTS['connection']}.xml")
    logics = program_elements(network, naming, signal_programs(network, naming, trips, timing, actuated))
    save(logics, folder / f"roads.{PARTS['tllogic']}.xml")
    save(demand_elements(network, naming, trips), folder / files.routes)
    save(configuration(files, end), folder / files.configuration)
    made = has_netconvert()
    if made:
        parts = {f"{option}-files": f"roads.{suffix}.xml" for option, suffix in PARTS.items()}
        run_netconvert(folder, parts, files.net, left_hand=network.left_hand)
    return made


def signal_programs(
    network: Network, naming: Naming, trips: Trips, timing: Timing, control: ActuatedControl | None
) -> list[Program]:
    """The program of each intersection, with fixed times or under actuated control."""
    steps = programs(network, timing, control)
    if control is None:
        return [Program(each) for each in steps]
    shared = control_values(control, trips)
    return [
        Program(each, shared | dict.fromkeys(lanes_without_loop(network, naming, place), NO_LOOP))
        for place, each in enumerate(steps)
    ]


def configuration(files: SumoFiles, end: int | None) -> Element:
    """The configuration that runs the files in SUMO. Nobody is taken from the road after a long wait."""
    root = Element("configuration")
    given = SubElement(root, "input")
    SubElement(given, "net-file", value=files.net)
    SubElement(given, "route-files", value=files.routes)
    times = SubElement(root, "time")
    SubElement(times, "begin", value="0")
    if end is not None:
        SubElement(times, "end", value=str(end))
    SubElement(times, "step-length", value="1")
    SubElement(SubElement(root, "processing"), "time-to-teleport", value="-1")
    return root


def save(root: Element, path: Path) -> None:
    """Writes one file."""
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
