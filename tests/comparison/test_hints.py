"""Hints about rules that put a strategy at a disadvantage."""

from dataclasses import replace

import pytest

from tests.helpers.made_up_comparison import MADE_UP, comparison
from traffic_marl.comparison.hints import green_share, hints
from traffic_marl.comparison.table import render
from traffic_marl.scenario import Signals


def told(*labels, interval=5, scenario=MADE_UP):
    """The hints for strategies that decide at this interval."""
    made = comparison({label: [1.0 + place, 2.0 + place] for place, label in enumerate(labels)}, labels[0])
    rows = tuple(replace(row, interval=interval) for row in made.rows)
    return list(hints(replace(made, rows=rows, scenario=scenario)))


def under(min_green, yellow, all_red=0):
    """The made-up scenario with these times of the signals."""
    signals = Signals(min_green_s=min_green, yellow_s=yellow, all_red_s=all_red)
    return MADE_UP.model_copy(update={"signals": signals})


def test_strategies_that_a_short_interval_leaves_little_green_are_told_in_one_sentence():
    assert told("max_pressure", "actuated", "longest_queue") == [
        "Hint: max_pressure and longest_queue decide every 5 s here, and every 15 s by default. A change takes 5 s, so "
        "a signal that changes whenever it may is green for 50 % of the time. Compare max_pressure:interval_s=15 as "
        "well."
    ]


def test_a_hint_names_a_strategy_that_can_be_given():
    (hint,) = told("max_pressure:exit=mean")
    assert "Compare max_pressure:exit=mean,interval_s=15 as well" in hint


@pytest.mark.parametrize(
    ("interval", "min_green", "change", "share"),
    [
        (5, 5, 5, 0.5),
        (5, 0, 5, 0.0),
        (5, 0, 3, 0.4),
        (5, 5, 2, 0.8),
        (10, 5, 5, 0.5),
        (10, 0, 3, 0.7),
        (15, 0, 5, 2 / 3),
    ],
)
def test_the_share_of_green_is_that_of_a_signal_that_changes_whenever_it_may(interval, min_green, change, share):
    assert green_share(under(min_green, change), interval) == pytest.approx(share)


def test_an_interval_that_leaves_enough_green_needs_no_hint():
    assert told("max_pressure", scenario=under(5, 2)) == []
    assert told("max_pressure", interval=10, scenario=under(0, 3)) == []
    assert len(told("max_pressure", interval=10)) == 1


@pytest.mark.parametrize("interval", [15, 20])
def test_the_default_interval_and_longer_ones_need_no_hint(interval):
    assert told("max_pressure", "longest_queue", interval=interval, scenario=under(5, 10)) == []


def test_an_interval_that_was_chosen_for_the_strategy_needs_no_hint():
    assert told("max_pressure:interval_s=5", "runs/one", "my.py:Mine", "fixed_time") == []


def test_hints_stand_below_the_table():
    made = comparison({"max_pressure": [1.0, 2.0], "actuated": [2.0, 3.0]}, "actuated")
    assert len(list(hints(made))) == 1
    for explain in (False, True):
        assert [note for note in render(made, explain=explain).notes if note.startswith("Hint: ")] == list(hints(made))
