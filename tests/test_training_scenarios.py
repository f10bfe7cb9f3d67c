"""The scenarios under scenarios/training: the traffic that the shipped general policy was trained on."""

from pathlib import Path

import pytest

from traffic_marl.scenario import load_scenario, scenario_names

FOLDER = Path(__file__).parents[1] / "scenarios" / "training"
SCRIPTS = sorted(FOLDER.glob("*.py"))


def test_they_are_found_and_stand_apart_from_the_shipped_ones():
    assert len(SCRIPTS) == 3
    assert not {script.stem for script in SCRIPTS} & set(scenario_names())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_each_has_the_rules_of_the_public_data_sets(script):
    scenario = load_scenario(script)
    assert scenario.name == script.stem
    assert (scenario.timing().yellow, scenario.timing().all_red, scenario.timing().min_green) == (5, 0, 0)
    assert scenario.build_demand().is_random
