"""The vehicles of another demand, a given number of times."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.demand import Demand, remarks_of
from traffic_marl.demand.trips import Trips, check_count
from traffic_marl.demand.window import DemandWindow
from traffic_marl.network.network import Network

SALT = 0x5CA1E  # makes the draw of copies another one than that of the trips


class ScaledDemand:
    """A demand with each vehicle `factor` times on average: as often as its whole part says, and at random once more.

    Copies depart in the same second as the vehicle, right behind it.

    Args:
        network: the network of the demand.
        demand: of which the vehicles are taken.
        factor: above 0.

    Raises:
        DemandError: there are too many vehicles.
    """

    def __init__(self, network: Network, demand: Demand, factor: float) -> None:
        self.whole = demand
        self.factor = factor
        self.duration = demand.duration
        self.is_random = demand.is_random or factor != int(factor)
        self.remarks = remarks_of(demand)
        self.flow: Floats = factor * demand.flow
        self._network = network
        if not demand.is_random:
            check_count("demand", factor * len(demand.draw(0)), self.duration)

    def flow_between(self, first: int, last: int) -> Floats:
        """[veh/s] (M,) Expected flow of each movement, averaged over the seconds first .. last."""
        return self.factor * DemandWindow(self._network, self.whole, first, last).flow

    def draw(self, seed: int) -> Trips:
        """The trips of this seed."""
        trips = self.whole.draw(seed)
        more = np.random.default_rng((SALT, seed)).random(len(trips)) < self.factor - int(self.factor)
        place = np.repeat(np.arange(len(trips)), int(self.factor) + more)
        first = np.searchsorted(place, place)
        copy = np.arange(len(place)) - first
        names = tuple(
            trips.names[number] if again == 0 else f"{trips.names[number]}_copy_{again}"
            for number, again in zip(place.tolist(), copy.tolist(), strict=True)
        )
        return Trips(
            trips.types, trips.scheduled[place], trips.type_row[place], trips.path, trips.path_start[place], names
        )
