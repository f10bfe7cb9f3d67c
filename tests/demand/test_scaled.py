import numpy as np
import pytest

from tests.helpers.counts import CROSSING, counted
from traffic_marl.demand.scaled import ScaledDemand
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.scenario import OriginDestinationFlows, PairFlow, Scenario, load_scenario

PLACE = "intersection_1_1"


@pytest.fixture
def given(tmp_path):
    """200 trips that do not depend on the seed but for their times."""
    return counted(tmp_path, f"{PLACE},W,0,150,50,0")


def test_flows_of_a_random_demand_are_multiplied():
    scenario = load_scenario("arterial_1x6")
    assert scenario.scaled(1.5).flow() == pytest.approx(1.5 * scenario.flow())
    assert len(scenario.scaled(1.5).build_demand().draw(3)) == pytest.approx(
        1.5 * len(scenario.build_demand().draw(3)), rel=0.05
    )
    pairs = OriginDestinationFlows(pairs=(PairFlow(origin="west_1", destination="east_1", flow_vph=400.0),))
    between = CROSSING.model_copy(update={"demand": pairs})
    assert between.scaled(0.5).flow() == pytest.approx(0.5 * between.flow())


def test_given_trips_are_taken_again_or_left_out_at_random(given):
    whole = given.build_demand().draw(0)
    for factor in (0.5, 1.2, 2.5):
        scenario = given.scaled(factor)
        trips = scenario.build_demand().draw(0)
        assert len(trips) == pytest.approx(factor * 200, abs=4 * (200 * 0.25) ** 0.5)
        assert set(trips.scheduled.tolist()) <= set(whole.scheduled.tolist())
        assert (np.diff(trips.scheduled) >= 0).all()
        assert len(set(trips.names)) == len(trips)
        assert scenario.flow() == pytest.approx(factor * given.flow())
        assert np.array_equal(trips.scheduled, scenario.build_demand().draw(0).scheduled)


def test_a_whole_factor_takes_every_trip_as_often(given):
    doubled = given.scaled(2).build_demand().draw(1)
    assert np.array_equal(doubled.scheduled, np.repeat(given.build_demand().draw(1).scheduled, 2))
    assert doubled.names[:2] == ("trip_0", "trip_0_copy_1")


def test_a_demand_that_was_the_same_for_every_seed_becomes_random(given):
    class Same:
        is_random, duration, flow = False, 900, given.flow()

        def draw(self, seed):
            return given.build_demand().draw(0)

    network = given.build_network()
    assert ScaledDemand(network, Same(), 1.5).is_random
    assert not ScaledDemand(network, Same(), 2.0).is_random
    assert len(ScaledDemand(network, Same(), 1.5).draw(0)) != len(ScaledDemand(network, Same(), 1.5).draw(1))


def test_a_window_of_a_scaled_demand_has_its_flow(given):
    part = given.scaled(2).within(from_s=450)
    assert part.flow().sum() == pytest.approx(2 * given.within(from_s=450).flow().sum())


def test_the_factor_is_kept_and_left_out_where_it_is_one(tmp_path):
    scenario = load_scenario("grid_2x2_smoke")
    assert "demand_factor" not in scenario.model_dump_json()
    assert scenario.scaled(1.0).hash() == scenario.hash() != scenario.scaled(1.2).hash()
    scenario.scaled(1.2).scaled(2.0).save(tmp_path / "more.json")
    assert Scenario.load(tmp_path / "more.json").demand_factor == pytest.approx(2.4)


@pytest.mark.parametrize("factor", [0, -1, 1000, float("nan"), "2", None, True])
def test_a_wrong_factor_is_refused(factor):
    with pytest.raises(UsageError, match=r"factor: .* is no factor on the demand; give a number from 0.01 to 100"):
        load_scenario("grid_2x2_smoke").scaled(factor)
    with pytest.raises(ScenarioError, match="demand_factor"):
        Scenario.model_validate({**load_scenario("grid_2x2_smoke").model_dump(), "demand_factor": -1})
