"""Local measures of small runs beside the measures of the network and what is worked out by hand."""

from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.two_intersections import PAIRS, scenario
from traffic_marl.local_measures import KINDS, LOCAL_DEFINITIONS, level_of_service
from traffic_marl.local_measures.headways import SATURATION_FLOW
from traffic_marl.rollout import run

BUSY = scenario(demand={"kind": "turning", "inflow_vph": 550}, duration_s=600, clearing_s=900)


@pytest.fixture(scope="module")
def busy():
    return run(BUSY, "fixed_time", [0, 1, 2], by_movement=True)


@pytest.fixture(scope="module")
def cut():
    """A run that ends with many vehicles on the network and before it."""
    return run(
        scenario(demand={"kind": "turning", "inflow_vph": 2500}, clearing_s=0),
        "fixed_time:green_s=60",
        [3],
        until=400,
        by_movement=True,
    )


@pytest.mark.parametrize("name", ["busy", "cut"])
def test_the_places_add_up_to_the_network(name, request):
    rollout = request.getfixturevalue(name)
    local, measures = rollout.local, rollout.measures
    parts = local.balance.places + local.balance.elsewhere + local.balance.unfinished
    assert parts == pytest.approx(measures.mean_delay * measures.demanded)
    for kind in KINDS:
        assert local.of(kind).total_delay.sum(axis=1) == pytest.approx(local.balance.places)
        for count in ("demand", "arrived", "served"):
            totals = getattr(local.of(kind), count).sum(axis=1)
            assert np.array_equal(totals, getattr(local.movements, count).sum(axis=1))
    assert (local.balance.places > 1000).all()


def test_every_visit_is_served_where_every_trip_is_completed(busy):
    assert (busy.measures.unserved == 0).all()
    movements = busy.local.movements
    assert np.array_equal(movements.demand, movements.served)
    demand = busy.scenario.build_demand()
    visits = [
        sum((trips.path[start : start + 20] >= 0).argmin() // 2 for start in trips.path_start.tolist())
        for trips in (demand.draw(seed) for seed in busy.seeds)
    ]
    assert movements.demand.sum(axis=1).tolist() == visits


def test_unserved_visits_are_those_behind_unserved_vehicles(cut):
    movements = cut.local.movements
    assert (movements.demand >= movements.arrived).all()
    assert (movements.arrived >= movements.served).all()
    assert movements.demand.sum() - movements.served.sum() >= cut.measures.unserved[0] > 50
    assert cut.measures.backlog[0] > 0
    assert np.nanmax(movements.entry_delay) > 10.0


def test_delay_elsewhere_is_small_where_all_other_roads_are_exits(busy):
    assert (busy.local.balance.elsewhere >= 0).all()
    assert (busy.local.balance.elsewhere <= 1.0 * busy.measures.demanded).all()
    assert busy.local.balance.unfinished == pytest.approx([0, 0, 0])


def test_standstills_are_those_of_the_network(busy):
    queue = busy.local.movements.mean_queue.sum(axis=1)
    assert queue == pytest.approx(busy.measures.mean_queue, abs=0.05)
    entered = busy.local.intersections.arrived.sum(axis=1)
    stops = np.nansum(busy.local.movements.stops * busy.local.movements.arrived, axis=1)
    assert stops == pytest.approx(busy.measures.stops * busy.measures.demanded, abs=5)
    assert (entered > 300).all()


def test_a_copy_is_measured_as_it_would_be_alone(busy):
    alone = run(BUSY, "fixed_time", [1], by_movement=True).local
    for kind in KINDS:
        for name, values in alone.of(kind):
            assert np.array_equal(values[0], getattr(busy.local.of(kind), name)[1], equal_nan=True), name


def test_a_run_that_is_not_asked_for_them_has_no_local_measures():
    assert run(scenario(duration_s=30), "fixed_time", [0]).local is None


def test_local_measures_leave_the_measures_as_they_are(busy):
    plain = run(BUSY, "fixed_time", [0, 1, 2]).measures
    for name, values in plain:
        assert np.array_equal(values, getattr(busy.measures, name), equal_nan=True), name


@pytest.fixture(scope="module")
def straight():
    """720 veh/h from west to east past two signals, the first of which shows green for 20 s of each 60 s."""
    plan = "fixed_time:green_s=20"
    quiet = scenario(demand=PAIRS, duration_s=1200, signals={"phases": "two", "yellow_s": 3, "all_red_s": 2})
    return run(quiet, plan, [0], by_movement=True)


def test_volume_and_demand_are_those_of_the_flow(straight):
    first = next(g for g, place in enumerate(straight.local.movements.places) if place.name.endswith("W through"))
    movements = straight.local.movements
    assert movements.demand[0, first] == straight.measures.demanded[0]
    passed = movements.volume[0, first] * 1200 / 3600
    assert passed == pytest.approx(movements.served[0, first], abs=30)
    assert movements.demand[0].sum() == 2 * straight.measures.demanded[0]


def test_capacity_is_the_share_of_effective_green_of_the_saturation_flow(straight):
    local = straight.local
    places = [place.turn for place in local.movements.places]
    shown = straight.simulation.signal_log()[0, :1200]
    network = straight.simulation.network
    through = [g for g, turn in enumerate(places) if turn == "through" and local.movements.demand[0, g] > 0]
    for g in through:
        rows = network.row_movements[network.tables.movement_intersection[g]]
        green = [g in rows[row] for row in shown[:, network.tables.movement_intersection[g]].tolist()]
        starts = sum(now and not before for before, now in pairwise(green))
        share = (sum(green) - starts * local.time_lost["through"][0]) / 1200
        lanes = network.tables.movement_lane_start[g + 1] - network.tables.movement_lane_start[g]
        expected = share * lanes * local.saturation_flow["through"][0]
        assert local.movements.capacity[0, g] == pytest.approx(expected, rel=0.02)
        flow = local.movements.arrived[0, g] * 3
        assert local.movements.saturation[0, g] == pytest.approx(flow / expected, rel=0.03)
    assert len(through) == 2


def test_saturation_flow_is_measured_where_queues_are_long_enough(straight, busy):
    assert straight.local.headways["left"].tolist() == [0]
    assert straight.local.saturation_flow["left"].tolist() == [SATURATION_FLOW]
    measured = busy.local.headways["through"] >= 30
    assert measured.any()
    assert (np.abs(busy.local.saturation_flow["through"][measured] - 1440) < 150).all()


def test_places_that_nobody_visits_have_no_delay_and_no_level(straight):
    movements = straight.local.movements
    empty = movements.demand[0] == 0
    assert empty.any()
    assert np.isnan(movements.mean_delay[0, empty]).all()
    assert {movements.levels(0)[g] for g in np.flatnonzero(empty)} == {""}
    assert (movements.p95_queue[0, empty] == 0).all()


def test_every_level_is_that_of_the_delay(busy):
    for kind in KINDS:
        table = busy.local.of(kind)
        assert table.levels(1) == tuple(level_of_service(delay) for delay in table.mean_delay[1].tolist())


def test_queues_and_full_lanes_are_seen_where_the_demand_is_far_above_capacity(cut):
    approaches = cut.local.approaches
    worst = int(np.nanargmax(approaches.mean_delay[0]))
    assert approaches.spillback[0, worst] > 100
    assert approaches.p95_queue[0, worst] > approaches.mean_queue[0, worst] > 10
    assert approaches.p95_queue_length[0, worst] > 200
    assert approaches.saturation[0, worst] > 1.0
    assert approaches.levels(0)[worst] == "F"


def test_all_numbers_are_of_copies_and_places(busy):
    for kind in KINDS:
        table = busy.local.of(kind)
        names = [name for name, values in table if values.shape == (3, len(table.places))]
        assert names == list(LOCAL_DEFINITIONS)


def test_a_run_without_a_vehicle_has_places_without_visits():
    empty = run(scenario(demand={"kind": "turning", "inflow_vph": 0}), "fixed_time", [0, 1], until=60, by_movement=True)
    for kind in KINDS:
        assert (empty.local.of(kind).demand == 0).all()
        assert np.isnan(empty.local.of(kind).mean_delay).all()


def test_a_saturated_movement_serves_its_capacity(cut):
    """Where a queue never ends, the volume is about what the greens could serve. Its first one begins empty."""
    movements = cut.local.movements
    full = (movements.p95_queue[0] > 25) & (movements.saturation[0] > 1.2)
    assert full.sum() >= 3
    share = movements.volume[0, full] / movements.capacity[0, full]
    assert ((share > 0.7) & (share < 1.1)).all()
