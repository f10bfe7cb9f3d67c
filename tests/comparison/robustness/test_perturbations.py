"""The scenarios in which something has gone wrong."""

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.comparison.robustness.degradation import TOGETHER, plan
from traffic_marl.comparison.robustness.notation import perturbations_of
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.scenario import Controllers, Incident, Sensors

FIELDS = {
    "detectors": "missed_share",
    "twice": "twice_share",
    "blind": "blind_share",
    "stuck": "stuck_share",
    "stale": "delay_s",
}


def planned(text, steps=2, **fields):
    return plan(scenario(**fields), text, steps)


@pytest.mark.parametrize("name", FIELDS)
def test_detectors_fail_more_and_more(name):
    last = 4 if name == "stale" else 0.4
    (series,) = planned(f"{name}={last}")
    assert series.values == (0.0, last / 2, last)
    assert [getattr(each.sensors, FIELDS[name]) for each in series.scenarios] == [0, last / 2, last]
    assert series.scenarios[0] == scenario()


def test_controllers_fail_and_the_demand_grows():
    controller, demand, _ = planned("controller=0.5,demand=0.5:1.5", controllers={"cycle_s": 70})
    assert [each.controllers for each in controller.scenarios] == [
        Controllers(failing_share=share, cycle_s=70) for share in (0, 0.25, 0.5)
    ]
    assert [each.demand_factor for each in demand.scenarios] == [0.5, 1.0, 1.5]
    (own,) = planned("demand=2", demand_factor=1.2)
    assert [each.demand_factor for each in own.scenarios] == pytest.approx([1.2, 1.8, 2.4])


def test_a_perturbation_begins_at_the_value_that_the_scenario_has():
    own = Sensors(blind_share=0.1, known=True)
    (series,) = planned("blind=0.3", sensors=own)
    assert series.values == (0.1, 0.2, 0.3)
    assert series.scenarios[0] == scenario(sensors=own)
    assert series.scenarios[2].sensors == Sensors(blind_share=0.3, known=True)


def test_values_of_whole_numbers_are_rounded_and_each_is_there_once():
    assert planned("stale=2", steps=4)[0].values == (0.0, 1.0, 2.0)
    assert planned("stale=5", steps=4)[0].values == (0.0, 1.0, 2.0, 4.0, 5.0)


def test_an_incident_begins_at_its_second_and_lasts_longer():
    (series,) = planned("incident=road_1_1_E:100:400", steps=3)
    assert series.values == (0.0, 100.0, 200.0, 300.0)
    assert [each.incidents for each in series.scenarios] == [
        (),
        *((Incident(road="road_1_1_E", from_s=100, until_s=end),) for end in (200, 300, 400)),
    ]


def test_the_name_of_a_lane_closes_this_lane_and_no_name_lets_the_seed_draw():
    (lane,) = planned("incident=road_1_1_E_2:0:60", steps=1)
    assert lane.scenarios[1].incidents == (Incident(road="road_1_1_E", lanes=(2,), from_s=0, until_s=60),)
    (drawn,) = planned("incident=0:60", steps=1)
    assert drawn.scenarios[1].incidents == (Incident(from_s=0, until_s=60),)


def test_incidents_are_added_to_those_of_the_scenario():
    own = Incident(road="road_1_2_W", from_s=0, until_s=30)
    (series,) = planned("incident=0:60", steps=1, incidents=[own])
    assert series.scenarios[0].incidents == (own,)
    assert series.scenarios[1].incidents == (own, Incident(from_s=0, until_s=60))


def test_several_perturbations_also_come_together():
    *_, together = planned("demand=0.6:1.4,stale=4,incident=0:60")
    assert (together.name, together.values) == (TOGETHER, (0.0, 0.5, 1.0))
    assert together.scenarios[0] == scenario()
    half = together.scenarios[1]
    assert (half.demand_factor, half.sensors.delay_s, half.incidents[0].until_s) == (1.2, 2, 30)


@pytest.mark.parametrize(
    ("text", "steps", "error", "words"),
    [
        ("blind=0.1", 0, UsageError, "steps: 0 is too small"),
        ("blind=0.1", 101, UsageError, "steps: 101 are too many; give at most 100"),
        ("incident=nowhere:0:60", 1, ScenarioError, "incidents[0].road: nowhere is not a road of the network"),
        ("incident=road_1_2_E:0:60", 1, ScenarioError, "incidents[0].road: road_1_2_E ends at the rim"),
        ("incident=3600:3700", 1, UsageError, "incident: second 3600 is not before the end of the demand at 3600"),
        ("demand=1", 1, UsageError, "perturbations: demand ends at 1, which the scenario has already"),
        ("detectors=0.7,twice=0.7", 1, ScenarioError, "twice_share: 0.7 and missed_share 0.7 are more than 1"),
    ],
)
def test_a_mistake_is_told_before_any_run(text, steps, error, words):
    with pytest.raises(error) as told:
        planned(text, steps)
    assert words in str(told.value)


def test_perturbations_are_taken_as_they_were_read():
    assert plan(scenario(), perturbations_of("stale=4"), 2) == planned("stale=4")
