"""Networks of all kinds, and crowded readings of them, for what is made of readings."""

import numpy as np

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation

TIMING = Timing(min_green=7, max_green=NEVER, yellow=3, all_red=2, max_red=NEVER)
INTERVAL = 5  # [s]
NETWORKS = {
    "grid": grid(2, 3, block=200.0),
    "eight phases": grid(2, 2, block=400.0, phases="eight"),
    "two phases, missing legs": grid(2, 2, block=150.0, phases="two", missing=[("intersection_1_1", "W")]),
    "arterial": arterial(3),
}


def played(network, seconds=200, copies=2):
    """A simulation after some random play, crowded enough for queues and backlog."""
    demand = TurningDemand(network, dict.fromkeys(network.entry_roads, 0.3), Departures(seconds))
    simulation = Simulation(network, [demand.draw(seed) for seed in range(copies)], TIMING)
    generator = np.random.default_rng(1)
    counts = network.tables.phase_count
    while simulation.time < seconds:
        simulation.advance(generator.integers(0, counts, (copies, len(counts)), dtype=np.int32), INTERVAL)
    return simulation


def lanes_of(network, m):
    tables = network.tables
    return tables.movement_lane[tables.movement_lane_start[m] : tables.movement_lane_start[m + 1]]
