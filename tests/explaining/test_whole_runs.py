"""Tables of whole runs: the worth of neighbours, and shares of what a handover costs."""

import numpy as np
import pytest

from traffic_marl.explaining import Handover, Worth
from traffic_marl.explaining.neighbours import PLANS
from traffic_marl.explaining.whole_runs import render_handover, render_worth

NAMES = ("one", "two")


def rows_of(table):
    return {row[0]: row[1:] for row in table.rows}


def test_shares_are_of_what_is_saved_if_all_are_handed_over():
    delay = np.array([50.0, 60.0])
    handed = delay[:, None] + np.array([[6.0, 1.0], [6.0, 3.0]])
    found = Handover("other", 15, delay, delay + 10.0, handed)

    rows = rows_of(render_handover("mine", NAMES, found))

    assert rows["one"] == ("+6.00 +- 0.00", "60")
    assert rows["two"] == ("+2.00 +- 12.71", "20")
    assert rows["sum"][1] == "80"
    assert rows["all handed over"] == ("+10.00 +- 0.00", "100")
    assert rows["not explained"][1] == "20"


def test_of_a_total_that_may_be_nothing_there_are_no_shares():
    delay = np.array([50.0, 60.0])
    found = Handover("other", 15, delay, delay + np.array([10.0, -9.0]), delay[:, None] + np.ones((2, 2)))

    assert [row[2] for row in render_handover("mine", NAMES, found).rows] == ["-"] * 5


def test_the_worth_is_the_difference_of_both_delays_and_names_what_was_held():
    table = render_worth("mine", Worth(("sent", "held"), np.array([50.0, 60.0]), np.array([53.0, 63.0])))

    assert rows_of(table)["worth"] == ("+3.0 +- 0.0",)
    assert table.notes[0] == "held at their means: sent, held"
    assert not any("plans" in note for note in table.notes)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ((PLANS,), ["plans hear of no vehicles that neighbours let go"]),
        (("sent", PLANS), ["held at their means: sent", "plans hear of no vehicles that neighbours let go"]),
    ],
)
def test_of_plans_it_is_told_that_they_hear_nothing(held, told):
    table = render_worth("mine", Worth(held, np.array([50.0]), np.array([53.0])))

    assert list(table.notes[: len(told)]) == told
    assert not any("nothing to hold" in note for note in table.notes)


def test_a_strategy_that_sees_no_neighbours_has_nothing_to_hold():
    delay = np.array([50.0])
    table = render_worth("mine", Worth((), delay, delay))

    assert table.notes[0].startswith("nothing to hold")
    assert rows_of(table)["worth"] == ("+0.0",)
