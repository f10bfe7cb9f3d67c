"""The scenarios under scenarios/training: the traffic that the shipped general policy was trained on."""

from pathlib import Path

import pytest

from traffic_marl.scenario import load_scenario, scenario_names

FOLDER = Path(__file__).parents[1] / "scenarios" / "training"
SCRIPTS = sorted(FOLDER.glob("*.py"))


def test_they_are_found_and_stand_apart_from_the_shipped_ones():
    assert len(SCRIPTS) == 5
    assert not {script.stem for script in SCRIPTS} & set(scenario_names())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_each_has_a_name_and_a_demand_that_seeds_draw(script):
    scenario = load_scenario(script)
    assert scenario.name == script.stem
    assert scenario.build_demand().is_random


@pytest.mark.parametrize("script", [each for each in SCRIPTS if each.stem.endswith("0m")], ids=lambda each: each.stem)
def test_those_of_equal_blocks_have_the_rules_of_the_public_data_sets(script):
    timing = load_scenario(script).timing()
    assert (timing.yellow, timing.all_red, timing.min_green) == (5, 0, 0)


def test_the_overloaded_grid_is_the_rush_hour_with_more_vehicles():
    overload, rush_hour = load_scenario(FOLDER / "grid_4x4_overload.py"), load_scenario("grid_4x4_rush_hour")
    assert overload.build_network().lane_names == rush_hour.build_network().lane_names
    assert overload.flow().sum() == pytest.approx(1.4 * rush_hour.flow().sum(), rel=0.01)
