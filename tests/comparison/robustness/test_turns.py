"""Severities at which the ranking turns: cases with known answers."""

import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.robustness.degradation import Series
from traffic_marl.comparison.robustness.table import turn_notes
from traffic_marl.comparison.robustness.turns import leaders, turns


def series(values, *delays_of):
    """A series of made-up comparisons, one for each value."""
    made = tuple(comparison(each, "a") for each in delays_of)
    return Series("stale", "age of the readings", "s", tuple(values), made)


def steady(**means):
    """Delays whose paired differences are almost the same for every seed."""
    return {label: [mean, mean + 1.0, mean + 2.0 + 0.001 * place] for place, (label, mean) in enumerate(means.items())}


def test_a_turn_is_where_straight_lines_cross():
    (turn,) = turns(series([0, 10, 20], steady(a=10, b=16), steady(a=12, b=16), steady(a=20, b=16)))
    assert (turn.before, turn.after) == ("a", "b")
    assert turn.value == pytest.approx(10 + 10 * 4 / 8, abs=0.01)
    assert turn.is_certain
    assert turn.low == pytest.approx(turn.value, abs=0.2)
    assert turn.high == pytest.approx(turn.value, abs=0.2)


def test_the_range_of_a_turn_is_where_the_band_of_the_difference_contains_zero():
    before = {"a": [10, 20, 30], "b": [20, 30.5, 39.5]}  # difference -10, with deviations of 0.5
    after = {"a": [20, 30.5, 39.5], "b": [10, 20, 30]}
    (turn,) = turns(series([0, 1], before, after))
    half = 6.2053 * 0.5 / 3**0.5  # t quantile at 2 degrees of freedom for two intervals jointly
    assert turn.value == pytest.approx(0.5)
    assert turn.low == pytest.approx((10 - half) / 20, abs=1e-3)
    assert turn.high == pytest.approx((10 + half) / 20, abs=1e-3)


def test_a_turn_within_the_noise_is_not_certain():
    noisy = ({"a": [10, 30, 20], "b": [30, 11, 20]}, {"a": [30, 11, 21], "b": [10, 30, 20]})
    (turn,) = turns(series([0, 1], *noisy))
    assert (turn.low, turn.high, turn.is_certain) == (None, None, False)


def test_one_seed_has_turns_without_ranges():
    (turn,) = turns(series([0, 1], {"a": [1.0], "b": [3.0]}, {"a": [3.0], "b": [1.0]}))
    assert (turn.value, turn.low, turn.high) == (0.5, None, None)


def test_an_order_that_turns_twice_has_two_turns():
    found = turns(series([0, 1, 2], steady(a=1, b=3), steady(a=3, b=1), steady(a=1, b=3)))
    assert [(turn.before, turn.after, round(turn.value, 2)) for turn in found] == [("a", "b", 0.5), ("b", "a", 1.5)]
    assert all(turn.is_certain for turn in found)


def test_a_falling_value_is_followed_in_its_own_order():
    falling = series([1.0, 0.5, 0.2], steady(a=1, b=3, c=2), steady(a=3, b=2.9, c=9), steady(a=5, b=2, c=9))
    found = turns(falling)
    assert [(turn.before, turn.after) for turn in found] == [("c", "b"), ("a", "b")]
    assert found[0].value > found[1].value


def test_equal_delays_are_no_turn():
    assert turns(series([0, 1, 2], steady(a=1, b=2), {"a": [2, 3], "b": [2, 3]}, steady(a=1, b=2))) == ()


def test_strategies_without_a_delay_have_no_turn():
    nothing = {"a": [float("nan")] * 2, "b": [1.0, 2.0]}
    assert turns(series([0, 1], {"a": [1.0, 2.0], "b": [2.0, 3.0]}, nothing)) == ()


def test_the_change_of_the_best_strategy_is_told_first():
    found = series([0, 10], steady(a=10, b=12, c=30, d=29), steady(a=40, b=20, c=25, d=31))
    assert leaders(found) == ("a", "b")
    told = list(turn_notes(found))
    assert told[0].startswith("b overtakes a, the best so far, at 0.909 s (not significant from ")
    assert told[1].startswith("c overtakes d at 1.43 s (")
    assert told[2].startswith("c overtakes a at 5.71 s (")


def test_a_ranking_that_does_not_turn_is_told():
    told = list(turn_notes(series([0, 10], steady(a=10, b=12), steady(a=11, b=14))))
    assert told == ["Least mean delay throughout: a.", "The ranking by mean delay does not turn."]
