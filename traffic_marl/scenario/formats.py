"""The file formats of networks and demands that a scenario knows by name.

A format is a module in `network/formats`, one in `demand/formats`, and a line in `FORMATS`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from traffic_marl.checks import checked_path
from traffic_marl.demand.demand import Demand
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.errors import FileError
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.network import Network
from traffic_marl.scenario.demands import DemandPart
from traffic_marl.scenario.networks import NetworkPart
from traffic_marl.scenario.phases import with_phases
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import Text


class FileFormat(NamedTuple):
    """The readers of a data set, and the names of its files in a folder."""

    network_file: str
    read_network: Callable[[str], Network]
    demand_file: str
    read_demand: Callable[[str, Network, int], Demand]  # path, network, duration [s]


FORMATS = {
    "cityflow": FileFormat("roadnet.json", read_roadnet, "flow.json", read_flow),
}
if TYPE_CHECKING:
    FormatName = str
else:
    FormatName = Literal[tuple(FORMATS)]


class NetworkFile(NetworkPart):
    """A road network from a file in a known format."""

    has_rows: ClassVar[bool] = True

    kind: FormatName
    """Format of the file."""
    path: Text
    """Path of the file."""

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        return with_phases(FORMATS[self.kind].read_network(self.path), signals, self.path)


class DemandFile(DemandPart):
    """The trips of a file in a known format, as far as they start within the duration."""

    kind: FormatName
    """Format of the file."""
    path: Text
    """Path of the file."""

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        return FORMATS[self.kind].read_demand(self.path, network, duration)


def find_files(directory: str | Path, kind: str) -> tuple[NetworkFile, DemandFile]:
    """Network and demand of a folder that holds a data set in a known format.

    Raises:
        FileError: the folder or one of the files is missing.
    """
    folder, names = checked_path("directory", directory), (FORMATS[kind].network_file, FORMATS[kind].demand_file)
    if not folder.is_dir():
        raise FileError(str(directory), "is not a folder", f"give one with {' and '.join(names)}")
    for name in names:
        if not (folder / name).is_file():
            raise FileError(str(folder / name), "is missing", f"give a folder with {' and '.join(names)}")
    network, demand = (str(folder.resolve() / name) for name in names)
    return NetworkFile(kind=kind, path=network), DemandFile(kind=kind, path=demand)
