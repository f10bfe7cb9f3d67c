"""Junctions without signals in the engine, in a small town: vehicles yield, none vanishes, and no agent is there."""

import numpy as np

from tests.helpers.sumo_town import routes, town
from traffic_marl.demand.formats.sumo.demand import read_sumo_demand
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.conservation import check_counters, check_records

TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=0, max_red=300)


def simulation(trips, seconds):
    """The town after some seconds, with the first phase green for 30 s, then the next one, and so on."""
    network = town()
    moved = Simulation(network, [trips], TIMING, audit=True, threads=1)
    for second in range(seconds):
        phase = second // 30 % int(network.tables.phase_count[0])
        moved.advance(np.full((1, 1), phase, np.int32), 1)
    return moved


def test_a_vehicle_on_a_minor_road_waits_for_the_major_one():
    platoon = [PlannedTrip(f"major {n}", 2 * n, ("ET", "TC")) for n in range(12)]
    alone = TripDemand(town(), [PlannedTrip("minor", 4, ("AT", "TC"))], 60).draw(0)
    both = TripDemand(town(), [*platoon, PlannedTrip("minor", 4, ("AT", "TC"))], 60).draw(0)
    free = simulation(alone, 120).records()
    met = simulation(both, 120).records()
    minor, major = both.names.index("minor"), both.names.index("major 3")
    assert free.left[0, 0] < met.left[0, minor]
    lone = TripDemand(town(), [platoon[3]], 60).draw(0)
    assert abs(int(met.left[0, major]) - int(simulation(lone, 120).records().left[0, 0])) <= 6  # the platoon goes first


def test_no_vehicle_vanishes_in_heavy_traffic(tmp_path):
    flows = (
        f'<flow id="{start}{end}" begin="0" end="900" period="{period}" from="{start}" to="{end}"/>'
        for start, end, period in (
            ("WC", "TE", 4), ("ET", "CW", 4), ("AT", "CW", 9), ("WC", "TA", 9), ("ET", "TA", 9), ("NC", "CS", 7),
            ("SC", "TE", 9), ("AT", "TE", 9),
        )
    )  # fmt: skip
    demand = read_sumo_demand(routes(tmp_path, *flows), town(), 900)
    moved = simulation(demand.draw(0), 2400)
    records = moved.records()
    check_records(records)
    check_counters(records, moved.completed(), moved.under_way())
    assert (records.left[0, : records.count[0]] != NEVER).all()
    assert records.disorders[0] == 0


def test_readings_have_a_column_for_each_signal_alone():
    trips = TripDemand(town(), [PlannedTrip("a", 0, ("AT", "TE"))], 60).draw(0)
    moved = simulation(trips, 60)
    assert moved.readings().phase.shape == (1, 1)
    assert moved.records().approaching[0, 0] == 0  # no lane on its way ends at a signal


def test_a_standing_vehicle_at_a_junction_is_looked_at_for_gridlock():
    network = town()
    trips = TripDemand(network, [PlannedTrip(f"{n}", n, ("AT", "TC", "CW")) for n in range(40)], 60).draw(0)
    moved = Simulation(network, [trips], TIMING._replace(max_red=NEVER, max_green=NEVER), threads=1)
    closed = next(p for p in range(8) if not network.tables.served[network.movement_roads.index(("TC", "CW")), p])
    moved.advance(np.full((1, 1), closed, np.int32), 600)
    assert moved.readings().queue.sum() > 20
    assert not moved.records().gridlocked.any()
