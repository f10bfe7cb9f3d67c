"""Failing detectors as part of a scenario: fields, their mistakes, JSON and hash."""

import json

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.errors import ScenarioError
from traffic_marl.scenario import Scenario, Sensors

ALL = Sensors(missed_share=0.2, twice_share=0.1, blind_share=0.1, stuck_share=0.05, delay_s=3, known=True)


def test_a_scenario_without_faults_is_written_and_hashed_as_before():
    plain, stated = scenario(), scenario(sensors=Sensors())
    assert "sensors" not in json.loads(plain.model_dump_json())
    assert "sensors" not in plain.model_dump()
    assert plain == stated
    assert plain.hash() == stated.hash()
    assert Scenario.model_validate_json(plain.model_dump_json()) == plain


def test_faults_are_written_and_change_the_hash(tmp_path):
    one = scenario(sensors=ALL)
    one.save(tmp_path / "one.json")
    assert Scenario.load(tmp_path / "one.json") == one
    assert json.loads((tmp_path / "one.json").read_text())["sensors"]["blind_share"] == 0.1
    hashes = {
        scenario(sensors=Sensors(**{name: 0.1})).hash() for name in ("missed_share", "twice_share", "blind_share")
    }
    assert len(hashes | {scenario().hash(), one.hash()}) == 5


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"missed_share": 1.2}, "sensors.missed_share: 1.2 is not a share; give a number, at most 1"),
        ({"blind_share": -0.1}, "sensors.blind_share: -0.1 is not a share; give a number, at least 0"),
        ({"delay_s": 1.5}, "sensors.delay_s: 1.5 is not a whole number; give whole seconds"),
        ({"delay_s": -1}, "sensors.delay_s: -1 is not a duration; give seconds, at least 0"),
        ({"missed_share": 0.7, "twice_share": 0.4}, "sensors.twice_share: 0.4 and missed_share 0.7 are more than 1"),
        ({"blind_share": 0.7, "stuck_share": 0.4}, "sensors.stuck_share: 0.4 and blind_share 0.7 are more than 1"),
        ({"blind": 0.1}, "sensors.blind: unknown field"),
        ({"missed_share": True}, "sensors.missed_share: True is not a number"),
        ({"known": "perhaps"}, "sensors.known: 'perhaps' is not"),
    ],
)
def test_a_mistake_is_told_with_its_field(fields, words):
    written = json.loads(scenario().model_dump_json()) | {"sensors": fields}
    with pytest.raises(ScenarioError) as told:
        Scenario.model_validate(written)
    assert str(told.value).startswith(words)


def test_shares_may_add_up_to_one():
    assert Sensors(missed_share=0.3, twice_share=0.7, blind_share=0.9, stuck_share=0.1).faults().stuck == 0.1


def test_a_simulation_of_the_scenario_has_its_faults():
    one = scenario(sensors=Sensors(blind_share=1.0, known=True))
    simulation = one.simulation([3, 4])
    for _ in range(20):
        simulation.advance(simulation.readings().phase, 10)
    assert simulation.readings().vehicles.sum() > 0
    assert simulation.detected().vehicles.sum() == 0
    assert simulation.detected().blind.all()
