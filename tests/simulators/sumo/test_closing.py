"""Closed lanes in SUMO."""

import numpy as np
import pytest

from tests.helpers.sumo import needs_sumo
from tests.helpers.sumo_town import town
from traffic_marl import run
from traffic_marl.errors import UsageError
from traffic_marl.network.generators.grid import grid
from traffic_marl.scenario import Incident, load_scenario
from traffic_marl.simulation import Closure
from traffic_marl.simulators.sumo.closing import ClosedSignals, check_closures, red_at

GRID = grid(1, 1)
SCENARIO = load_scenario("grid_2x2_smoke").within(until_s=300)


def test_the_connections_of_a_closed_lane_are_red_as_long_as_it_is_closed():
    lane = GRID.lanes_of("road_west_1_E")[1]
    closed = ClosedSignals(GRID, [Closure(lane, 10, 20)])
    assert [closed.at(0, now) for now in (9, 20)] == [(), ()]
    places = closed.at(0, 10)
    assert places == closed.at(0, 19)
    bits = GRID.tables.bit[GRID.tables.start_lane == lane]
    assert sorted(bits.tolist()) == list(places)
    assert red_at("GgyrG", (0, 2)) == "rgrrG"


def test_a_lane_without_a_signal_is_refused():
    network = town()
    with pytest.raises(UsageError, match="simulator: lane AT_0 ends at a junction without signals, where sumo cannot"):
        check_closures(network, [Closure(network.lanes_of("AT")[0], 0, 9)], "sumo")
    check_closures(network, [Closure(network.lanes_of("WC")[0], 0, 9)], "sumo")


@needs_sumo
def test_nobody_leaves_a_closed_road_in_sumo():
    road = "road_west_1_E"
    disturbed = SCENARIO.model_copy(update={"incidents": (Incident(road=road, from_s=60, until_s=200),)})
    left = {}
    for name, scenario in (("free", SCENARIO), ("closed", disturbed)):
        seen = []
        run(
            scenario,
            "fixed_time",
            (0,),
            simulator="sumo",
            interval=1,
            each_decision=lambda simulation, readings, phases, seen=seen: seen.append(readings.discharged[0]),
        )
        lanes = list(SCENARIO.build_network().lanes_of(road))
        left[name] = np.array(seen)[:, lanes].sum(axis=1)  # in the second before each
    assert left["free"][61:201].sum() > 5
    assert left["closed"][64:201].sum() == 0
    assert left["closed"][201:].sum() > 3


@needs_sumo
def test_the_control_of_sumo_is_refused_where_a_road_is_closed():
    disturbed = SCENARIO.model_copy(update={"incidents": (Incident(from_s=60, until_s=200),)})
    with pytest.raises(UsageError, match="sumo_actuated: its signals know neither closed lanes nor"):
        run(disturbed, "sumo_actuated", (0,), simulator="sumo")
