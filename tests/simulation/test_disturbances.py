"""Closed lanes: nobody passes their end, whatever the signals show, and all goes on when they open."""

import numpy as np
import pytest

from tests.helpers.sumo_town import town
from traffic_marl.demand.departures import Departures
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER, NONE, Timing
from traffic_marl.kernels.traffic import SHOWN
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Closure, Disturbances, Simulation
from traffic_marl.simulation.conservation import check_counters, check_records

TOWN = grid(2, 2, block=150.0)
TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=120)
ROAD = TOWN.lanes_of("road_west_1_E")
THROUGH = ROAD[1]


def trips(seed=1):
    """Steady traffic from all sides."""
    return TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, 0.15), Departures(600)).draw(seed)


def simulation(*closures, copies=1, **options):
    """The town, with these lanes closed in the first copy."""
    disturbances = (Disturbances(closures), *[Disturbances()] * (copies - 1))
    given = [trips()] * copies
    return Simulation(TOWN, given, TIMING, threads=1, audit=True, disturbances=disturbances, **options)


def discharged(simulation, seconds):
    """[veh] (seconds, B, K) that left each lane in each second, with every phase green in turn."""
    found = []
    for second in range(seconds):
        phases = np.full((simulation.copies, 4), second // 15 % 4, np.int32)
        simulation.advance(phases, 1)
        found.append(simulation.readings().discharged.copy())
    return np.array(found)


def test_nobody_leaves_a_closed_lane_until_it_opens():
    count = discharged(simulation(Closure(THROUGH, 100, 400)), 700)[:, 0, THROUGH]
    assert count[:100].sum() > 3
    assert count[100:400].sum() <= 1  # one vehicle may be unable to stop
    assert count[400:600].sum() > 8  # the queue, with every green


def test_the_other_lanes_of_the_road_stay_open():
    count = discharged(simulation(Closure(THROUGH, 0, 200)), 200)[:, 0]
    assert count[:, THROUGH].sum() == 0
    assert count[:, ROAD[2]].sum() > 2


def test_a_closure_that_begins_before_another_one_ends_keeps_the_lane_closed():
    both = discharged(simulation(Closure(THROUGH, 50, 150), Closure(THROUGH, 120, 300)), 420)
    one = discharged(simulation(Closure(THROUGH, 50, 300)), 420)
    assert np.array_equal(both, one)
    assert one[300:, 0, THROUGH].sum() > 5


@pytest.mark.parametrize("end", range(150, 210, 4))  # in every interval of a signal
def test_a_closed_lane_is_red_and_then_as_its_signal_shows(end):
    begin, moved = 60, simulation(Closure(THROUGH, 60, end), log_until=240)
    tables = TOWN.tables
    way = int(tables.leaving[tables.leaving_start[THROUGH]]) - len(TOWN.lane_names)
    n, word, bit = int(tables.intersection[way]), int(tables.bit[way]) // 64, np.uint64(tables.bit[way] % 64)
    open_, due = [], []
    for second in range(240):
        moved.advance(np.full((1, 4), second // 15 % 4, np.int32), 1)
        open_.append(int(moved._traffic.claims[0, n, word, SHOWN] >> bit) & 1)
        due.append(int(tables.green[n, moved.signal_log()[0, second, n], word] >> bit) & 1)
    assert sum(due[begin:end]) >= 10
    assert open_[begin:end] == [0] * (end - begin)
    assert open_[:begin] == due[:begin]
    assert open_[end:] == due[end:]


def test_all_vehicles_arrive_after_the_lane_has_opened():
    moved = simulation(*(Closure(lane, 100, 500) for lane in ROAD))
    discharged(moved, 3000)
    records = moved.records()
    check_records(records)
    check_counters(records, moved.completed(), moved.under_way())
    assert moved.is_clear().all()
    assert records.disorders[0] == 0
    assert not records.locked.any()
    assert records.longest_halt.max() > 300


def test_a_closure_disturbs_its_own_copy_alone():
    both = discharged(simulation(Closure(THROUGH, 50, 300), copies=2), 400)
    alone = discharged(simulation(), 400)[:, 0]
    assert np.array_equal(both[:, 1], alone)
    assert not np.array_equal(both[:, 0], alone)


def test_a_closure_that_never_comes_changes_nothing():
    later = simulation(Closure(THROUGH, 5000, 6000))
    free = Simulation(TOWN, [trips()], TIMING, threads=1)
    assert np.array_equal(discharged(later, 400), discharged(free, 400))
    for name in ("entered", "left", "halted"):
        assert np.array_equal(getattr(later.records(), name), getattr(free.records(), name)), name


def test_a_run_in_pieces_is_the_same():
    whole, pieces = simulation(Closure(THROUGH, 33, 77)), simulation(Closure(THROUGH, 33, 77))
    phases = np.zeros((1, 4), np.int32)
    whole.advance(phases, 200)
    for _ in range(40):
        pieces.advance(phases, 5)
    assert np.array_equal(whole.records().left, pieces.records().left)


def test_a_lane_at_a_junction_without_signals_is_closed_too_and_that_is_no_gridlock():
    network = town()
    lane = network.lanes_of("AT")[0]
    assert network.tables.lane_intersection[lane] == NONE
    planned = TripDemand(network, [PlannedTrip(f"{n}", n, ("AT", "TE")) for n in range(20)], 60).draw(0)
    timing = TIMING._replace(max_red=NEVER)
    disturbed = (Disturbances((Closure(lane, 0, 400),)),)
    moved = Simulation(network, [planned], timing, threads=1, disturbances=disturbed)
    moved.advance(np.zeros((1, 1), np.int32), 400)
    assert moved.completed()[0] == 0
    assert moved.readings().queue[0, lane] > 5
    assert not moved.records().locked.any()
    moved.advance(np.zeros((1, 1), np.int32), 400)
    assert moved.is_clear().all()


def test_disturbances_are_given_for_each_copy():
    with pytest.raises(UsageError, match="disturbances: 1 for 2 copies; give them for each copy"):
        Simulation(TOWN, [trips()] * 2, TIMING, disturbances=[Disturbances()])
