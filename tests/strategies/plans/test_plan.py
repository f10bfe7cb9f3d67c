import re

import numpy as np
import pytest

from tests.helpers.handmade_signals import (
    FOUR_PHASES,
    NL,
    SL,
    TIMING,
    TWO_PHASES,
    conditions,
    crossing,
    mixed,
    readings,
)
from tests.helpers.plans import greens, written
from traffic_marl.errors import FileError, StrategyError
from traffic_marl.strategies import parse
from traffic_marl.strategies.plans.plan import Plan


def started(plan, network, flow=None, timing=TIMING):
    return plan.start(conditions(network, flow or {}, timing=timing))


def refusal(plan, network, flow=None, timing=TIMING):
    with pytest.raises((FileError, StrategyError)) as caught:
        started(plan, network, flow, timing)
    return str(caught.value)


def test_each_green_begins_and_ends_at_the_second_that_is_written(tmp_path):
    # 30 + 5, 20 + 5: a cycle of 60 s that starts at 10 s
    plan = written(tmp_path, "X,phase 0,30,3,2,10,60", "X,1,20,3,2,10,60")
    controller = started(plan, crossing(TWO_PHASES))
    assert greens(controller.plan) == [(0, 0, 30), (1, 35, 55)]
    asked = [
        int(controller.decide(readings(crossing(TWO_PHASES), time))[0, 0]) for time in (4, 5, 9, 10, 39, 40, 64, 65)
    ]
    assert asked == [1, 0, 0, 0, 0, 1, 1, 0]
    assert controller.remarks == ()


def test_the_order_of_the_lines_is_that_of_the_greens_and_a_phase_may_come_twice(tmp_path):
    plan = written(tmp_path, "X,2,10", "X,0,20", "X,1,10", "X,0,15", head="intersection,phase,green")
    assert greens(started(plan, crossing()).plan) == [(2, 0, 10), (0, 15, 35), (1, 40, 50), (0, 55, 70)]


def test_lines_of_several_intersections_may_stand_in_any_order(tmp_path):
    lines = ("J1,1,12", "J0,2,10", "J1,0,13", "J0,0,10", "J0,1,11")
    plan = written(tmp_path, *lines, head="intersection,phase,green")
    found = started(plan, mixed()).plan  # J2 has one phase and needs no line
    assert greens(found, 0) == [(2, 0, 10), (0, 15, 25), (1, 30, 41)]
    assert greens(found, 1) == [(1, 0, 12), (0, 17, 30)]
    assert found.cycle.tolist() == [46, 35, 1]


def test_other_clearances_keep_the_starts_of_green_and_are_told(tmp_path):
    # phase 0: 30 + 4 + 3, so phase 1 begins at 37 and the signals leave phase 0 at 37 - 5 = 32
    plan = written(tmp_path, "X,0,30,4,3,,", "X,1,20,3,2,,")
    controller = started(plan, crossing(TWO_PHASES))
    assert greens(controller.plan) == [(0, 0, 32), (1, 37, 57)]
    (remark,) = controller.remarks
    assert str(remark) == (
        "plan.csv: 1 yellow and all-red differ from the 3 s and 2 s of the signals, which are shown instead; "
        "it is line 2 with 4 s and 3 s; each green begins as it is written"
    )
    assert remark.error is not None


def test_the_same_sum_of_yellow_and_all_red_leaves_the_greens_alone(tmp_path):
    controller = started(written(tmp_path, "X,0,30,4,1,,", "X,1,20,3.5,1.5,,"), crossing(TWO_PHASES))
    assert greens(controller.plan) == [(0, 0, 30), (1, 35, 55)]
    assert "2 yellows and all-reds differ" in str(controller.remarks[0])


def test_starts_between_two_seconds_do_not_drift(tmp_path):
    # starts at 0, 35.4, 60.8 and 86.2 of a cycle of 100 s
    head = "intersection,phase,green,yellow,all-red"
    plan = written(tmp_path, "X,0,30,3.4,2", "X,1,20,3.4,2", "X,2,20,3.4,2", "X,3,8.8,3,2", head=head)
    assert [begin for _, begin, _ in greens(started(plan, crossing()).plan)] == [0, 35, 61, 86]


def test_a_column_that_is_not_known_is_told(tmp_path):
    head = "intersection,phase,green,remark"
    controller = started(written(tmp_path, "X,0,30,old", "X,1,20,", head=head), crossing(TWO_PHASES))
    assert [str(remark) for remark in controller.remarks] == ["plan.csv: column 'remark' is not used"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("Y,0,30,,,,",), "plan.csv, line 2: there is no intersection 'Y' with signals; available: X"),
        (("X,7,30,,,,",), "line 2: X has no phase '7'; give one of its phases, 0 .phase 0., 1 .phase 1."),
        (
            ("X,0,30,,,,", "X,0,30,,,,"),
            "line 2: phase '0' follows itself at X; write one line for a green that goes on",
        ),
        (
            ("X,0,30,3,2,,60", "X,1,20,3,2,,90"),
            r"line 3: .* of X add up to 60 s, and the cycle is 90 s; correct the times",
        ),
        (
            ("X,0,30,3,2,5,", "X,1,20,3,2,6,"),
            "line 3: the offsets of X are 5 s and 6 s; give an intersection one offset",
        ),
        (
            ("X,0,4,,,,", "X,1,20,,,,"),
            "line 2: the green of '0' at X is shown for 4 s, less than the min green .*; give 1 s",
        ),
        (("X,0,30,1,1,,", "X,1,7,0,0,,"), "line 3: the green of '1' at X is shown for 2 s, less than the min green"),
        (
            ("X,0,30.5,,,,", "X,1,20,,,,"),
            "line 2: the cycle of X lasts 60.5 s; give times that add up to whole seconds",
        ),
        (("X,0,,,,,", "X,1,20,,,,"), "line 2: has no green"),
        (("X,0,-3,,,,", "X,1,20,,,,"), "line 2: green: -3 is out of range"),
        (("X,0,30,,,soon,", "X,1,20,,,,"), "line 2: offset: 'soon' is not a number"),
        ((",0,30,,,,", "X,1,20,,,,"), "line 2: has no intersection"),
    ],
)
def test_a_plan_that_cannot_be_shown_is_told_by_its_line(tmp_path, lines, message):
    line = refusal(written(tmp_path, *lines), crossing(TWO_PHASES))
    assert re.search(message, line), line


def test_a_plan_without_an_intersection_or_a_movement_with_traffic_is_refused(tmp_path):
    plan = written(tmp_path, "J0,0,30", "J0,1,20", "J0,2,20", head="intersection,phase,green")
    assert "has no line for J1; give the greens of every intersection" in refusal(plan, mixed())
    plan = written(tmp_path, "X,0,30", "X,1,20", "X,2,9", head="intersection,phase,green")
    message = "at X no phase of the plan serves the movement from N_in to E_out; add a line with the phase 'phase 3'"
    assert message in refusal(plan, crossing(FOUR_PHASES), {NL: 50.0, SL: 50.0})
    assert started(plan, crossing(FOUR_PHASES)).plan.used.tolist() == [3]  # nobody turns left there


def test_limits_of_the_signals_are_kept(tmp_path):
    plan = written(tmp_path, "X,0,80", "X,1,20", head="intersection,phase,green")
    timing = TIMING._replace(max_green=60)
    assert "is shown for 80 s, more than the max green of the signals, 60 s" in refusal(
        plan, crossing(TWO_PHASES), timing=timing
    )
    timing = TIMING._replace(max_red=80)
    assert "reaches the max red of the signals, 80 s" in refusal(plan, crossing(TWO_PHASES), timing=timing)


def test_without_a_file_it_is_the_plan_of_the_phase_tables():
    from traffic_marl.rollout import run

    own = run("grid_2x2_smoke", "plan", (0,), until=200)
    by_hand = run("grid_2x2_smoke", "fixed_time:green_s=30", (0,), until=200)
    assert np.array_equal(own.at_end.left, by_hand.at_end.left)
    assert own.interval == 1


@pytest.mark.parametrize("file", ["nowhere.csv", "a\0b", "x" * 5000, "."])
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    line = refusal(Plan(file=file), crossing())
    assert line.isprintable()


def test_the_path_is_a_parameter_and_no_empty_text():
    assert parse("plan:file=plans/today.csv").strategy == Plan(file="plans/today.csv")
    with pytest.raises(StrategyError, match="is not a path; give the path of a file or folder"):
        Plan(file="  ")
