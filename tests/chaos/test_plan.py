"""The trainings and lines of a study."""

from tests.helpers.two_intersections import scenario
from traffic_marl.chaos.plan import UNDISTURBED, When, plan
from traffic_marl.chaos.schedule import schedule_of

PLAIN = scenario()


def lines(*texts, whens=tuple(When)):
    planned = plan(PLAIN, [schedule_of(text) for text in texts], whens)
    return planned, [(line.name, line.when, line.trained.folder, line.used_in == PLAIN) for line in planned.lines]


def test_a_strike_alone_needs_a_training_and_no_other_traffic():
    planned, found = lines("driver@0.5")
    assert found == [(UNDISTURBED, None, UNDISTURBED, True), ("driver@0.5", None, "driver_at_0.5", True)]
    assert [each.scenario for each in planned.trained] == [PLAIN, PLAIN]
    assert [each.schedule is None for each in planned.trained] == [True, False]


def test_a_fault_of_the_roadside_is_met_in_use_in_training_and_in_both():
    planned, found = lines("blind=0.2")
    assert found[1:] == [
        ("blind=0.2", When.TRAINING, "blind_0.2_under", True),
        ("blind=0.2", When.USE, UNDISTURBED, False),
        ("blind=0.2", When.BOTH, "blind_0.2_under", False),
    ]
    assert [each.scenario.sensors.blind_share for each in planned.trained] == [0.0, 0.2]


def test_in_use_alone_nothing_more_is_trained():
    planned, found = lines("blind=0.2", "lost=0.5", whens=(When.USE,))
    assert [each.folder for each in planned.trained] == [UNDISTURBED]
    assert len(found) == 3


def test_strikes_are_met_beside_faults_of_the_roadside():
    planned, found = lines("blind=0.2,driver*2")
    assert [each[2] for each in found[1:]] == [
        "blind_0.2_driver_times_2_under",
        "blind_0.2_driver_times_2",
        "blind_0.2_driver_times_2_under",
    ]
    assert all(each.schedule is not None for each in planned.trained[1:])


def test_no_two_schedules_share_a_folder():
    long = ",".join(f"driver@0.{number:06d}" for number in range(10))
    planned, _ = lines(f"{long},driver@0.1", f"{long},driver@0.2", f"{long},driver@0.3")
    folders = [each.folder for each in planned.trained]
    assert len(set(folders)) == len(folders) == 4


def test_the_folder_of_a_schedule_does_not_depend_on_the_others_in_the_call():
    shares = ",".join(f"driver@0.{number}" for number in range(1, 5))
    one, other = (lines(f"{shares},driver@0.{last}")[0].trained[1].folder for last in (5, 6))
    assert one != other
    assert max(len(one), len(other)) <= 60
    both, _ = lines(f"{shares},driver@0.6", f"{shares},driver@0.5")
    assert [each.folder for each in both.trained[1:]] == [other, one]


def test_a_name_that_is_short_enough_stays():
    planned, _ = lines("driver@0.25,driver@0.5,driver@0.75")
    assert planned.trained[1].folder == "driver_at_0.25_driver_at_0.5_driver_at_0.75"
