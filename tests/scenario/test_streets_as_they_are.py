"""Scenarios with phases, lanes and pockets of single intersections and roads."""

import numpy as np
import pytest

from traffic_marl import run
from traffic_marl.errors import ScenarioError
from traffic_marl.scenario import ArterialNetwork, GridNetwork, Scenario, Signals, TurningFlows, TurningShares

ONE_LANE = (("left", "through", "right"),)
LEAD_LAG = ("E all", "EW through", "W all", "NS through", "NS left")


def scenario(network, **fields):
    parts = {"demand": TurningFlows(inflow_vph=300), "duration_s": 240, "clearing_s": 400}
    return Scenario(name="own", network=network, **(parts | fields))


def test_a_plain_network_is_written_as_ever():
    written = GridNetwork(rows=1, columns=2).model_dump()
    assert set(written) == {"kind", "rows", "columns", "block_m", "rim_m", "lanes", "speed_limit_kmh", "missing"}
    again = GridNetwork.model_validate(written | {"road_lanes": None, "left_pocket_m": None})
    assert again.model_dump() == written


def test_phases_lanes_and_pockets_survive_json():
    network = ArterialNetwork(
        intersections=2,
        left_pocket_m=60,
        road_pockets_m={"road_west_E": {"left": 90}},
        road_lanes={"road_north_1_S": ONE_LANE},
    )
    phases = {"intersection_1": ("EW", "N all", "S all"), "intersection_2": "eight"}
    one = scenario(network, signals=Signals(phases=phases))
    again = Scenario.model_validate_json(one.model_dump_json())
    assert again == one
    assert again.hash() == one.hash()
    assert again.build_network().phase_names[0] == ("EW", "N all", "S all")
    assert len(again.build_network().lanes_of("road_north_1_S")) == 1


def test_the_order_of_intersections_does_not_matter():
    phases = {"intersection_1_1": "two", "intersection_1_2": LEAD_LAG}
    network = GridNetwork(rows=1, columns=2)
    other = dict(reversed(phases.items()))
    hashes = {scenario(network, signals=Signals(phases=each)).hash() for each in (phases, other)}
    assert len(hashes) == 1


def test_split_phasing_serves_a_lane_for_all_turns():
    split = ("E all", "W all", "N all", "S all")
    network = GridNetwork(rows=1, columns=2, lanes=ONE_LANE)
    with pytest.raises(ScenarioError, match="no phase serves all turns"):
        scenario(network).build_network()
    assert run(scenario(network, signals=Signals(phases=split)), "fixed_time", seeds=(0,)).measures.mean_delay[0] > 0


def test_streets_of_a_grid_differ_by_direction_and_by_road():
    network = GridNetwork(
        rows=2,
        columns=2,
        column_lanes=(("left",), ("through", "right")),
        column_speed_limit_kmh=30,
        road_lanes={"road_1_1_E": (("left",), ("through",), ("through",), ("right",))},
    )
    built = scenario(network).build_network()
    assert {road: len(built.lanes_of(road)) for road in ("road_1_2_W", "road_1_1_N", "road_1_1_E")} == {
        "road_1_2_W": 3,
        "road_1_1_N": 2,
        "road_1_1_E": 4,
    }
    assert built.tables.limit[built.lanes_of("road_1_1_N")[0]] == pytest.approx(30 / 3.6)
    assert built.tables.limit[built.lanes_of("road_1_1_E")[0]] == pytest.approx(50 / 3.6)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"left_pocket_m": 5}, "left_pocket_m: .* give metres, at least 10"),
        ({"road_pockets_m": {"road_x": {"through": 50}}}, r"road_pockets_m.road_x.through: 'through' is not one of"),
        ({"left_pocket_m": 900}, "network.left_pocket_m: a pocket of 900 m is too long for road_"),
        ({"road_pockets_m": {"road_x": {"left": 50}}}, r"network.road_pockets_m\[road_x\]: there is no road"),
        ({"road_lanes": {"road_x": ONE_LANE}}, r"network.road_lanes\[road_x\]: there is no road of this name"),
        (
            {"road_lanes": {"road_1_1_E": (("right",), ("left",))}},
            r"network.road_lanes\[road_1_1_E\]\[1\]: it goes left",
        ),
    ],
)
def test_mistakes_name_the_field(fields, message):
    with pytest.raises(ScenarioError, match=message):
        scenario(GridNetwork(rows=1, columns=2, **fields)).build_network()


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ({"intersection_9": "two"}, r"signals.phases\[intersection_9\]: there is no intersection of this name"),
        (("EW", "NS", "EW "), "signals.phases: 'EW' is given twice; give each phase once"),
        (("EW", "NS turn"), r"signals.phases: 'NS turn' in 'NS turn' is no part of a phase"),
        ({"intersection_1_1": ("EW", "NS turn")}, r"signals.phases\[intersection_1_1\]: 'NS turn' in"),
        (("EW + N through", "NS"), r"signals.phases\[intersection_1_1\]: in 'EW \+ N through'"),
        (("EW", 1), r"signals.phases: .* is no choice of phases; use one of two, four, eight, or a list of phases"),
        ((1, 2), "signals.phases: a generated network has no rows to choose"),
    ],
)
def test_mistakes_in_phases_name_the_intersection(phases, message):
    with pytest.raises(ScenarioError, match=message):
        scenario(GridNetwork(rows=1, columns=2), signals={"phases": phases}).build_network()


@pytest.mark.parametrize("strategy", ["fixed_time", "max_pressure", "actuated", "green_wave"])
def test_all_vehicles_get_through_pockets(strategy):
    lanes = (("left",), ("through",), ("through",), ("right",))
    network = GridNetwork(rows=1, columns=2, lanes=lanes, left_pocket_m=60, right_pocket_m=30)
    one = scenario(network, demand=TurningFlows(inflow_vph=400, turning=TurningShares(left=0.3, right=0.3)))
    rollout = run(one, strategy, seeds=(0, 1), audit=True)
    assert (rollout.measures.completion_rate == 1.0).all()


def test_vehicles_that_all_turn_pass_the_start_of_a_pocket():
    turning = TurningShares(left=1.0, through=0.0, right=0.0)
    one = scenario(
        GridNetwork(rows=1, columns=1, left_pocket_m=60), demand=TurningFlows(turning=turning, inflow_vph=300)
    )
    network = one.build_network()
    widening = np.array(["part_2" in after for _, after in network.movement_roads])
    lefts = np.array(network.movement_turns) == "left"
    assert one.flow()[widening].sum() == pytest.approx(4 * 300 / 3600)
    assert one.flow()[lefts].sum() == pytest.approx(4 * 300 / 3600)


def test_a_full_pocket_holds_up_the_lane_before_it_and_a_longer_one_does_not():
    turning = TurningShares(left=0.5, through=0.5, right=0.0)
    delays = []
    for length in (15.0, 100.0):
        network = GridNetwork(rows=1, columns=1, lanes=(("left",), ("through",)), left_pocket_m=length)
        one = scenario(network, demand=TurningFlows(inflow_vph=450, turning=turning), duration_s=600)
        delays.append(run(one, "fixed_time", seeds=(0, 1, 2)).measures.mean_delay.mean())
    assert delays[0] > 1.2 * delays[1]
