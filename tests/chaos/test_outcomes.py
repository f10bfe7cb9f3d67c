"""Whether the delay under a fault lies within the interval of the undisturbed trainings."""

import json

import numpy as np
import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.chaos.course import Course, Hit
from traffic_marl.chaos.outcomes import Outcome, Study, Survival
from traffic_marl.chaos.plan import plan
from traffic_marl.chaos.schedule import schedule_of
from traffic_marl.chaos.table import render_study, study_to_csv, study_to_json

PLANNED = plan(scenario(), [schedule_of("driver@0.5")], ["use"])
UNDISTURBED = (40.0, 42.0, 44.0)  # mean 42, interval +- 4.97


def made(delays, undisturbed=UNDISTURBED, courses=None, beside=50.0):
    """A study of the undisturbed trainings and of others with these delays."""
    seeds = tuple(range(len(undisturbed)))
    plain, struck = PLANNED.lines
    none = tuple(Course() for _ in seeds)
    outcomes = (
        Outcome(plain, np.array(undisturbed), beside, none),
        Outcome(struck, np.array(delays), beside, courses or none),
    )
    return Study(scenario(), seeds, (1, 2), "actuated", outcomes)


@pytest.mark.parametrize(
    ("delays", "result"),
    [
        ((42.0, 44.0, 46.0), Survival.WITHIN),
        ((46.8, 46.8, 46.8), Survival.WITHIN),
        ((47.1, 47.1, 47.1), Survival.WORSE),
        ((37.2, 37.2, 37.2), Survival.WITHIN),
        ((36.9, 36.9, 36.9), Survival.BETTER),
        ((np.nan, np.nan, np.nan), Survival.UNKNOWN),
    ],
)
def test_a_result_survives_within_the_interval_over_the_training_seeds(delays, result):
    found = made(delays)
    assert found.survival(found.outcomes[1]) is result


def test_a_training_that_has_failed_has_ended():
    courses = Course(), Course(failure="x: y; z"), Course()
    found = made((42.0, np.nan, 42.0), courses=courses)
    assert found.survival(found.outcomes[1]) is Survival.ENDED


def test_without_vehicles_there_is_no_delay_to_show():
    found = made((np.nan,) * 3, (np.nan,) * 3, beside=np.nan)
    assert found.survival(found.outcomes[1]) is Survival.UNKNOWN
    assert [row[2:] for row in render_study(found)[0].rows] == [("-",) * 4] * 2
    told = json.loads(study_to_json(found))["lines"][1]
    assert (told["delays"], told["delay"]["mean"], told["beside_delay"]) == ([None] * 3, None, None)
    assert [row.split(",")[3:5] for row in study_to_csv(found).splitlines()[1:]] == [["", ""]] * 6


def test_a_course_keeps_seeds_without_vehicles(tmp_path):
    Course(delays={"a:2": (np.nan, -0.4)}).write(tmp_path / "course.json")
    assert json.loads((tmp_path / "course.json").read_text())["delays"] == {"a:2": [None, -0.4]}
    assert Course.read(tmp_path / "course.json").delays["a:2"] == pytest.approx((np.nan, -0.4), nan_ok=True)


def test_one_training_has_no_interval():
    found = made((90.0,), (40.0,))
    assert found.survival(found.outcomes[1]) is Survival.UNKNOWN
    assert "no interval" in " ".join(render_study(found)[0].notes)


def test_changes_are_paired_by_training():
    found = made((41.0, 43.0, 45.0))
    change = found.change(found.outcomes[1])
    assert (change.mean, change.half_width) == (1.0, 0.0)


def test_a_table_tells_hits_losses_and_recoveries():
    hits = (Hit("driver@0.5", 10, 1000, True, 300, 4.0), Hit("driver@0.9", 18, 1800, False, 0, 8.0))
    courses = (Course(hits[:1], seconds=60.0), Course(hits, seconds=80.0), Course((), ("driver@0.5",), 70.0, "x: y; z"))
    found = made((41.0, 43.0, np.nan), courses=courses)
    delays, recoveries = render_study(found)
    assert recoveries.rows[1][1:] == ("works", "3", "2", "600", "5.3", "8.0", "70")
    told = " ".join(delays.notes)
    assert "seed 2: the training did not go on (x: y; z). To try it again, remove driver_at_0.5/seed_2.json" in told
    assert "seed 2: nothing was hit by driver@0.5" in told
