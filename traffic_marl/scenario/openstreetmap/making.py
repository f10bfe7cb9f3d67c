"""The files of a scenario on a map: network, first demand, and the list of all that was guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.errors import FileError, NetworkError, TrafficError, one_line
from traffic_marl.exchange.openstreetmap.conversion import convert_extract
from traffic_marl.exchange.openstreetmap.extract import Extract, read_extract
from traffic_marl.exchange.openstreetmap.guesses import Guess, guesses_of, table_of
from traffic_marl.exchange.openstreetmap.roads import MappedRoad, read_mapped_roads
from traffic_marl.exchange.sumo import SumoFiles
from traffic_marl.exchange.sumo.folder import configuration, save
from traffic_marl.exchange.sumo.names import accepted
from traffic_marl.exchange.sumo.programs import ensure_netconvert
from traffic_marl.network.formats.sumo.network import NO_SIGNAL, read_sumo_network
from traffic_marl.network.network import Network
from traffic_marl.network.phase_remarks import longest_change
from traffic_marl.remarks import Remark
from traffic_marl.scenario.openstreetmap.flows import LOAD, Flow, flow_elements, guessed_flows, inflow_of
from traffic_marl.units import HOUR

GUESSES, TOLD = "guesses.csv", "netconvert.log"
GUESSED = " The demand is a guess."
DURATION = 3600  # [s] of the guessed demand
USUAL_INTERGREEN = 5.0  # [s] where no signal program has a yellow


@dataclass(frozen=True)
class MapFiles:
    """The files that were made of a map."""

    configuration: Path  # of SUMO, which names network and demand
    description: str  # of the scenario
    others: tuple[Path, ...]  # files to look at
    remarks: tuple[Remark, ...]  # in short, what was guessed


def read_map(path: Path, flag: str) -> Extract:
    """The map in a file, and whether a network can be made of it here.

    Args:
        path: an extract of OpenStreetMap.
        flag: the flag or argument that names it, for messages.

    Raises:
        FileError: the map cannot be read.
        UsageError: netconvert is not installed.
    """
    if not path.exists():
        raise FileError(flag, f"there is no file {one_line(path)}", "give an extract of OpenStreetMap (.osm)")
    extract = read_extract(path)
    ensure_netconvert(flag)
    return extract


def write_map_files(extract: Extract, folder: Path, *, left_hand: bool, has_demand: bool = False) -> MapFiles:
    """Writes network, demand, configuration and the list of guesses of a map into an existing folder.

    Args:
        extract: the map.
        folder: an existing one.
        left_hand: whether traffic keeps to the left.
        has_demand: whether the user has a demand for it, so that the guessed one is not told.

    Raises:
        FileError: no network can be made of the map.
        NetworkError: its network has no signal, or no way joins its ends.
    """
    path = extract.path
    name = accepted(path.name.split(".")[0])
    names = SumoFiles(net=f"{name}.net.xml", routes=f"{name}.rou.xml", configuration=f"{name}.sumocfg")
    told = convert_extract(path, folder, names.net, left_hand=left_hand)
    network = _network(folder / names.net, extract)
    roads = read_mapped_roads(folder / names.net, extract)
    change = longest_change(network)
    intergreen = USUAL_INTERGREEN if change is None else float(sum(change))
    flows = _flows(network, roads, intergreen, path)
    save(flow_elements(flows, DURATION), folder / names.routes)
    save(configuration(names, None), folder / names.configuration)
    about_demand = () if has_demand else _about_demand(flows, roads)
    guesses = [*guesses_of(network, roads, extract, left_hand=left_hand), *about_demand]
    (folder / GUESSES).write_text(table_of(guesses), encoding="utf-8")
    (folder / TOLD).write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    return MapFiles(
        configuration=folder / names.configuration,
        description=f"Which control suits the streets of {path.name}?" + ("" if has_demand else GUESSED),
        others=(*(() if has_demand else (folder / names.configuration,)), folder / GUESSES, folder / TOLD),
        remarks=tuple(_remarks(path.name, extract, guesses, told, len(network.roads))),
    )


def _network(net: Path, extract: Extract) -> Network:
    """The network that netconvert has made.

    Raises:
        NetworkError: it has no signal, or does not fit together.
    """
    try:
        return read_sumo_network(net)
    except NetworkError as error:
        if NO_SIGNAL not in error.what:
            raise
        nodes = f"{extract.signals} node{'' if extract.signals == 1 else 's'}"
        what = f"no signal stands where streets for cars meet (the map has {nodes} with highway=traffic_signals)"
        remedy = "give an extract with signals, or add that tag to the nodes of the map that have them"
        raise NetworkError(one_line(extract.path), what, remedy) from error


def _flows(network: Network, roads: dict[str, MappedRoad], intergreen: float, path: Path) -> list[Flow]:
    try:
        return guessed_flows(network, roads, intergreen)
    except TrafficError as error:
        raise NetworkError(one_line(path), error.what, error.remedy) from error


def _about_demand(flows: Sequence[Flow], roads: dict[str, MappedRoad]) -> Iterator[Guess]:
    why = f"maps have no traffic; by lanes and class, with a load of {LOAD:g} at the busiest intersection"
    for name, flow in inflow_of(flows).items():
        yield Guess("demand", name, roads[name].street, "trips that begin here [veh/h]", f"{flow * HOUR:.0f}", why)


def _remarks(
    where: str, extract: Extract, guesses: Sequence[Guess], told: Sequence[str], count: int
) -> Iterator[Remark]:
    """Lines that tell what was guessed, each with a count."""
    kinds = [(each.element, each.guessed.partition(" [")[0]) for each in guesses]
    for kind, noun in (
        (("road", "lanes in this direction"), "the lanes"),
        (("road", "speed limit"), "the speed limit"),
    ):
        if kind in kinds:
            yield Remark(
                where, f"{noun} of {kinds.count(kind):,} of {count:,} roads guessed by the class of the street"
            )
    turns = kinds.count(("approach", "turns of the lanes"))
    if turns:
        yield Remark(where, f"the turns of the lanes of {turns:,} approach{'' if turns == 1 else 'es'} guessed")
    signals = kinds.count(("intersection", "phases and greens"))
    yield Remark(
        where,
        f"{extract.signals:,} nodes with signals make {signals:,} intersection{'' if signals == 1 else 's'}, whose "
        "phases are guessed",
    )
    demand = [float(each.value) for each in guesses if each.element == "demand"]
    if demand:
        yield Remark(where, f"the demand is guessed: {sum(demand):,.0f} veh/h from {len(demand):,} roads")
    side = any(each.guessed == "side of traffic" for each in guesses)
    if side:
        yield Remark(where, "traffic keeps to the right, which is a guess")
    if told:
        yield Remark(where, f"netconvert tells {len(told):,} more thing{'' if len(told) == 1 else 's'}, in {TOLD}")
    yield Remark(where, f"all {len(guesses):,} guesses are in {GUESSES}")
