"""The pace that follows from measured work."""

import pytest

from traffic_marl.learning.placing.work import Machine, Team, Work, fewest, pace, reason

HERE, THERE = Machine("here", 2, is_here=True), Machine("there", 4)
MACHINES = {"here": HERE, "there": THERE}


def work(**others):
    known = {
        "sampling": {"here": 4e-4, "there": 2e-4},
        "learning": 1e-4,
        "transfer": 0.5e-4,
        "is_asynchronous": False,
    }
    return Work(**known | others)


def expected(measured, **runners):
    return pace(measured, Team(runners, 1, 0), MACHINES)


def test_synchronous_runners_share_the_sampling_and_leave_the_rest_as_it_is():
    assert expected(work(), there=1) == pytest.approx(1 / (2e-4 + 1.5e-4))
    assert expected(work(), there=4) == pytest.approx(1 / (0.5e-4 + 1.5e-4))


def test_the_slowest_machine_is_waited_for():
    assert expected(work(), here=1, there=1) == pytest.approx(1 / (4e-4 / 2 + 1.5e-4))


def test_runners_that_share_cpus_gain_nothing():
    assert expected(work(), here=4) == pytest.approx(expected(work(), here=2))
    assert expected(work(), there=8) == pytest.approx(expected(work(), there=4))


def test_threads_count_as_cpus():
    alone = pace(work(), Team({"there": 4}, 2, 0), MACHINES)
    assert alone == pytest.approx(1 / (2e-4 * 2 / 4 + 1.5e-4))


def test_asynchronous_runners_work_while_the_learner_learns():
    busy = work(is_asynchronous=True)
    assert expected(busy, there=1) == pytest.approx(1 / 2e-4)
    assert expected(busy, there=4) == pytest.approx(1 / 1.5e-4)


def test_an_asynchronous_learner_shares_the_cpus_of_the_machine_it_works_on():
    busy = work(is_asynchronous=True)
    assert expected(busy, here=2) == pytest.approx(min(2 / (4e-4 * 1.5), 1 / (1.5e-4 * 1.5)))
    assert pace(busy, Team({"here": 2}, 1, 1), MACHINES) == pytest.approx(2 / 4e-4)


def test_the_fewest_runners_that_come_near_the_greatest_pace_are_chosen():
    assert fewest({0: 100.0, 1: 90.0, 2: 170.0, 3: 196.0, 4: 200.0}) == 3
    assert fewest({0: 100.0, 1: 60.0, 2: 104.0}) == 0


@pytest.mark.parametrize(
    ("paces", "chosen", "told"),
    [
        (
            {0: 100.0, 1: 150.0, 2: 153.0},
            1,
            "1 runner: 150 agent-steps/s expected, 50% more than with no runners but the main process; 2 runners would "
            "give only 2% more",
        ),
        (
            {0: 4000.0, 1: 1000.0},
            0,
            "no runners but the main process: 4,000 agent-steps/s expected; with 1 runner it would be 75% less",
        ),
        (
            {1: 10.0, 2: 20.0},
            2,
            "2 runners: 20 agent-steps/s expected, 100% more than with 1 runner; more find no room",
        ),
    ],
)
def test_the_reason_has_the_numbers(paces, chosen, told):
    assert reason(paces, chosen) == told
