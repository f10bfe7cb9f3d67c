"""Demand: what every description of who travels where and when can answer."""

from typing import Protocol

from traffic_marl.arrays import Floats
from traffic_marl.demand.trips import Trips


class Demand(Protocol):
    """Who wants to travel on a network; draws one table of trips per seed."""

    @property
    def duration(self) -> int:
        """[s] vehicles are due in the seconds 0 .. duration - 1."""
        ...

    @property
    def is_random(self) -> bool:
        """Draws with different seeds may differ."""
        ...

    @property
    def flow(self) -> Floats:
        """[veh/s] (M,) expected vehicles through each movement, averaged over the duration."""
        ...

    def draw(self, seed: int) -> Trips:
        """The trips of this seed: the same for the same seed, whatever was drawn before."""
        ...
