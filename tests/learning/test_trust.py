"""What a folder would execute: scripts and readers of scenarios, and no name of the catalogue."""

import pytest

from traffic_marl.learning.trust import code_of_scenarios
from traffic_marl.scenario import load_scenario


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ((), []),
        (("grid_2x2_smoke", "random_5"), []),
        (("somewhere/mine.py", "grid_2x2_smoke"), ["somewhere/mine.py"]),
        (("mine.py/",), ["mine.py/"]),  # a path all the same
    ],
)
def test_scripts_are_code_and_names_are_none(names, code):
    assert code_of_scenarios(names) == code


def test_a_file_of_data_has_no_code(tmp_path):
    load_scenario("grid_2x2_smoke").save(tmp_path / "mine.json")
    assert code_of_scenarios([str(tmp_path / "mine.json")]) == []
