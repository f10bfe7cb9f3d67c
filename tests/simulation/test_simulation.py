"""Simulation as its callers meet it: what it repeats, what it shows, and what it refuses."""

import dataclasses
import multiprocessing
import threading

import numpy as np
import pytest

from traffic_marl.demand.departures import Departures
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import VehicleType
from traffic_marl.demand.turning import TurningDemand
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, NONE, YELLOW, Timing
from traffic_marl.network.generators.grid import grid
from traffic_marl.simulation import Simulation
from traffic_marl.simulation.simulation import SMALL_WORK

TIMING = Timing(min_green=5, max_green=60, yellow=3, all_red=2, max_red=120)
SUMS = ("delay", "discharged", "span")  # readings that add up over a decision interval
AT_ONCE = Timing(min_green=0, max_green=NEVER, yellow=0, all_red=0, max_red=NEVER)
TOWN = grid(2, 2, block=150.0)
DURATION = 300  # [s]


def heavy_trips(seed, inflow=0.25):
    """More vehicles than the town can take."""
    demand = TurningDemand(TOWN, dict.fromkeys(TOWN.entry_roads, inflow), Departures(DURATION))
    return demand.draw(seed)


def heavy(seeds, timing=TIMING, **options):
    return Simulation(TOWN, [heavy_trips(seed) for seed in seeds], timing, **options)


def plan(copies, seed=0):
    """Requests for 60 decisions (60, B, N), different in every copy."""
    counts = TOWN.tables.phase_count
    draws = [np.random.default_rng((seed, copy)).integers(0, counts, (60, len(counts))) for copy in range(copies)]
    return np.stack(draws, axis=1).astype(np.int32)


def drive(simulation, requests, seconds=5):
    """Moves by one request after the other."""
    for phases in requests:
        simulation.advance(phases, seconds)
    return simulation


def values(part, copy=None):
    """Fields of readings or records by name; of one copy if it is given."""
    found = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    if copy is None:
        return found
    return {name: value if name in ("time", "span") else value[copy] for name, value in found.items()}


def assert_equal(one, other, apart_from=()):
    """Holds that all fields are the same to the last bit."""
    assert one.keys() == other.keys()
    for name, value in one.items():
        if name not in apart_from:
            assert np.array_equal(value, other[name]), name


def assert_same(one, other, apart_from=()):
    """Holds that two simulations show the same."""
    assert_equal(values(one.readings()), values(other.readings()), apart_from)
    assert_equal(values(one.records()), values(other.records()), apart_from)
    assert np.array_equal(one.signal_log(), other.signal_log())


# Same seed, same run


def test_the_same_run_twice_is_the_same():
    one, other = (drive(heavy((1, 2), log_until=300), plan(2)) for _ in range(2))
    assert_same(one, other)
    assert (one.records().left != NEVER).sum() > 100
    assert len(np.unique(one.signal_log())) > 4


def test_other_traffic_or_other_signals_make_another_run():
    one = drive(heavy((1,)), plan(1)).records()
    assert not np.array_equal(one.left, drive(heavy((1,)), plan(1, seed=9)).records().left)
    assert one.count[0] != len(heavy_trips(2)) or not np.array_equal(one.scheduled[0], heavy_trips(2).scheduled)


def test_a_copy_moves_as_it_would_alone():
    seeds, requests = (3, 4, 5), plan(3)
    batch = drive(heavy(seeds), requests)
    for copy, seed in enumerate(seeds):
        alone = drive(heavy((seed,)), requests[:, copy : copy + 1])
        assert_equal(values(alone.readings(), 0), values(batch.readings(), copy))
        count = alone.records().count[0]
        records = {
            name: value[:count] if np.ndim(value) else value for name, value in values(batch.records(), copy).items()
        }
        assert_equal(values(alone.records(), 0), records)


def test_equal_copies_stay_equal():
    trips = heavy_trips(6)
    simulation = drive(Simulation(TOWN, [trips, trips], TIMING), np.repeat(plan(1), 2, axis=1))
    for part in (simulation.readings(), simulation.records()):
        assert_equal(values(part, 0), values(part, 1))


def traffic_threads():
    return {thread for thread in threading.enumerate() if thread.name.startswith("traffic")}


def test_the_number_of_threads_does_not_matter():
    """Steps are so long that they are worth a second thread; that it worked is seen from the thread it leaves."""
    seeds, requests = range(8), plan(8)[:5]
    alone = drive(heavy(seeds, threads=1), requests, seconds=60)
    before = traffic_threads()
    shared = heavy(seeds, threads=2)
    work = []
    for phases in requests:
        work.append(shared.under_way().sum() * 60)
        shared.advance(phases, 60)
    assert max(work) > SMALL_WORK
    assert len(traffic_threads() - before) == 1
    assert_same(alone, shared)


def run_of(network, trips, timing, requests):
    """Records of a run; for another process."""
    return values(drive(Simulation(network, [trips], timing, threads=1), requests).records())


def test_another_process_makes_the_same_run():
    """One that starts from nothing and gets network and trips by pickle."""
    arguments = (TOWN, heavy_trips(3), TIMING, plan(1)[:40])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        elsewhere = pool.apply(run_of, arguments)
    assert_equal(run_of(*arguments), elsewhere)
    assert (elsewhere["left"] != NEVER).sum() > 50


def test_small_work_starts_no_thread():
    before = traffic_threads()
    drive(heavy((0, 1), threads=2), plan(2)[:3], seconds=1)
    assert traffic_threads() == before


def test_an_advance_that_continues_reads_like_one_in_one_piece():
    """To the last bit, whatever the pieces; a new interval begins without a trace of the one before."""
    whole, pieces = heavy((0, 1)), heavy((0, 1))
    for number, phases in enumerate(plan(2)[:30]):
        whole.advance(phases, 10)
        first = number % 11
        pieces.advance(phases, first)
        assert pieces.readings().span == first
        for seconds in (1,) * min(2, 10 - first):
            pieces.advance(phases, seconds, continues=True)
        pieces.advance(phases, 10 - pieces.readings().span, continues=True)
        assert_same(whole, pieces)
    assert whole.readings().span == 10
    assert whole.readings().delay.sum() > 100


def test_an_interval_continues_from_a_snapshot():
    """Sums so far are part of the state."""
    phases = plan(2)
    simulation = drive(heavy((0, 1)), phases[:20])
    simulation.advance(phases[20], 3)
    snapshot = simulation.snapshot()
    simulation.advance(phases[21], 8)
    simulation.restore(snapshot)
    simulation.advance(phases[20], 2, continues=True)
    assert_same(simulation, drive(heavy((0, 1)), phases[:21]))


def test_an_advance_may_be_split():
    """Traffic is the same; where a new interval begins, its sums are those of the rest."""
    whole = drive(heavy((0, 1)), plan(2)[:30], seconds=10)
    halves = heavy((0, 1))
    for phases in plan(2)[:30]:
        halves.advance(phases, 5)
        first = halves.readings()
        halves.advance(phases, 5)
    assert_same(whole, halves, apart_from=SUMS)
    assert first.delay.sum() > 0
    assert first.discharged.sum() > 0
    second, both = halves.readings(), whole.readings()
    assert np.allclose(first.delay + second.delay, both.delay)
    assert (first.discharged + second.discharged == both.discharged).all()
    assert (first.span, second.span, both.span) == (5, 5, 10)


def test_no_time_changes_nothing_but_sums_over_it():
    simulation = drive(heavy((0,)), plan(1)[:20])
    before = values(simulation.readings())
    simulation.advance(plan(1)[19], 0)
    readings = simulation.readings()
    assert_equal(values(readings), before, apart_from=SUMS)
    assert not readings.delay.any()
    assert not readings.discharged.any()
    assert readings.span == 0


def test_an_interval_that_continues_for_no_time_changes_nothing():
    simulation = drive(heavy((0,)), plan(1)[:20])
    before = values(simulation.readings())
    simulation.advance(plan(1)[19], 0, continues=True)
    assert_equal(values(simulation.readings()), before)
    assert before["span"] == 5


def test_vehicles_that_leave_a_lane_are_discharged():
    """Summed over a run until all is clear, each vehicle has left each lane of its path once."""
    simulation = heavy((0,))
    discharged = np.zeros(len(TOWN.lane_names), np.int64)
    phases = plan(1)
    for k in range(400):
        simulation.advance(phases[k % len(phases)], 10)
        discharged += simulation.readings().discharged[0]
        if simulation.is_clear().all():
            break
    trips = heavy_trips(0)
    expected = np.zeros_like(discharged)
    for start in trips.path_start:
        path = trips.path[start : start + np.flatnonzero(trips.path[start:] == NONE)[0]]
        expected[path[path < len(expected)]] += 1
    assert simulation.is_clear().all()
    assert discharged.tolist() == expected.tolist()


# Snapshots


def test_a_snapshot_is_a_fork_in_the_road():
    """Two branches go their own ways, each twice the same, and the snapshot stays what it was."""
    simulation = drive(heavy((7, 8), log_until=200), plan(2)[:20])
    uninterrupted = drive(heavy((7, 8), log_until=200), plan(2))
    here = values(simulation.records())
    snapshot = simulation.snapshot()
    ends = []
    for branch in (plan(2)[20:], plan(2, seed=5)[20:], plan(2)[20:], plan(2, seed=5)[20:]):
        simulation.restore(snapshot)
        assert simulation.time == 100
        assert_equal(values(simulation.records()), here)
        drive(simulation, branch)
        ends.append((values(simulation.readings()), values(simulation.records()), simulation.signal_log()))
    for one, other in ((0, 2), (1, 3)):
        assert_equal(ends[one][0], ends[other][0])
        assert_equal(ends[one][1], ends[other][1])
        assert np.array_equal(ends[one][2], ends[other][2])
    assert_equal(ends[0][1], values(uninterrupted.records()))
    assert np.array_equal(ends[0][2], uninterrupted.signal_log())
    assert not np.array_equal(ends[0][1]["left"], ends[1][1]["left"])


# Nobody appears, nobody vanishes


def test_every_vehicle_is_somewhere_in_every_second():
    """Ended, under way, waiting to enter, or not yet due: no vehicle is two of these, or none."""
    simulation = heavy((0, 1, 2))
    requests = plan(3)
    most_waiting = 0
    for second in range(DURATION + 60):
        simulation.advance(requests[second // 10], 1)
        readings, records = simulation.readings(), simulation.records()
        now = second + 1
        exists = np.arange(records.scheduled.shape[1]) < records.count[:, None]
        ended = ((records.left != NEVER) & exists).sum(axis=1)
        on_the_road = ((records.entered != NEVER) & (records.left == NEVER) & exists).sum(axis=1)
        not_due = ((records.scheduled >= now) & exists).sum(axis=1)
        backlog = readings.backlog.sum(axis=1)
        assert np.array_equal(simulation.under_way(), on_the_road)
        assert np.array_equal(ended + on_the_road + backlog + not_due, records.count)
        assert (readings.vehicles.sum(axis=1) <= on_the_road).all()  # some are on connections
        most_waiting = max(most_waiting, backlog.max())
    assert most_waiting > 20
    assert (ended > 100).all()


# Readings


def street(seconds, phase="EW through", due=(0, 0, 0), timing=AT_ONCE, copies=1):
    """Cars from the west on a lane of 185 m to a stop line, after some seconds under one phase."""
    network = grid(1, 1, rim=200.0, speed_limit=11.111)
    trips = [PlannedTrip(f"car_{place}", second, ("road_west_1_E", "road_1_1_E")) for place, second in enumerate(due)]
    draw = TripDemand(network, trips, max(due) + 1).draw(0)
    simulation = Simulation(network, [draw] * copies, timing, log_until=100)
    simulation.advance(asked(simulation, phase), seconds)
    return simulation


def asked(simulation, phase):
    return np.full((simulation.copies, 1), simulation.network.phase_names[0].index(phase), np.int32)


def lane_of(simulation, name="road_west_1_E_1"):
    return simulation.network.lane_names.index(name)


def test_readings_before_anything_moved():
    simulation = street(0)
    readings = simulation.readings()
    assert readings.time == simulation.time == 0
    for name in ("vehicles", "queue", "moving", "delay", "longest_wait", "backlog", "age", "since_served"):
        assert not getattr(readings, name).any()
    assert (readings.mean_speed == 11.111).all()


def test_readings_of_cars_that_set_off():
    """The first car is at 1, 4, 9 m after 1, 2, 3 s, at 2, 4, 6 m/s; the others find no room behind it so far."""
    simulation = street(3)
    readings, lane = simulation.readings(), lane_of(simulation)
    assert (readings.vehicles[0, lane], readings.queue[0, lane], readings.backlog[0, lane]) == (1, 0, 2)
    assert readings.moving[0, lane].tolist() == [0, 0, 1, 0, 0]  # 176 m from the stop line
    assert readings.mean_speed[0, lane] == pytest.approx(6.0)
    assert readings.delay[0, lane] == pytest.approx(3 - (2 + 4 + 6) / 11.111)
    assert readings.longest_wait[0, lane] == 0
    others = np.arange(len(simulation.network.lane_names)) != lane
    for name in ("vehicles", "queue", "moving", "delay", "longest_wait", "backlog"):
        assert not getattr(readings, name)[0, others].any()
    simulation.advance(asked(simulation, "EW through"), 1)
    readings = simulation.readings()
    assert (readings.vehicles[0, lane], readings.backlog[0, lane]) == (2, 1)
    assert readings.mean_speed[0, lane] == pytest.approx((8 + 2) / 2)
    assert readings.delay[0, lane] == pytest.approx(2 - (8 + 2) / 11.111)  # of the last second alone


@pytest.mark.parametrize(("seconds", "band"), [(8, 2), (9, 1), (14, 1), (15, 0), (17, 0)])
def test_cars_are_counted_in_bands_before_the_stop_line(seconds, band):
    """At 35.5555 m after 6 s, then 11.111 m further each second: 65 m and 125 m, the edges, lie in between."""
    simulation = street(seconds, due=(0,))
    assert simulation.readings().moving[0, lane_of(simulation)].tolist() == np.eye(5, dtype=int)[band].tolist()


def test_readings_of_a_car_at_a_red():
    """It brakes in the seconds from 17 on (8.333, 6.25, 4.167, 2.083 m/s), and stands at the end of that from 21."""
    simulation = street(21, "NS through", due=(0,))
    lane = lane_of(simulation)
    readings = simulation.readings()
    assert (readings.queue[0, lane], readings.longest_wait[0, lane]) == (0, 0)
    assert readings.mean_speed[0, lane] == pytest.approx(11.111 * 3 / 16)
    assert readings.moving[0, lane].tolist() == [1, 0, 0, 0, 0]
    for second in range(1, 10):
        simulation.advance(asked(simulation, "NS through"), 1)
        readings = simulation.readings()
        assert (readings.vehicles[0, lane], readings.queue[0, lane]) == (1, 1)
        assert readings.longest_wait[0, lane] == second
        assert readings.mean_speed[0, lane] == 0
        assert readings.delay[0, lane] == 1
        assert not readings.moving.any()


def test_readings_of_signals():
    """Phase 0 for 10 s, then phase 2 is asked for: 3 s of yellow, 2 s of all-red, then green."""
    timing = TIMING._replace(max_green=NEVER, max_red=NEVER)
    simulation = street(4, "NS through", timing=timing)
    seen = []
    for seconds, phase in ((1, "NS through"), (5, "NS through"), (1, "EW through"), (2, "EW through"), (1, "EW left")):
        simulation.advance(asked(simulation, phase), seconds)
        readings = simulation.readings()
        seen.append(
            (
                readings.time,
                *(int(getattr(readings, name)[0, 0]) for name in ("phase", "age", "interval", "may_switch")),
                readings.since_served[0, 0].tolist(),
            )
        )
    simulation.advance(asked(simulation, "EW through"), 4)
    readings = simulation.readings()
    assert seen == [
        (5, 0, 5, GREEN, True, [0, 5, 5, 5]),
        (10, 0, 10, GREEN, True, [0, 10, 10, 10]),
        (11, 2, 1, YELLOW, False, [1, 11, 11, 11]),
        (13, 2, 0, ALL_RED, False, [3, 13, 13, 13]),
        (14, 2, 1, ALL_RED, False, [4, 14, 14, 14]),  # too late for another wish
    ]
    assert (readings.time, readings.phase[0, 0], readings.interval[0, 0], readings.age[0, 0]) == (18, 2, GREEN, 3)
    assert readings.since_served[0, 0].tolist() == [8, 18, 0, 18]
    assert not readings.may_switch[0, 0]


def test_the_signal_log_has_a_row_for_each_second():
    """10 s of phase 0, 5 s of the clearance row between, then phase 2; no more than was to be kept."""
    timing = TIMING._replace(max_green=NEVER, max_red=NEVER)
    simulation = street(10, "NS through", timing=timing, copies=2)
    simulation.advance(asked(simulation, "EW through"), 10)
    tables = simulation.network.tables
    rows = [*[tables.phase_row[0, 0]] * 10, *[tables.clearance_row[0, 0, 2]] * 5, *[tables.phase_row[0, 2]] * 5]
    assert len(set(rows)) == 3
    assert simulation.signal_log().shape == (2, 20, 1)
    assert (simulation.signal_log()[..., 0] == rows).all()
    simulation.advance(asked(simulation, "EW through"), 100)
    assert simulation.signal_log().shape == (2, 100, 1)
    assert (simulation.signal_log()[:, :20, 0] == rows).all()


@pytest.mark.parametrize("part", ["readings", "records"])
def test_what_is_shown_is_a_copy(part):
    """It neither changes with the traffic nor lets anybody change the traffic."""
    simulation, undisturbed = (drive(heavy((0, 1)), plan(2)[:30]) for _ in range(2))
    shown = getattr(simulation, part)()
    before = {name: np.copy(value) for name, value in values(shown).items()}
    drive(simulation, plan(2)[30:35])
    assert_equal(values(shown), before)
    assert simulation.readings().time != shown.time
    for value in values(getattr(simulation, part)()).values():
        if np.ndim(value):
            value[...] = 1
    drive(undisturbed, plan(2)[30:35])
    drive(simulation, plan(2)[35:])
    assert_same(simulation, drive(undisturbed, plan(2)[35:]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.time = 0


# Records


def test_records_of_a_car_that_waits_at_a_red():
    """It stands from 22 on and gets green at 40.

    That is 19 ends of seconds. Its front is then 0.83 m before the stop line, over which the first metre takes it; the
    215 m to the end of the trip, at rest from the start, take 22.2 s.
    """
    simulation = street(40, "NS through", due=(0,))
    at_red = values(simulation.records(), 0)
    simulation.advance(asked(simulation, "EW through"), 40)
    records = values(simulation.records(), 0)
    expected = {"halted": 19, "longest_halt": 19, "stops": 1, "approaching": 40, "entered": 0, "left": 62}
    assert {name: records[name][0] for name in expected} == expected
    assert at_red["halted"][0] == at_red["longest_halt"][0] == 19  # 22 to 40, both included
    assert (at_red["approaching"][0], at_red["left"][0]) == (39, NEVER)
    assert records["free"][0] == pytest.approx(400 / 11.111)
    assert (records["scheduled"][0], records["count"], records["largest_queue"]) == (0, 1, 1)
    assert records["updates"] == 63  # it was moved in each second from 0 to 62


def test_two_halts_count_twice_and_the_longer_one_is_kept():
    """Green for the second in which the first car goes leaves the second one to stop again, nearer to the line."""
    simulation = street(60, "NS through", due=(0, 0))
    first = values(simulation.records(), 0)
    simulation.advance(asked(simulation, "EW through"), 1)
    simulation.advance(asked(simulation, "NS through"), 12)
    simulation.advance(asked(simulation, "EW through"), 60)
    records = values(simulation.records(), 0)
    assert records["stops"].tolist() == [1, 2]
    assert records["longest_halt"][1] >= first["longest_halt"][1]
    assert 0 < records["halted"][1] - records["longest_halt"][1] < 12
    assert first["largest_queue"] == 2
    assert (records["left"] != NEVER).all()


def test_a_vehicle_that_waits_to_enter_neither_halts_nor_approaches():
    """The one behind it may enter once 7.5 m are free, in the fourth second; the wait is in its trip alone."""
    records = values(street(4).records(), 0)
    assert records["entered"].tolist() == [0, 3, NEVER]
    assert records["halted"].tolist() == [0, 0, 0]
    assert records["approaching"].tolist() == [3, 0, 0]
    assert records["updates"] == 5


def test_trips_that_are_over_are_clear():
    simulation = street(40)
    assert not simulation.is_clear()[0]
    simulation.advance(asked(simulation, "EW through"), 40)
    assert simulation.is_clear()[0]
    assert simulation.under_way()[0] == 0


def test_a_network_that_stands_at_a_red_is_still_but_in_no_gridlock():
    """The last car stops between the seconds 22 and 32; from then on nothing moves for as long as it is red."""
    simulation = street(32, "NS through")
    still = simulation.records().still_since[0]
    assert 22 <= still <= 32
    simulation.advance(asked(simulation, "NS through"), 600)
    assert simulation.records().still_since[0] == still
    assert not simulation.records().gridlocked[0]


def test_an_empty_network_is_no_gridlock():
    simulation = street(400)
    assert simulation.is_clear()[0]
    assert not simulation.records().gridlocked[0]


# What it is given


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        (np.zeros(4, np.int32), r"phases: array of int32 of shape .* will not do; give .* of shape \(2, 4\)"),
        (np.zeros((1, 4), np.int32), r"phases: array of int32 of shape .* will not do; give .* of shape \(2, 4\)"),
        (np.zeros((2, 3), np.int32), r"phases: array of int32 of shape .* will not do; give .* of shape \(2, 4\)"),
        (np.full((2, 4), -1, np.int32), r"phases: an intersection lacks one of them; the .* \[4, 4, 4, 4\] phases"),
        (np.full((2, 4), 4, np.int32), r"phases: an intersection lacks one of them; the .* \[4, 4, 4, 4\] phases"),
    ],
)
def test_phases_that_there_are_not_are_refused(phases, message):
    simulation = heavy((0, 1))
    with pytest.raises(UsageError, match=message):
        simulation.advance(phases, 5)
    assert simulation.time == 0


def test_phases_are_checked_intersection_by_intersection():
    network = grid(1, 2, missing=(("intersection_1_2", "E"),))
    first, second = network.tables.phase_count.tolist()
    assert first > second
    simulation = Simulation(network, [TripDemand(network, [], 1).draw(0)], TIMING)
    simulation.advance(np.array([[first - 1, second - 1]], np.int32), 1)
    with pytest.raises(UsageError, match=r"lacks one of them; the intersections have \[4, 3\] phases"):
        simulation.advance(np.array([[0, first - 1]], np.int32), 1)


def test_without_demand_signals_go_on_alone():
    simulation = Simulation(TOWN, [TripDemand(TOWN, [], 10).draw(0)], TIMING, log_until=100)
    assert simulation.is_clear().all()
    simulation.advance(np.full((1, 4), 2, np.int32), 100)
    readings, records = simulation.readings(), simulation.records()
    assert (readings.phase == 2).all()
    assert (readings.time, records.count[0], records.updates[0]) == (100, 0, 0)
    assert not readings.vehicles.any()
    assert not records.gridlocked[0]
    assert simulation.is_clear().all()


def test_an_empty_copy_does_not_disturb_a_full_one():
    full, empty = heavy_trips(1), TripDemand(TOWN, [], DURATION).draw(0)
    both = drive(Simulation(TOWN, [empty, full], TIMING), np.repeat(plan(1), 2, axis=1))
    alone = drive(Simulation(TOWN, [full], TIMING), plan(1))
    assert_equal(values(both.readings(), 1), values(alone.readings(), 0))
    assert_equal(values(both.records(), 1), values(alone.records(), 0))
    assert not both.readings().vehicles[0].any()
    assert both.records().count.tolist() == [0, len(full)]


def test_vehicles_of_several_types_keep_their_own_limits():
    """A bus accelerates at 1 m/s2 to 8 m/s, whatever the car before it did."""
    network = grid(1, 1, rim=200.0, speed_limit=11.111)
    bus = VehicleType("bus", length=12.0, max_speed=8.0, max_acceleration=1.0, usual_acceleration=1.0)
    roads = ("road_west_1_E", "road_1_1_E")
    trips = [PlannedTrip("car", 0, roads), PlannedTrip("bus", 30, roads, bus)]
    simulation = Simulation(network, [TripDemand(network, trips, 31).draw(0)], AT_ONCE)
    simulation.advance(asked(simulation, "EW through"), 200)
    records = values(simulation.records(), 0)
    assert records["free"].tolist() == pytest.approx([400 / 11.111, 400 / 8])
    # 32 m in the first 8 s, so exactly 400 m after 54 s: it passes the end in the second that begins then.
    assert records["left"][1] - 30 == 8 + (400 - 32) // 8
