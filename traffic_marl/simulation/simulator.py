"""Simulator, the protocol of all that moves traffic: what a run needs of it, and no more."""

from typing import Protocol

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.simulation.places.visits import Visits
from traffic_marl.simulation.positions import Positions
from traffic_marl.simulation.readings import Readings, Records


class Simulator(Protocol):
    """B copies of the traffic on one network, whatever moves them. Strategies cannot tell one from another.

    `Simulation` is the one of this package. Others let SUMO or CityFlow move the vehicles.
    """

    network: Network
    timing: Timing  # limits that the signals keep
    copies: int  # B

    @property
    def time(self) -> int:
        """[s] seconds moved so far."""
        ...

    def advance(self, phases: Ints, seconds: int, *, continues: bool = False) -> None:
        """Asks for phases and moves all copies on. The request stands until the next one.

        Args:
            phases: (B, N) each within 0 .. phase_count - 1 of its intersection.
            seconds: [s] how far to move, at least 0.
            continues: the decision interval of the call before goes on: `delay`, `discharged` and `span` of the
                readings add up over both. Otherwise a new interval begins, and these three with it at 0.
        """
        ...

    def readings(self) -> Readings:
        """Readings of all detectors and signals at this moment, as if no detector failed: the truth."""
        ...

    def detected(self) -> Readings:
        """Readings as the detectors report them, failing or not: all that a controller may know."""
        ...

    def records(self, *, gridlock: bool = True) -> Records:
        """Records of every vehicle up to now. Without `gridlock`, `locked` is false for every vehicle."""
        ...

    def positions(self, copy: int) -> Positions:
        """Positions of the vehicles of a copy now, and its signals in the second just past."""
        ...

    def signal_log(self) -> Ints:
        """Row of the phase table shown in each second so far (B, time, N), as far as it was asked to keep them."""
        ...

    def visits(self) -> Visits:
        """Visits to intersections and queues up to now, if it was asked to note them."""
        ...

    def under_way(self) -> Ints:
        """[veh] (B,) on the network now."""
        ...

    def completed(self) -> Ints:
        """[veh] (B,) that have completed their trips."""
        ...

    def is_clear(self) -> Bools:
        """(B,) every vehicle has completed its trip."""
        ...
