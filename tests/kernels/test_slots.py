"""The list of occupied drivables in a jam: complete, without doubles, and ascending as far as it is said to be."""

import numpy as np

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation

TOWN = grid(2, 2, block=100.0)


def test_the_list_of_occupied_drivables_is_kept_in_order():
    demand = TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, 0.3), Departures(300))
    simulation = Simulation(TOWN, [demand.draw(0)], Timing(5, 60, 3, 2, 120), threads=1)
    generator = np.random.default_rng(0)
    late = 0
    for _ in range(300):
        simulation.advance(generator.integers(0, 4, (1, 4), dtype=np.int32), 1)
        traffic = simulation._traffic
        tally, states = traffic.tallies[0, 0], traffic.drivable_states[0]
        listed = traffic.occupied[0, : tally["occupied"]]
        assert len(np.unique(listed)) == len(listed)
        assert set(np.flatnonzero(states["count"])) <= set(listed)
        assert np.array_equal(np.flatnonzero(states["room"]), np.sort(listed))
        assert (np.diff(listed[: tally["ascending"]]) > 0).all()
        late += (np.diff(listed) < 0).any()
    assert late > 100, "there was nothing to sort"
