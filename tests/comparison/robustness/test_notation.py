"""Perturbations as text."""

import pytest

from traffic_marl.comparison.robustness.notation import perturbations_of
from traffic_marl.errors import UsageError


def ends(text):
    return [(each.name, each.first, each.last) for each in perturbations_of(text)]


def test_a_perturbation_has_a_last_value_and_may_have_a_first_one():
    assert ends("demand=0.6:1.4, blind=0.05,stale=2") == [
        ("demand", 0.6, 1.4),
        ("blind", None, 0.05),
        ("stale", None, 2.0),
    ]


def test_an_incident_lasts_longer_and_longer():
    assert ends("incident=road_1_1_E:600:1200") == [("incident=road_1_1_E:600:1200", None, 600.0)]
    assert ends("incident=0:90,incident=:J1:5:6") == [("incident=0:90", None, 90.0), ("incident=:J1:5:6", None, 1.0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "perturbations: '' names no perturbation; give some, such as demand=0.6:1.4,blind=0.1"),
        ("blind", "perturbations: 'blind' is no perturbation; give a name and a value"),
        ("blind=", "perturbations: 'blind=' is no perturbation"),
        ("=1", "perturbations: '=1' is no perturbation"),
        ("blnd=0.1", "perturbations: unknown perturbation 'blnd'; did you mean blind"),
        ("blind=x", "perturbations: blind: 'x' is not a number; give numbers from 0 to 1"),
        ("blind=nan", "perturbations: 'nan' is not a number|perturbations: nan is not a number"),
        ("blind=1.5", "perturbations: blind: '1.5' will not do; give numbers from 0 to 1"),
        ("blind=-0.1", "perturbations: blind: '-0.1' will not do"),
        ("stale=1.5", "perturbations: stale: '1.5' will not do; give whole numbers from 0 to 3600 s"),
        ("demand=0", "perturbations: demand: '0' will not do; give numbers from 0.01 to 100"),
        ("blind=0.1:", "perturbations: blind: '' is not a number"),
        ("blind=0.1:0.1", "perturbations: blind=0.1:0.1 begins where it ends; give blind=FIRST:LAST"),
        ("blind=0.1:0.2:0.3", "perturbations: blind: '0.1:0.2' is not a number"),
        ("blind=0.1,blind=0.2", "perturbations: blind is given twice; give it once"),
        ("incident=1:2,incident=1:2", "perturbations: incident=1:2 is given twice"),
        ("incident=road", "perturbations: incident=road names no times; give incident=ROAD:FROM:TO"),
        ("incident=road:60", "perturbations: incident=road:60 names no times"),
        ("incident=road:a:b", "perturbations: incident=road:a:b names no times"),
        (f"incident=road:0:{'9' * 5000}", "perturbations: incident=road:0:99"),
        ("incident=:1:2", "perturbations: incident=:1:2 names no times"),
        ("incident=9:5", "perturbations: incident=9:5 does not end after it begins"),
        ("incident=5:5", "perturbations: incident=5:5 does not end after it begins"),
        ("incident=5:700000", "perturbations: incident=5:700000 does not end after it begins"),
    ],
)
def test_a_mistake_is_told(text, words):
    with pytest.raises(UsageError) as told:
        perturbations_of(text)
    assert any(str(told.value).startswith(each) for each in words.split("|")), str(told.value)
