from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.helpers.handmade_signals import (
    EAST,
    EL,
    ET,
    NT,
    SOUTH,
    ST,
    TIMING,
    WL,
    WR,
    WT,
    arterial,
    crossing,
    mixed,
    random_readings,
    readings,
)
from traffic_marl import load_scenario
from traffic_marl.kernels.tables import BAND_EDGES, FINE_EDGES, FULL, GREEN, NONE, SPACE, YELLOW
from traffic_marl.messages.told import ToldReadings
from traffic_marl.planning import Planner, PlanOptions
from traffic_marl.planning.tables import HOLDS, planned_roads

NETWORK = crossing()  # phases 0 WT ET, 1 NT ST, 2 WL EL, 3 NL SL; lanes have the numbers of movements
NETWORKS = {"mixed": mixed(), "crossing": NETWORK, "grid": load_scenario("grid_2x2_smoke").build_network()}
PLAIN = PlanOptions(urgency=0.0)
CHANGE = TIMING.yellow + TIMING.all_red  # [s]


def delays(one, options=PLAIN, network=NETWORK, interval=1, timing=TIMING):
    """[veh s] (P,) planned at the first intersection of one copy."""
    return Planner(network, timing, interval, options)(one)[0, 0]


def stood(one, waits):
    """The readings, with the longest wait [s] of some lanes."""
    longest = np.zeros_like(one.queue)
    for lane, seconds in waits.items():
        longest[0, lane] = seconds
    return replace(one, longest_wait=longest)


# An oracle: the same in plain Python, for one intersection of one copy.


class Course:
    """Queues at the stop lines of an intersection."""

    def __init__(self, network, timing, interval, options, one, n, flow=None):
        tables = network.tables
        green = [set(np.flatnonzero(tables.served[:, p])) for p in range(tables.phase_count[n])]
        own = [m for m, at in enumerate(tables.movement_intersection) if at == n]
        self.needs = {m for m in own if any(m in each for each in green) and not all(m in each for each in green)}
        self.lanes_of = {m: tables.movement_lane[slice(*tables.movement_lane_start[m : m + 2])] for m in own}
        self.open = [self.lanes(each) for each in green]
        rows, clearance = network.row_movements[n], tables.clearance_row[n]
        self.kept = {
            (p, q): self.lanes(rows[clearance[p, q]]) for p in range(len(green)) for q in range(len(green)) if p != q
        }
        self.edges = FINE_EDGES if options.fine else BAND_EDGES
        self.moving = one.moving_fine if options.fine else one.moving
        self.options, self.change = options, timing.yellow + timing.all_red
        self.least = max(timing.min_green, interval - self.change, 1)
        self.shown, self.age = int(one.phase[0, n]), int(one.age[0, n])
        lanes = sorted(self.lanes(self.needs))
        self.queue = {lane: float(one.queue[0, lane]) for lane in lanes}
        self.weight = {lane: 1.0 + options.urgency * one.longest_wait[0, lane] for lane in lanes}
        self.late = {lane for lane in lanes if one.longest_wait[0, lane] >= options.longest_wait}
        self.blocked = {lane for lane in lanes if options.room and self.is_blocked(network, one, lane)}
        self.arrivals = {lane: self.seconds(network, lane) for lane in lanes}
        if flow is not None:
            for lane in lanes:
                self.arrivals[lane] += self.told(network, one, lane, flow)

    def lanes(self, movements):
        return {lane for m in movements if m in self.needs for lane in self.lanes_of[m]}

    def is_blocked(self, network, one, lane):
        """Whether a lane of a road that the lane leads to holds nine tenths of the vehicles it has room for."""
        tables = network.tables
        for m, own in enumerate(self.lanes_of_all(tables)):
            for ahead in tables.movement_exit[slice(*tables.movement_exit_start[m : m + 2])]:
                if lane in own and one.vehicles[0, ahead] >= FULL * max(tables.length[ahead] / SPACE, 1.0):
                    return True
        return False

    def lanes_of_all(self, tables):
        starts = tables.movement_lane_start
        return [tables.movement_lane[starts[m] : starts[m + 1]] for m in range(len(starts) - 1)]

    def seconds(self, network, lane):
        found, edges = [], (0.0, *self.edges)
        limit, length = network.tables.limit[lane], network.tables.length[lane]
        for band, vehicles in enumerate(self.moving[0, lane]):
            far = min((*self.edges, np.inf)[band], max(length, edges[band] + 10.0))
            times = [(edges[band] + (far - edges[band]) * (v + 0.5) / vehicles) / limit for v in range(vehicles)]
            found += [(int(time), 1.0) for time in times]
        return found

    def told(self, network, one, lane, flow):
        """Vehicles that green movements upstream send, as (second, share of a vehicle)."""
        tables, found = network.tables, []
        road = tables.lane_road[lane]
        lanes_of = [tables.movement_lane[slice(*tables.movement_lane_start[m : m + 2])] for m in range(len(flow))]

        def flow_on(wanted):
            return sum(flow[m] / len(own) for m, own in enumerate(lanes_of) for each in own if each == wanted)

        on_road = np.flatnonzero(tables.lane_road == road)
        total = sum(flow_on(each) for each in on_road)
        share = flow_on(lane) / total if total else 1.0 / len(on_road)
        for m, own in enumerate(lanes_of):
            n, into = tables.movement_intersection[m], tables.movement_exit[tables.movement_exit_start[m]]
            if n == NONE or tables.lane_road[into] != road:
                continue
            if one.interval[0, n] != GREEN or not tables.served[m, one.phase[0, n]]:
                continue
            begins = max(self.options.lost - one.age[0, n], 0)
            for upstream in own:
                part = share / sum(upstream in each for each in lanes_of)
                for time in self.departures(network, one, upstream, begins):
                    found.append((int(time + 2.0 + tables.length[lane] / tables.limit[lane]), part))
        return found

    def departures(self, network, one, lane, begins):
        """[s] at which the queue of a lane, and who is within 120 m, leave in its green."""
        limit, length = network.tables.limit[lane], network.tables.length[lane]
        times = [begins + (v + 1) / self.options.flow for v in range(one.queue[0, lane])]
        last = times[-1] if times else begins
        for near, far, vehicles in zip((0.0, *self.edges), self.edges, self.moving[0, lane], strict=False):
            if far > 120.0:
                break
            far = min(far, max(length, near + 10.0))
            for v in range(vehicles):
                own = begins + (near + (far - near) * (v + 0.5) / vehicles) / limit
                last = max(last + 1.0 / self.options.flow, own)
                times.append(last)
        return times

    def coming(self, lane, first, last):
        return sum(part for second, part in self.arrivals[lane] if first <= second < last)

    def delay(self, hold, following):
        waiting, phase, before, opens = dict(self.queue), self.shown, self.shown, 0
        discharges, total = max(self.options.lost - self.age, 0), 0.0
        for t in range(self.options.horizon):
            change = following if t == hold else None
            if t > hold and t >= opens + self.least:
                end = min(t + self.options.gap, self.options.horizon)
                if sum(waiting[k] + self.coming(k, t, end) for k in self.open[phase]) < 0.5:
                    change = self.fullest(waiting, phase, t)
            if change is not None:
                before, phase, opens = phase, change, t + self.change
                discharges = opens + self.options.lost
            for lane, waited in list(waiting.items()):
                now = waited + self.coming(lane, t, t + 1)
                kept = before != phase and lane in self.kept[before, phase]
                if lane not in self.blocked and (kept or (t >= opens and lane in self.open[phase])):
                    flow = self.options.flow if kept or t >= discharges else 0.0
                    now = max(now - (1.0 if waited <= 1e-9 else flow), 0.0)
                waiting[lane] = now
            total += sum(self.weight[lane] * now for lane, now in waiting.items())
        return total

    def fullest(self, waiting, phase, t):
        last = min(t + self.change + self.options.lost, self.options.horizon)
        sums = {
            p: sum(waiting[k] + self.coming(k, t, last) for k in lanes - self.open[phase])
            for p, lanes in enumerate(self.open)
            if p != phase
        }
        best = max(sums, key=sums.get, default=None)
        return None if best is None or sums[best] <= 0.5 else best

    def planned(self, interval):
        """Delay by phase, in one dictionary."""
        holds = [0, *sorted({-(-each // interval) * interval for each in HOLDS})]
        others = [p for p in range(len(self.open)) if p != self.shown]
        overdue = [p for p in others if self.late & (self.open[p] - self.open[self.shown])]
        found = {}
        for p in overdue or others:
            for hold in holds:
                if hold >= self.options.horizon or (hold and self.age + hold > self.options.longest_green):
                    continue
                last = min(hold + self.change + self.options.gap, self.options.horizon)
                beyond = self.open[p] - self.open[self.shown]
                if sum(self.queue[k] + self.coming(k, 0, last) for k in beyond) <= 0.0:
                    continue
                chosen = self.shown if hold else p
                found[chosen] = min(found.get(chosen, np.inf), self.delay(hold, p))
        return found or {self.shown: 0.0}


@given(
    seed=st.integers(0, 10_000),
    name=st.sampled_from(sorted(NETWORKS)),
    interval=st.sampled_from((1, 5, 7)),
    urgency=st.sampled_from((0.0, 0.01)),
    horizon=st.sampled_from((1, 30, 75)),
    told=st.sampled_from((None, "equal", "expected")),
    fine=st.booleans(),
    room=st.sampled_from((None, 0.3, 1.0)),
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_planned_delays_are_those_of_the_oracle(seed, name, interval, urgency, horizon, told, fine, room):
    network = NETWORKS[name]
    generator = np.random.default_rng(seed)
    one = random_readings(network, generator, 40)
    if room is not None:  # lanes as full as that
        tables = network.tables
        most = np.maximum(tables.length[: one.queue.shape[1]] / SPACE, 1.0)
        share = generator.random(one.queue.shape) < 0.3
        one = replace(one, vehicles=np.where(share, np.ceil(room * most), 0.0).astype(np.int32))
    age = generator.integers(0, 80, one.age.shape).astype(np.int32)
    one = replace(one, age=age, interval=np.full_like(one.interval, GREEN))
    is_equal = told == "equal" and name == "mixed"  # thirds would round otherwise in sums of another order
    expected_flow = generator.random(len(network.tables.movement_intersection)) * (not is_equal)
    flow = None if told is None else expected_flow
    options = PlanOptions(
        horizon=horizon, urgency=urgency, longest_green=60, longest_wait=100, fine=fine, room=room is not None
    )
    found = Planner(network, TIMING, interval, options, flow)(one)
    for n in range(len(network.intersections)):
        expected = np.full(found.shape[2], np.inf)
        planned = {int(one.phase[0, n]): 0.0}
        if one.age[0, n] >= TIMING.min_green:
            planned = Course(network, TIMING, interval, options, one, n, flow).planned(interval)
        for phase, delay in planned.items():
            expected[phase] = delay
        assert found[0, n] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_queue_at_red_waits_for_the_change_and_then_discharges():
    """Two vehicles: 5 s of change and 1 s lost, then half a vehicle leaves each second."""
    found = delays(readings(NETWORK, 100, queue={NT: 2}, age=30))
    assert found[1] == pytest.approx(2 * (CHANGE + 1) + 1.5 + 1.0 + 0.5)
    assert found[0] == pytest.approx(found[1] + 2.0)  # held for a second longer
    assert np.isinf(found[2:]).all()


def test_a_vehicle_that_finds_no_queue_at_green_passes():
    found = delays(readings(NETWORK, 100, moving={(ET, 1): 1}, queue={WL: 1}, age=30))
    assert found[0] < found[2]  # the eastern vehicle is 6 s away: passing costs the other one less than its own stop


def test_a_queue_in_green_goes_on_discharging_without_lost_time():
    one = readings(NETWORK, 100, queue={ET: 4, NT: 1}, age=30)
    assert delays(one)[0] < delays(replace(one, age=np.array([[5]], np.int32)), replace(PLAIN, lost=20))[0]


def test_without_anybody_at_red_the_phase_shown_alone_comes_next():
    assert delays(readings(NETWORK, 100, queue={ET: 3, WR: 5}, age=30)).tolist() == [0.0, np.inf, np.inf, np.inf]


@pytest.mark.parametrize(("age", "interval"), [(TIMING.min_green - 1, GREEN), (30, YELLOW)])
def test_no_phase_follows_while_no_change_can_be_asked_for(age, interval):
    one = readings(NETWORK, 100, queue={NT: 3}, age=age, interval=interval)
    assert delays(one).tolist() == [0.0, np.inf, np.inf, np.inf]


def test_a_green_is_not_held_beyond_the_longest():
    one = readings(NETWORK, 100, queue={ET: 9, NT: 1}, age=60)
    assert np.isfinite(delays(one)[0])
    assert np.isinf(delays(one, replace(PLAIN, longest_green=60))[0])
    assert np.isfinite(delays(one, replace(PLAIN, longest_green=61))[0])


def test_of_several_phases_only_those_that_are_overdue_follow():
    one = readings(NETWORK, 100, queue={NT: 9, ST: 9, WL: 1, EL: 1}, age=30)
    assert np.isfinite(delays(one)[:3]).all()
    assert np.isinf(delays(stood(one, {WL: 180}))[1])
    assert np.isfinite(delays(stood(one, {WL: 179}))[1])


def test_an_overdue_vehicle_that_has_green_changes_nothing():
    one = readings(NETWORK, 100, queue={WT: 3, NT: 2}, age=30)
    assert (delays(stood(one, {WT: 500})) == delays(one)).all()


def test_vehicles_weigh_more_where_one_has_stood_long():
    options = replace(PLAIN, urgency=0.01)
    one = readings(NETWORK, 100, queue={NT: 2}, age=30)
    assert delays(stood(one, {NT: 50}), options)[1] == pytest.approx(1.5 * delays(one)[1])


def test_lanes_that_stay_green_through_a_change_flow_on():
    """Overlapping phases of a grid's own table: what the clearance row keeps is kept, and nothing else."""
    network = load_scenario("arterial_1x4_lefts").build_network()
    roads, tables = planned_roads(network), network.tables
    count = int(tables.phase_count[0])
    own = roads.lane[roads.lane_start[0] : roads.lane_start[1]]
    for p in range(count):
        assert (roads.kept[0, p, p] == roads.open[0, p]).all()
        for q in range(count):
            both = roads.open[0, p] & roads.open[0, q]
            assert (roads.kept[0, p, q, : len(own)] <= both[: len(own)]).all()
    assert any(roads.kept[0, p, q].any() for p in range(count) for q in range(count) if p != q)


def test_a_vehicle_comes_when_its_finer_band_says():
    """Two vehicles at red, 0 to 20 m and 40 to 60 m away: in the finer bands the first one is there 2 s earlier."""
    one = replace(readings(NETWORK, 100, age=30), moving_fine=np.zeros((1, len(NETWORK.lane_names), 11), np.int32))
    one.moving_fine[0, NT, 2] = 1
    one.moving[0, NT, 0] = 1
    near = replace(one, moving_fine=np.zeros_like(one.moving_fine))
    near.moving_fine[0, NT, 0] = 1
    fine = replace(PLAIN, fine=True)
    assert delays(near, fine)[1] == delays(one, fine)[1] + 3.0  # 10 m and 50 m at 15 m/s: in seconds 0 and 3
    assert delays(near)[1] == delays(one)[1]


def test_a_lane_lets_nobody_go_while_a_lane_ahead_is_full():
    waiting = {entry(EAST): 4, entry(SOUTH): 1}
    one = readings(ROW, 100, queue=waiting, age=30)
    ahead = int(ROW.tables.movement_exit[ROW.tables.movement_exit_start[EAST]])
    full = int(np.ceil(FULL * ROW.tables.length[ahead] / SPACE))
    vehicles = one.vehicles.copy()
    vehicles[0, ahead] = full
    foreseen = replace(PLAIN, room=True)
    held = delays(replace(one, vehicles=vehicles), foreseen, ROW)
    assert held[0] == held[1] + 1.0  # the four stand in either case, and the fifth a second longer
    vehicles[0, ahead] = full - 1
    assert (delays(replace(one, vehicles=vehicles), foreseen, ROW) == delays(one, PLAIN, ROW)).all()


def test_copies_plan_alone_as_in_a_batch():
    planner = Planner(NETWORK, TIMING, 1, PlanOptions())
    several = [random_readings(NETWORK, np.random.default_rng(seed), 40) for seed in range(4)]
    arrays = ("vehicles", "queue", "moving", "longest_wait", "phase", "age", "interval")
    together = replace(
        several[0], **{name: np.concatenate([getattr(each, name) for each in several]) for name in arrays}
    )
    assert (planner(together) == np.concatenate([planner(each) for each in several])).all()


ROW = arterial(2)  # movements 4 j + EAST, WEST, SOUTH, NORTH; phase 0 is the main road
EAST_FLOW = np.where(np.arange(8) == EAST, 1.0, 0.0)


def second_of_row(one, flow=EAST_FLOW):
    """[veh s] (P,) planned at the second intersection."""
    return Planner(ROW, TIMING, 1, PLAIN, flow)(one)[0, 1]


def entry(movement):
    """The lane that a movement of the row leaves from."""
    return int(ROW.tables.movement_lane[ROW.tables.movement_lane_start[movement]])


def test_vehicles_that_a_neighbour_lets_go_are_foreseen():
    """Ten vehicles come from the first intersection, which shows green to them, as long as the second shows red."""
    waiting = {entry(EAST): 10, entry(4 + SOUTH): 9}
    told, alone = (second_of_row(readings(ROW, 100, queue=waiting, age=30), flow) for flow in (EAST_FLOW, None))
    assert alone[1] < told[1]  # the eastern vehicles will have to stop


def test_vehicles_that_a_neighbour_holds_are_not_foreseen():
    waiting = {entry(EAST): 10, entry(4 + EAST): 1}
    one = readings(ROW, 100, queue=waiting, phase=(1, 1), age=30)
    assert (second_of_row(one) == second_of_row(one, None)).all()


def test_a_message_that_says_nothing_of_a_queue_leaves_it_out():
    waiting = {entry(EAST): 10, entry(4 + SOUTH): 1}
    one = readings(ROW, 100, queue=waiting, age=30)
    silent = ToldReadings(**vars(one), told=readings(ROW, 100, age=30))
    assert (second_of_row(silent) == second_of_row(one, None)).all()
