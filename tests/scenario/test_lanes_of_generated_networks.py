import warnings

import pytest

from traffic_marl.errors import ScenarioError
from traffic_marl.remarks import DataWarning
from traffic_marl.scenario import ArterialNetwork, GridNetwork, Scenario, Signals, TurningFlows


def grid_scenario(**fields):
    parts = {"name": "own", "network": GridNetwork(rows=1, columns=2), "demand": TurningFlows(inflow_vph=300)}
    return Scenario(**(parts | fields))


SIDE_STREET = ArterialNetwork(intersections=2, side_lanes=(("left", "through", "right"),))


def test_a_lane_that_blocks_itself_is_refused_in_a_generated_network():
    with pytest.raises(ScenarioError) as caught:
        grid_scenario(network=SIDE_STREET).build_network()
    assert caught.value.where == "signals.phases"
    assert "lane road_" in caught.value.what
    assert " at intersection_1, " in caught.value.what
    assert 'in "NS left", through to road_' in caught.value.what
    assert caught.value.remedy.startswith('use the phases "two"')
    grid_scenario(network=SIDE_STREET, signals=Signals(phases="two")).build_network()


NO_LEFT = GridNetwork(rows=1, columns=2, lanes=(("through",), ("right",)))


def test_a_share_of_a_turn_that_the_lanes_lack_is_refused():
    with pytest.raises(ScenarioError) as caught:
        grid_scenario(network=NO_LEFT).build_demand()
    assert str(caught.value).startswith("demand.turning.left: the share of 0.1 is lost, because no lane of road_")
    assert str(caught.value).endswith(" allows this turn; give it a share of 0, or allow the turn in network.lanes")
    without = {"turning": {"left": 0.0}}
    grid_scenario(network=NO_LEFT, demand=TurningFlows(inflow_vph=300, **without)).build_demand()


def test_a_share_of_one_entry_is_named():
    entries = [{"road": "road_west_1_E", "inflow_vph": 100, "turning": {"left": 0.3}}]
    with pytest.raises(ScenarioError, match=r"^demand.entries\[0\].turning.left: the share of 0.3 is lost"):
        grid_scenario(network=NO_LEFT, demand=TurningFlows(entries=entries)).build_demand()


def test_the_share_that_holds_on_a_road_decides_about_its_turns():
    shares = {"left": 0.0, "through": 0.8, "right": 0.2}
    grid = GridNetwork(rows=1, columns=2, road_lanes={"road_west_1_E": (("through",), ("right",))})
    parts = {"inflow_vph": 300, "turning": {"left": 0.1}}
    for place in ("road_west_1_E", "intersection_1_1"):
        demand = TurningFlows(**parts, local_turning={place: shares})
        grid_scenario(network=grid, demand=demand).build_demand()
    demand = TurningFlows(inflow_vph=300, turning=shares, local_turning={"road_west_1_E": {"left": 0.5}})
    with pytest.raises(ScenarioError, match=r"^demand.local_turning\[road_west_1_E\].left: the share of 0.5 is lost"):
        grid_scenario(network=grid, demand=demand).build_demand()
    with pytest.raises(ScenarioError, match=r"^demand.turning.left: the share of 0.1 is lost"):
        grid_scenario(network=grid, demand=TurningFlows(**parts)).build_demand()


def test_approaches_that_no_vehicle_reaches_need_no_lane():
    network = ArterialNetwork(intersections=1, lanes=(("through",), ("right",)), side_lanes=(("through",),))
    only = [{"road": "road_south_1_N", "inflow_vph": 100, "turning": {"left": 0.0, "through": 1.0, "right": 0.0}}]
    demand = grid_scenario(network=network, demand=TurningFlows(entries=only)).build_demand()
    assert demand.flow.sum() * 3600 == pytest.approx(100)


def test_a_leg_that_is_left_out_takes_no_share():
    network = GridNetwork(rows=1, columns=2, missing=[("intersection_1_1", "N")])
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataWarning)
        scenario = grid_scenario(network=network)
        scenario.build_demand()
    assert scenario.remarks() == ()


def test_a_generated_network_has_no_rows_by_intersection():
    with pytest.raises(
        ScenarioError, match=r"^signals.phases\[intersection_1_1\]: a generated network has no rows to choose"
    ):
        grid_scenario(signals={"phases": {"intersection_1_1": [1]}})
