"""Shares of the turns at single places, and profiles of single entries."""

import numpy as np
import pytest

from traffic_marl.demand.window import movement_counts
from traffic_marl.errors import ScenarioError
from traffic_marl.scenario import Entry, ProfilePoint, Scenario, TurningFlows, TurningShares, load_scenario

ARTERIAL = load_scenario("arterial_1x6")
LEFT = TurningShares(left=1, through=0, right=0)


def with_demand(**fields):
    return ARTERIAL.model_copy(update={"demand": TurningFlows(inflow_vph=400, **fields)})


def shares(scenario, place):
    """Share of each turn among the expected flow of an intersection, by road."""
    network, flow = scenario.build_network(), scenario.flow()
    found = {}
    for movement in np.flatnonzero(network.tables.movement_intersection == network.intersections.index(place)).tolist():
        found.setdefault(network.movement_roads[movement][0], {})[network.movement_turns[movement]] = flow[movement]
    return {road: {turn: n / sum(own.values()) for turn, n in own.items()} for road, own in found.items()}


def test_shares_at_an_intersection_hold_there_alone_and_those_of_a_road_come_first():
    through = TurningShares(left=0, through=1, right=0)
    scenario = with_demand(local_turning={"intersection_2": LEFT, "road_1_E": through})
    here, elsewhere = shares(scenario, "intersection_2"), shares(scenario, "intersection_3")
    assert here["road_1_E"]["through"] == pytest.approx(1.0)
    assert here["road_north_2_S"]["left"] == here["road_3_W"]["left"] == pytest.approx(1.0)
    assert elsewhere["road_north_3_S"]["through"] == pytest.approx(0.8)
    count = movement_counts(scenario.build_network(), scenario.build_demand().draw(0))
    assert count == pytest.approx(scenario.flow() * 3600, abs=6 * np.sqrt(scenario.flow().max() * 3600))


def test_an_unknown_place_is_told():
    with pytest.raises(
        ScenarioError, match=r"demand.local_turning\[nowhere\]: there is neither an intersection nor a road"
    ):
        with_demand(local_turning={"nowhere": LEFT}).build_demand()


def test_an_entry_follows_its_own_profile():
    late = (ProfilePoint(time_s=0, factor=0), ProfilePoint(time_s=1800, factor=0), ProfilePoint(time_s=1801, factor=2))
    scenario = with_demand(entries=(Entry(road="road_west_E", inflow_vph=1000, profile=late),))
    demand = scenario.build_demand()
    trips = demand.draw(0)
    lanes = scenario.build_network().lanes_of("road_west_E")
    own = trips.scheduled[np.isin(trips.path[trips.path_start], list(lanes))]
    others = trips.scheduled[~np.isin(trips.path[trips.path_start], list(lanes))]
    assert own.min() >= 1800
    assert len(own) == pytest.approx(1000, abs=150)
    assert (others < 1800).mean() == pytest.approx(0.5, abs=0.05)
    assert demand.flow_between(0, 1800).sum() < 0.8 * demand.flow_between(1800, 3600).sum()


def test_scenarios_without_them_are_written_as_before():
    written = TurningFlows(inflow_vph=400, entries=(Entry(road="a", inflow_vph=1),)).model_dump_json()
    assert "local_turning" not in written
    assert written.count("profile") == 1
    kept = with_demand(local_turning={"intersection_2": LEFT})
    assert Scenario.model_validate_json(kept.model_dump_json()) == kept
