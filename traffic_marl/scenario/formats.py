"""The file formats of networks and demands that a scenario knows by name.

A format is a module in `network/formats`, one in `demand/formats`, and a line in `FORMATS`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import SerializerFunctionWrapHandler, model_serializer

from traffic_marl.demand.demand import Demand
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.demand.formats.sumo.demand import read_sumo_demand
from traffic_marl.network.clearing import kept_clear
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.formats.sumo.network import read_sumo_network
from traffic_marl.network.network import Network
from traffic_marl.reading import content_digest, distinct_names
from traffic_marl.scenario.demands import DemandPart
from traffic_marl.scenario.networks import NetworkPart
from traffic_marl.scenario.phases import with_phases
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import Text


class FileFormat(NamedTuple):
    """The readers of a data set."""

    read_network: Callable[[str], Network]
    read_demand: Callable[[str, Network, int, Sequence[str]], Demand]  # path, network, duration [s], further paths


FORMATS = {
    "cityflow": FileFormat(read_roadnet, read_flow),
    "sumo": FileFormat(read_sumo_network, read_sumo_demand),
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
    keep_clear: bool | None = None
    """Whether vehicles do not enter a junction before the lane beyond has room for all that are on the way there.
    Default: as the file says. SUMO's connections keep it clear if they do not say otherwise, CityFlow's do not."""

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without those that came later and are not used, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if content.get("keep_clear", True) is None:
            del content["keep_clear"]
        return content

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        network = with_phases(FORMATS[self.kind].read_network(self.path), signals, self.path)
        return network if self.keep_clear is None else kept_clear(network, self.keep_clear)


class DemandFile(DemandPart):
    """The trips of a file in a known format, as far as they start within the duration."""

    kind: FormatName
    """Format of the file."""
    path: Text
    """Path of the file."""
    also: tuple[Text, ...] = ()
    """Paths of further files. The vehicles of all files are on the road together. Default: none."""

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without further files where there are none, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if not content.get("also", True):
            del content["also"]
        return content

    @property
    def source(self) -> str:
        """The names of the files, as remarks name them."""
        return " and ".join(distinct_names([Path(path) for path in (self.path, *self.also)]))

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        return FORMATS[self.kind].read_demand(self.path, network, duration, self.also)

    def digest(self) -> bytes:
        """Changes with the content of each file."""
        return b"".join(content_digest(path) for path in (self.path, *self.also))
