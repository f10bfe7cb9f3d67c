"""Schedules of faults: how they are written, when they strike, and what is refused."""

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.chaos.machines import ensure_reachable
from traffic_marl.chaos.schedule import Strike, default_schedules, ensure_strikable, schedule_of
from traffic_marl.errors import UsageError
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.settings import TrainingSettings

TABLES = TrainingSettings.chosen(algorithm="tabular-q", policy="independent")
SPREAD = TrainingSettings(runners=2, learners=1)


def test_strikes_come_in_the_order_of_time():
    found = schedule_of("driver@0.7, runner@0.3")
    assert found.strikes_for(0) == (Strike("runner", 0.3), Strike("driver", 0.7))
    assert found.name == "driver@0.7,runner@0.3"
    assert found.strikes_processes


def test_the_seed_draws_strikes_at_random_moments():
    found = schedule_of("driver*3,runner@0.5")
    one, again, other = (found.strikes_for(seed) for seed in (0, 0, 1))
    assert one == again != other
    assert sorted(each.target for each in one) == ["driver", "driver", "driver", "runner"]
    assert [each.share for each in one] == sorted(each.share for each in one)
    assert all(0.0 <= each.share < 1.0 for each in one)


def test_faults_of_the_roadside_meet_in_one_scenario():
    found = schedule_of("blind=0.2,lost=0.3,late=10,controller=0.5,driver@0.5")
    disturbed = found.applied_to(scenario())
    assert disturbed.sensors.blind_share == 0.2
    assert (disturbed.messages.lost_share, disturbed.messages.delay_s) == (0.3, 10)
    assert disturbed.controllers.failing_share == 0.5
    assert found.strikes == (Strike("driver", 0.5),)
    assert schedule_of("driver@0.5").applied_to(scenario()) == scenario()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("runner@1", "'runner@1' is not within the training"),
        ("runner@-0.1", "is not within the training"),
        ("runner@soon", "names no moment"),
        ("runner@nan", "give a share of the budget"),
        ("ruiner@0.5", "did you mean runner"),
        ("driver*0", "names no number of strikes"),
        ("driver*101", "names no number of strikes"),
        ("driver*many", "names no number of strikes"),
        ("pilot*2", "unknown process 'pilot'"),
        ("", "is no fault"),
        ("driver", "is no fault"),
        ("blind=0.1,", "is no fault"),
        ("blind=2", "blind: '2' will not do"),
        ("blinds=0.2", "did you mean blind"),
        ("demand=0.6:1.4", "demand has two values"),
        ("blind=0.1,blind=0.2", "given twice"),
    ],
)
def test_a_wrong_schedule_is_told_in_one_line(text, told):
    with pytest.raises(UsageError) as refused:
        schedule_of(text, "--fault")
    assert str(refused.value).startswith("--fault: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_by_default_each_process_is_struck_that_the_training_has():
    assert {target for each in default_schedules(TABLES) for target in each.targets} == {"driver"}
    found = default_schedules(SPREAD)
    assert {target for each in found for target in each.targets} == {"runner", "hang", "learner", "driver", "node"}
    assert len([each for each in found if each.perturbations]) == 6
    ensure_strikable(found, SPREAD)


@pytest.mark.parametrize(
    ("text", "flag"), [("runner@0.5", "runners"), ("learner*2", "learners"), ("hang@0", "runners")]
)
def test_a_process_that_a_training_lacks_cannot_be_struck(text, flag):
    with pytest.raises(UsageError, match=f"{flag} 0 has none; give {flag} of at least 1"):
        ensure_strikable([schedule_of(text)], TrainingSettings())


def test_a_schedule_is_given_once():
    with pytest.raises(UsageError, match=r"blind=0\.1 is given twice"):
        ensure_strikable([schedule_of("blind=0.1"), schedule_of(" blind=0.1")], TABLES)


def test_processes_on_other_machines_cannot_be_struck():
    afar = Placement("10.0.0.1:6379")
    with pytest.raises(UsageError, match=r"runner is struck on this machine alone, not at 10\.0\.0\.1:6379"):
        ensure_reachable(schedule_of("runner@0.5,driver@0.6"), afar, "--fault")
    ensure_reachable(schedule_of("driver@0.5,blind=0.1"), afar, "--fault")
    ensure_reachable(schedule_of("runner@0.5,node@0.6"), Placement(), "--fault")
