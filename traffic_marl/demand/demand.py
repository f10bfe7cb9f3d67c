"""The protocol of demands, which draw the trips of a run."""

from typing import Protocol

from traffic_marl.arrays import Floats
from traffic_marl.demand.trips import Trips
from traffic_marl.remarks import Remark

LONGEST_DURATION = 86_400  # [s]


class Demand(Protocol):
    """The vehicles that travel on a network, drawn as one table of trips per seed.

    A demand that was read from a file may also have `remarks` about it, a tuple of Remark. A random one may have
    `flow_between(first, last)`, its flow from one second to another, for runs that take a part of it.
    """

    @property
    def duration(self) -> int:
        """[s] Vehicles depart in the seconds 0 .. duration - 1."""
        ...

    @property
    def is_random(self) -> bool:
        """Whether draws with different seeds can differ."""
        ...

    @property
    def flow(self) -> Floats:
        """[veh/s] (M,) Expected flow of each movement, averaged over the duration."""
        ...

    def draw(self, seed: int) -> Trips:
        """The trips of this seed, whatever was drawn before."""
        ...


def remarks_of(demand: Demand) -> tuple[Remark, ...]:
    """Remarks about the file a demand was read from. Empty for a demand that has none."""
    remarks: tuple[Remark, ...] = getattr(demand, "remarks", ())
    return remarks
