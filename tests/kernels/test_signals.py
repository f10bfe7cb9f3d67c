"""Signals under any request: cases worked by hand, and rules that hold in every second."""

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from tests.helpers import oracle
from tests.helpers.random_traffic import CAR, draw_network, draw_timing, draw_trips
from traffic_marl.arrays import Bools, Ints
from traffic_marl.demand.planned import PlannedTrip, TripDemand
from traffic_marl.demand.trips import Trips
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, NONE, YELLOW, Timing
from traffic_marl.network.checks import conflicting_movements
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.network import Network
from traffic_marl.network.phases import select_phases
from traffic_marl.simulation import Readings, Simulation

# A seed cannot be shrunk to a simpler one.
seeded = settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
seeded_slow = settings(seeded, max_examples=10)
seeds = st.integers(0, 10**6)


class Run(NamedTuple):
    """The requests, the rows shown, and the readings after each second."""

    network: Network
    trips: Trips
    timing: Timing
    asked: Ints  # (seconds, N)
    log: Ints  # (seconds, N)
    readings: list[Readings]  # at the times 0 .. seconds

    @property
    def intergreen(self) -> int:
        """[s] Between two greens."""
        return self.timing.yellow + self.timing.all_red

    def green_rows(self, n: int) -> set[int]:
        """Rows of an intersection's phases."""
        return set(self.network.tables.phase_row[n].tolist()) - {NONE}


def run(network: Network, trips: Trips, timing: Timing, asked: Ints) -> Run:
    """Asks for other phases every second."""
    simulation = Simulation(network, [trips], timing, threads=1, log_until=len(asked))
    readings = [simulation.readings()]
    for phases in asked:
        simulation.advance(phases[None], 1)
        readings.append(simulation.readings())
    return Run(network, trips, timing, asked, simulation.signal_log()[0], readings)


def draw_run(
    seed: int,
    seconds: int,
    *,
    least_green: int = 1,
    limits: bool = True,
    flow: float = 0.1,
    steady: bool = False,
    unserved: bool = False,
) -> Run:
    """Random network, traffic, timing and requests: any phase in any second, now and then kept for longer.

    Args:
        seed: of all that is random.
        seconds: [s] to run.
        least_green: [s] min green is at least that.
        limits: whether there may be a max green and a max red.
        flow: [veh/s] for each entry road.
        steady: the first request stands all the time.
        unserved: the last phase of each intersection is left out, so that no phase serves some movements.
    """
    generator = np.random.default_rng(seed)
    network = draw_network(generator)
    if unserved:
        tables = network.tables
        network = replace(network, tables=tables._replace(phase_count=np.maximum(tables.phase_count - 1, 1)))
    trips = draw_trips(generator, network, seconds, flow * len(network.entry_roads), (CAR,))
    timing = draw_timing(generator)
    timing = timing._replace(min_green=max(least_green, timing.min_green))
    timing = timing._replace(max_green=max(timing.max_green, timing.min_green))
    if not limits:
        timing = timing._replace(max_green=NEVER, max_red=NEVER)
    count = network.tables.phase_count
    asked = generator.integers(count, size=(seconds, len(count)), dtype=np.int32)
    is_kept = generator.random(asked.shape) < (1.0 if steady else generator.choice([0.0, 0.7, 0.95, 0.99]))
    for now in range(1, seconds):
        asked[now] = np.where(is_kept[now], asked[now - 1], asked[now])
    return run(network, trips, timing, asked)


def spans(rows: list[int]) -> list[tuple[int, int, int]]:
    """Row, first second and length of each stretch of equal rows."""
    found, start = [], 0
    for row, group in groupby(rows):
        length = len(list(group))
        found.append((row, start, length))
        start += length
    return found


# --- by hand: one intersection with four phases, no traffic ---

CROSS = grid(1, 1)
ROWS = CROSS.tables.phase_row[0].tolist()
BETWEEN = CROSS.tables.clearance_row[0].tolist()


def shown(asked: list[int], **timing: int) -> list[int]:
    """Rows that the intersection shows when these phases are asked for, second by second, without traffic."""
    free = {"min_green": 0, "max_green": NEVER, "yellow": 0, "all_red": 0, "max_red": NEVER}
    trips = TripDemand(CROSS, [], 1).draw(0)
    return run(CROSS, trips, Timing(**free | timing), np.array(asked, np.int32)[:, None]).log[:, 0].tolist()


def test_the_first_phase_is_shown_from_the_start():
    assert shown([0] * 5) == [ROWS[0]] * 5
    assert shown([2] * 5, min_green=3, yellow=1) == [ROWS[0]] * 3 + [BETWEEN[0][2]] + [ROWS[2]]


def test_a_request_after_the_min_green_is_granted_at_once():
    rows = shown([0] * 8 + [1] * 8, min_green=5, yellow=3, all_red=2)
    assert rows == [ROWS[0]] * 8 + [BETWEEN[0][1]] * 5 + [ROWS[1]] * 3


def test_a_standing_request_is_granted_when_the_min_green_is_over():
    rows = shown([0] * 2 + [1] * 14, min_green=5, yellow=3, all_red=2)
    assert rows == [ROWS[0]] * 5 + [BETWEEN[0][1]] * 5 + [ROWS[1]] * 6


def test_a_request_taken_back_in_time_changes_nothing():
    assert shown([0, 0, 1, 1, 0, 0, 0, 0], min_green=5, yellow=3) == [ROWS[0]] * 8


def test_a_request_in_the_yellow_does_not_change_where_it_leads():
    rows = shown([0] * 4 + [1] + [3] * 15, min_green=4, yellow=3, all_red=1)
    assert rows == [ROWS[0]] * 4 + [BETWEEN[0][1]] * 4 + [ROWS[1]] * 4 + [BETWEEN[1][3]] * 4 + [ROWS[3]] * 4


def test_without_intergreen_the_next_phase_follows_at_once():
    assert shown([0, 0, 1, 2, 2, 0]) == [ROWS[phase] for phase in (0, 0, 1, 2, 2, 0)]
    assert shown([0, 0, 1, 2, 2, 0, 0], min_green=2) == [ROWS[phase] for phase in (0, 0, 1, 1, 2, 2, 0)]


@pytest.mark.parametrize(("yellow", "all_red"), [(2, 0), (0, 2), (1, 1)])
def test_yellow_and_all_red_show_the_clearance_row_alike(yellow, all_red):
    rows = shown([1] * 6, min_green=1, yellow=yellow, all_red=all_red)
    assert rows == [ROWS[0]] + [BETWEEN[0][1]] * 2 + [ROWS[1]] * 3


def test_right_turns_stay_green_through_a_change():
    rows = shown([0] * 3 + [1] * 6, min_green=3, yellow=3)
    rights = {movement for movement, turn in enumerate(CROSS.movement_turns) if turn == "right"}
    assert all(rights <= set(CROSS.row_movements[0][row]) for row in rows)
    assert set(CROSS.row_movements[0][rows[3]]) == rights


# --- limits, with one vehicle that waits at phase 1 ---


def served_alone(phase: int) -> tuple[str, str]:
    """Roads of a movement that only this phase serves."""
    served = CROSS.tables.served
    return CROSS.movement_roads[int(np.flatnonzero(served[:, phase] & (served.sum(axis=1) == 1))[0])]


def waiting_at_phase_1(seconds: int, **limits: int) -> tuple[Run, int]:
    """A run in which phase 0 is asked for all the time, and when a vehicle that it does not serve comes to stand."""
    trips = TripDemand(CROSS, [PlannedTrip("one", 0, served_alone(1))], 1).draw(0)
    timing = Timing(**{"min_green": 5, "max_green": NEVER, "yellow": 3, "all_red": 1, "max_red": NEVER} | limits)
    result = run(CROSS, trips, timing, np.zeros((seconds, 1), np.int32))
    return result, next(reading.time for reading in result.readings[5:] if reading.queue.sum() == 1)


def test_max_green_ends_a_green_only_while_someone_waits_elsewhere():
    result, halted_at = waiting_at_phase_1(120, max_green=20)
    assert halted_at > 20
    rows = result.log[:, 0].tolist()
    assert rows[:halted_at] == [ROWS[0]] * halted_at
    assert rows[halted_at : halted_at + 9] == [BETWEEN[0][1]] * 4 + [ROWS[1]] * 5
    assert rows[halted_at + 9 : halted_at + 13] == [BETWEEN[1][0]] * 4  # back to what is asked for after the min green
    assert rows[halted_at + 13 :] == [ROWS[0]] * (120 - halted_at - 13)


def test_max_red_overrules_the_request_once():
    result, halted_at = waiting_at_phase_1(150, max_red=40)
    stretches = spans(result.log[:, 0].tolist())
    assert [row for row, _, _ in stretches] == [ROWS[0], BETWEEN[0][1], ROWS[1], BETWEEN[1][0], ROWS[0]]
    assert [length for _, _, length in stretches[:4]] == [halted_at + 40, 4, 5, 4]


@pytest.mark.parametrize("order", [(1, 3), (3, 1), (2, 1)])
def test_the_vehicle_that_has_stood_longest_is_served_first(order):
    roads = [served_alone(phase) for phase in order]
    trips = TripDemand(CROSS, [PlannedTrip(f"trip_{k}", 10 * k, each) for k, each in enumerate(roads)], 20).draw(0)
    timing = Timing(min_green=80, max_green=NEVER, yellow=3, all_red=1, max_red=10)
    result = run(CROSS, trips, timing, np.zeros((300, 1), np.int32))
    assert result.readings[80].queue.sum() == 2
    greens = [row for row, _, _ in spans(result.log[:, 0].tolist()) if row in result.green_rows(0)]
    assert greens == [ROWS[0], ROWS[order[0]], ROWS[order[1]], ROWS[0]][: len(greens)]
    assert len(greens) >= 3


# --- limits, with a vehicle that no phase serves ---

THREE = select_phases(CROSS, ROWS[:3])  # nothing serves the movements that phase 3 alone served


def beside_an_unserved_one(seconds: int, **limits: int) -> Run:
    """A run in which phase 0 is asked for. One vehicle waits for no phase, and two minutes later one for phase 1."""
    planned = [PlannedTrip("unserved", 0, served_alone(3)), PlannedTrip("served", 120, served_alone(1))]
    timing = Timing(**{"min_green": 5, "max_green": NEVER, "yellow": 3, "all_red": 1, "max_red": NEVER} | limits)
    return run(THREE, TripDemand(THREE, planned, 200).draw(0), timing, np.zeros((seconds, 1), np.int32))


@pytest.mark.parametrize("limits", [{"max_green": 30}, {"max_red": 40}, {"max_green": 30, "max_red": 40}])
def test_limits_hold_beside_a_vehicle_that_no_phase_serves(limits):
    result = beside_an_unserved_one(400, **limits)
    stretches = spans(result.log[:, 0].tolist())
    assert [row for row, _, _ in stretches] == [ROWS[0], BETWEEN[0][1], ROWS[1], BETWEEN[1][0], ROWS[0]]
    halted_at = next(reading.time for reading in result.readings if reading.queue.sum() == 2)
    assert stretches[0][2] == halted_at + limits.get("max_red", 0) * ("max_green" not in limits)
    assert result.readings[-1].vehicles.sum() == 1  # the unserved one


def test_a_vehicle_that_no_phase_serves_ends_no_green():
    planned = [PlannedTrip("unserved", 0, served_alone(3))]
    timing = Timing(min_green=5, max_green=20, yellow=3, all_red=1, max_red=40)
    result = run(THREE, TripDemand(THREE, planned, 1).draw(0), timing, np.zeros((300, 1), np.int32))
    assert result.readings[-1].queue.sum() == 1
    assert result.log[:, 0].tolist() == [ROWS[0]] * 300


# --- limits without a min green ---


@pytest.mark.parametrize("limits", [{"max_green": 20}, {"max_red": 40}])
def test_a_green_that_a_limit_demands_is_shown_though_another_phase_is_asked_for(limits):
    result, _ = waiting_at_phase_1(200, min_green=0, **limits)
    rows = [row for row, _, _ in spans(result.log[:, 0].tolist())]
    assert rows[:4] == [ROWS[0], BETWEEN[0][1], ROWS[1], BETWEEN[1][0]]
    assert result.readings[-1].queue.sum() == 0


def test_two_overdue_phases_do_not_keep_each_other_from_green():
    planned = [PlannedTrip(f"phase {phase}", 0, served_alone(phase)) for phase in (1, 3)]
    timing = Timing(min_green=0, max_green=NEVER, yellow=3, all_red=1, max_red=30)
    result = run(CROSS, TripDemand(CROSS, planned, 1).draw(0), timing, np.zeros((300, 1), np.int32))
    assert {ROWS[1], ROWS[3]} <= set(result.log[:, 0].tolist())
    assert result.readings[-1].vehicles.sum() == 0


# --- in every second of random runs ---


def predicted(result: Run, n: int) -> list[int]:
    """Rows by the rules alone when there is neither max green nor max red."""
    tables, timing = result.network.tables, result.timing
    rows, phase, before, age, clearing = [], 0, 0, 0, 0
    for asked in result.asked[:, n].tolist():
        if clearing == 0 and age >= timing.min_green and asked != phase:
            before, phase, age, clearing = phase, asked, 0, result.intergreen
        if clearing > 0:
            rows.append(int(tables.clearance_row[n, before, phase]))
            clearing -= 1
        else:
            rows.append(int(tables.phase_row[n, phase]))
            age += 1
    return rows


@seeded
@given(seeds)
def test_without_limits_requests_alone_decide(seed):
    result = draw_run(seed, 120, least_green=0, limits=False, flow=0.02)
    for n in range(len(result.network.intersections)):
        assert result.log[:, n].tolist() == predicted(result, n)


@seeded
@given(seeds)
def test_every_green_has_its_least_time_and_every_change_its_clearance(seed):
    result = draw_run(seed, 200)
    for n in range(len(result.network.intersections)):
        greens, stretches = result.green_rows(n), spans(result.log[:, n].tolist())
        assert stretches[0][0] == result.network.tables.phase_row[n, 0]
        for row, start, length in stretches[:-1]:
            if row in greens:
                assert length >= result.timing.min_green, f"row {row} at intersection {n} in second {start}"
            else:
                assert length == result.intergreen > 0, f"row {row} at intersection {n} in second {start}"


@seeded
@given(seeds)
def test_movements_of_both_greens_stay_green_between_them_and_no_others(seed):
    result = draw_run(seed, 200)
    for n in range(len(result.network.intersections)):
        green = [set(movements) for movements in result.network.row_movements[n]]
        rows = [row for row, _, _ in spans(result.log[:, n].tolist())]
        step = 1 if result.intergreen == 0 else 2
        assert set(rows[::step]) <= result.green_rows(n)
        for before, between, after in zip(rows[::step], rows[1::step], rows[step::step], strict=False):
            assert step == 1 or green[between] == green[before] & green[after]


def shown_movements(result: Run) -> Bools:
    """Movements that are green in each second (seconds, M)."""
    green = np.zeros((len(result.log), len(result.network.movement_roads)), bool)
    for now, rows in enumerate(result.log.tolist()):
        for n, row in enumerate(rows):
            green[now, list(result.network.row_movements[n][row])] = True
    return green


def protected_conflicts(network: Network) -> list[tuple[int, int]]:
    """Movements that must not be green together: neither a right turn, nor a left turn and what comes towards it."""
    turns = network.movement_turns
    # Which left turns a table lets yield is for the checks of the tables to judge.
    together = {(one, other) for rows in network.row_movements for row in rows for one in row for other in row}
    return [
        (one, other)
        for one, other in sorted(conflicting_movements(network))
        if "right" not in (turns[one], turns[other])
        and not ({turns[one], turns[other]} == {"left", "through"} and (one, other) in together)
    ]


@seeded
@given(seeds)
def test_conflicting_movements_are_kept_apart_by_the_intergreen(seed):
    result = draw_run(seed, 150, least_green=0)
    green = shown_movements(result)
    pairs = protected_conflicts(result.network)
    starts = green & ~np.vstack([green[:1], green[:-1]])
    for one, other in pairs:
        assert not (green[:, one] & green[:, other]).any()
        for ago in range(1, result.intergreen + 1):
            assert not (starts[ago:, one] & green[:-ago, other]).any(), f"{one} starts {ago} s after {other}"


@seeded
@given(seeds)
def test_readings_agree_with_the_log(seed):
    result = draw_run(seed, 120)
    for n, count in enumerate(result.network.tables.phase_count.tolist()):
        rows, phase_rows = result.log[:, n].tolist(), result.network.tables.phase_row[n, :count].tolist()
        for time, reading in enumerate(result.readings):
            interval, age = interval_after(result, rows[:time], result.green_rows(n))
            assert (reading.interval[0, n], reading.age[0, n]) == (interval, age)
            assert reading.may_switch[0, n] == (interval == GREEN and age >= result.timing.min_green)
            for phase, row in enumerate(phase_rows):
                last = max((now for now in range(time) if rows[now] == row), default=-1)
                assert reading.since_served[0, n, phase] == time - 1 - last
            coming = [row for row in rows[max(0, time - 1) :] if row in phase_rows]
            if coming:
                assert reading.phase[0, n] == phase_rows.index(coming[0])


def interval_after(result: Run, rows: list[int], greens: set[int]) -> tuple[int, int]:
    """Interval and its age once these rows have been shown."""
    if not rows:
        return GREEN, 0
    _, _, length = spans(rows)[-1]
    if rows[-1] in greens:
        return GREEN, length
    if length < result.timing.yellow:
        return YELLOW, length
    if length < result.intergreen:
        return ALL_RED, length - result.timing.yellow
    return GREEN, 0


# --- the limits, with the traffic as the oracle moves it ---


class Stand(NamedTuple):
    """A vehicle that has stood as the first of its lane at a red, at the start of a second."""

    now: int  # [s]
    since: int  # [s] first whole second in which it stood there
    connection: int  # that it wants to take, as a drivable


def stands(result: Run) -> list[Stand]:
    """All that stand at a red, once for each second."""
    streets = oracle.Streets(result.network.tables)
    traffic = oracle.run(result.network, result.trips, result.log, len(result.log), trajectory=True)
    paths = [oracle.path_of(result.trips, vehicle) for vehicle in range(len(result.trips))]
    since: dict[int, int] = {}  # by vehicle
    found = []
    for now, states in enumerate(traffic.trajectory):
        first: dict[int, tuple[float, float, int]] = {}
        for vehicle, drivable, position, speed in states:
            if streets.is_lane(drivable):
                first[drivable] = max(first.get(drivable, (-1.0, 0.0, 0)), (position, speed, vehicle))
        waiting = {}
        for lane, (_, speed, vehicle) in first.items():
            place = len(paths[vehicle]) - 1 - paths[vehicle][::-1].index(lane)
            if speed >= oracle.HALTED or place + 1 == len(paths[vehicle]):
                continue
            connection = paths[vehicle][place + 1]
            if not streets.is_green(connection, result.log[now].tolist()):
                waiting[vehicle] = since.get(vehicle, now + 1)
                found.append(Stand(now + 1, waiting[vehicle], connection))
        since = waiting
    return found


def serving(network: Network, connection: int) -> tuple[int, int]:
    """Intersection and movement of a connection that is given as a drivable."""
    place = connection - len(network.tables.lane_road)
    return int(network.tables.intersection[place]), int(network.tables.movement[place])


def is_served(network: Network, connection: int) -> bool:
    """Whether some phase serves a connection that is given as a drivable."""
    n, movement = serving(network, connection)
    return bool(network.tables.served[movement, : network.tables.phase_count[n]].any())


@seeded_slow
@given(seeds, st.booleans())
def test_no_green_outlasts_its_longest_time_while_someone_waits_elsewhere(seed, unserved):
    result = draw_run(seed, 200, unserved=unserved)
    if result.timing.max_green == NEVER:
        result = run(*result[:2], result.timing._replace(max_green=result.timing.min_green + 5), result.asked)
    waits = {
        (stand.now, serving(result.network, stand.connection)[0])
        for stand in stands(result)
        if stand.since < stand.now and is_served(result.network, stand.connection)
    }
    for n in range(len(result.network.intersections)):
        for row, start, length in spans(result.log[:, n].tolist()):
            if row in result.green_rows(n):
                overlong = range(start + result.timing.max_green, start + length)
                assert not any((now, n) in waits for now in overlong), f"intersection {n}, green from second {start}"


@seeded_slow
@given(seeds, st.booleans())
def test_a_vehicle_that_has_stood_at_a_red_for_its_longest_time_gets_green_soon(seed, unserved):
    drawn = draw_run(seed, 300, flow=0.15, steady=True, unserved=unserved)
    timing = drawn.timing._replace(min_green=1 + drawn.timing.min_green % 4, max_green=NEVER, max_red=5 + seed % 30)
    result = run(*drawn[:2], timing, drawn.asked)
    found = [stand for stand in stands(result) if is_served(result.network, stand.connection)]
    assume(len(found) > 0)
    for stand in found:
        n, _ = serving(result.network, stand.connection)
        phases = int(result.network.tables.phase_count[n])
        # At worst the present phase and then every other come before, each with its intergreen.
        bound = (phases + 1) * (result.intergreen + timing.min_green)
        assert stand.now - stand.since <= timing.max_red + bound, f"{stand} at intersection {n}"
