"""A block whose four streets fill up with vehicles that go round it, beside a street on which traffic goes on."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips, VehicleType
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation

RING = ("road_1_1_N", "road_2_1_E", "road_2_2_S", "road_1_2_W")  # clockwise, by right turns
ENTRIES = ("road_south_1_N", "road_west_2_E", "road_north_2_S", "road_east_1_W")  # straight into each of them
PASSING = ("road_north_1_S", "road_2_1_S", "road_1_1_S")
LAPS = 5
ROUND = 60  # [veh] that go round the block, more than it holds
TURN = 30  # [s] of each phase

NETWORK = grid(2, 2, block=100.0)
TIMING = Timing(min_green=5, max_green=NEVER, yellow=3, all_red=2, max_red=NEVER)


def ring_trips(passing: int, *, going_round: int = ROUND, kinds: Sequence[VehicleType] = (VehicleType(),)) -> Trips:
    """Vehicles that go round the block, of these kinds in turn, and then cars that pass by, one every 30 s."""
    planned = []
    for number in range(going_round):
        side, turn = number % len(RING), number // len(RING)
        laps = (RING[side:] + RING[:side]) * LAPS
        planned.append(PlannedTrip(f"round_{number}", 4 * turn, (ENTRIES[side], *laps), kinds[turn % len(kinds)]))
    planned += [PlannedTrip(f"passing_{number}", 30 * number, PASSING) for number in range(passing)]
    return TripDemand(NETWORK, planned, 3600).draw(0)


def in_turn_of_phases(simulation: Simulation, seconds: int) -> Simulation:
    """The simulation after some more seconds, in which every phase is asked for in turn."""
    tables = simulation.network.tables
    for now in range(simulation.time, simulation.time + seconds, TURN):
        phases = (now // TURN % tables.phase_count).astype(np.int32)
        simulation.advance(np.tile(phases, (simulation.copies, 1)), TURN)
    return simulation
