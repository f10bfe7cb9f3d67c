"""Networks and demands that a function of the user reads from a file in a format of the user's own.

A network reader is called with the path and returns a `Network`, which `traffic_marl.network.assemble.build_network`
makes of nodes and roads. A demand reader is called with path, network and duration [s] and returns a `Demand`, such as
`traffic_marl.demand.planned.TripDemand`.
"""

from typing import ClassVar, Literal

from traffic_marl.checks import shown
from traffic_marl.demand.demand import Demand
from traffic_marl.errors import UsageError
from traffic_marl.network.network import Network
from traffic_marl.scenario.demands import DemandPart
from traffic_marl.scenario.networks import NetworkPart
from traffic_marl.scenario.phases import with_phases
from traffic_marl.scenario.readers import Reader, digest_of_reader, name_of, read
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import Text

DEMAND_ANSWERS = ("duration", "is_random", "flow", "draw")  # of a Demand


class CustomNetwork(NetworkPart):
    """A road network from a file in a format of the user's own."""

    has_rows: ClassVar[bool] = True

    kind: Literal["custom"] = "custom"
    """Kind of network."""
    reader: Reader
    """Function from the path to a `Network`, or its name as `path/to/file.py:function`."""
    path: Text
    """Path of the file or folder that is read."""

    def build(self, signals: Signals) -> Network:
        """The network with its phases."""
        network = read(self.reader, self.path)
        if not isinstance(network, Network):
            what = f"{name_of(self.reader)} returns {shown(network)}, not a Network"
            raise UsageError("reader", what, "build it with traffic_marl.network.assemble.build_network")
        return with_phases(network, signals, self.path)

    def digest(self) -> bytes:
        """Changes with the content of the file and with the reader."""
        return super().digest() + digest_of_reader(self.reader)


class CustomDemand(DemandPart):
    """Trips from a file in a format of the user's own."""

    kind: Literal["custom"] = "custom"
    """Kind of demand."""
    reader: Reader
    """Function from path, network and duration to a `Demand`, or its name as `path/to/file.py:function`."""
    path: Text
    """Path of the file or folder that is read."""

    def build(self, network: Network, duration: int) -> Demand:
        """The demand on a network."""
        demand: Demand = read(self.reader, self.path, network, duration)
        missing = [name for name in DEMAND_ANSWERS if not hasattr(demand, name)]
        if missing:
            what = f"{name_of(self.reader)} returns {shown(demand)}, which has no {missing[0]}"
            raise UsageError("reader", what, "return a Demand, such as traffic_marl.demand.planned.TripDemand")
        return demand

    def digest(self) -> bytes:
        """Changes with the content of the file and with the reader."""
        return super().digest() + digest_of_reader(self.reader)
