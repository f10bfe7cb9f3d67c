"""Generated networks of which some intersections have no signals."""

import pytest

from traffic_marl.errors import NetworkError, ScenarioError
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.opening import opened
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows


def test_an_intersection_without_signals_is_no_agent():
    whole = grid(1, 3)
    network = opened(whole, whole.intersections[1:2])
    assert network.intersections == (whole.intersections[0], whole.intersections[2])
    assert set(network.movement_roads) == set(whole.movement_roads)
    assert opened(whole, ()) is whole


def test_an_unknown_intersection_and_the_last_signal_are_refused():
    whole = grid(1, 2)
    with pytest.raises(NetworkError, match="there is no intersection 'x' with signals"):
        opened(whole, ("x",))
    with pytest.raises(NetworkError, match="no intersection has signals"):
        opened(whole, whole.intersections)


def test_a_scenario_names_them_and_is_written_without_them_where_there_are_none():
    plain = GridNetwork(rows=1, columns=2)
    assert "without_signals" not in plain.model_dump()
    name = grid(1, 2).intersections[0]
    network = GridNetwork(rows=1, columns=2, without_signals=(name,))
    scenario = Scenario(name="open", network=network, demand=TurningFlows(inflow_vph=200), duration_s=60)
    assert name not in scenario.build_network().intersections
    assert Scenario.model_validate_json(scenario.model_dump_json()).hash() == scenario.hash()
    unknown = scenario.model_copy(update={"network": GridNetwork(rows=1, columns=2, without_signals=("x",))})
    with pytest.raises(ScenarioError, match="without_signals"):
        unknown.build_network()
