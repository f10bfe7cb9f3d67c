import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from traffic_marl.comparison.statistics import Verdict, estimate, joint_verdicts, paired, standings, verdict

# Ten seeds of two strategies; the differences have mean -2 and are worked by hand below.
FIRST = np.array([10.0, 12, 9, 14, 11, 13, 10, 12, 11, 8])
SECOND = FIRST + np.array([1.0, 3, 2, 2, 1, 3, 2, 2, 1, 3])


def test_interval_is_students():
    found = estimate(FIRST)
    low, high = stats.t.interval(0.95, df=9, loc=FIRST.mean(), scale=stats.sem(FIRST))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


def test_quantile_of_a_published_table():
    found = estimate(np.array([-1.0, 1.0]))
    assert found.half_width == pytest.approx(12.706, abs=5e-4)  # t(1), 97.5 %; the standard error is 1


def test_several_comparisons_share_the_error():
    found = estimate(FIRST, comparisons=8)
    quantile = stats.t.ppf(1 - 0.05 / 16, df=9)
    assert found.half_width == pytest.approx(quantile * stats.sem(FIRST))


def test_simultaneous_intervals_hold_together_as_often_as_they_say():
    generator = np.random.default_rng(1)
    draws = generator.normal(0.0, [1.0, 2.0, 5.0, 1.0], (2000, 6, 4)) + generator.normal(0.0, 1.0, (2000, 6, 1))
    misses = sum(
        any(not found.low <= 0.0 <= found.high for found in (estimate(row, comparisons=4) for row in draw.T))
        for draw in draws
    )
    assert misses / 2000 == pytest.approx(0.05, abs=0.02)


def test_the_paired_difference_drops_the_effect_of_the_seeds():
    shared = np.array([0.0, 100, 300, 50, 80, 10, 500, 20, 40, 900])
    assert paired(FIRST + shared, SECOND + shared).half_width == pytest.approx(paired(FIRST, SECOND).half_width)
    assert paired(FIRST, SECOND).mean == pytest.approx(-2.0)
    assert verdict(paired(FIRST + shared, SECOND + shared)) is Verdict.BETTER


def test_verdicts():
    assert verdict(paired(FIRST, SECOND)) is Verdict.BETTER
    assert verdict(paired(SECOND, FIRST)) is Verdict.WORSE
    assert verdict(paired(FIRST, FIRST[::-1])) is Verdict.TIE


def test_one_seed_has_no_interval_and_no_verdict():
    found = estimate(np.array([3.0]))
    assert (found.mean, found.half_width, found.low, found.high, found.seeds) == (3.0, None, None, None, 1)
    assert verdict(found) is Verdict.UNKNOWN


def test_equal_numbers_have_a_zero_width():
    assert estimate(np.full(5, 0.1)).half_width == 0.0
    assert verdict(paired(FIRST, FIRST)) is Verdict.TIE
    assert verdict(estimate(np.full(5, -0.1))) is Verdict.BETTER


def test_unknown_numbers_are_left_out():
    found = estimate(np.array([1.0, np.nan, 3.0]))
    assert (found.mean, found.seeds) == (2.0, 2)
    nothing = estimate(np.full(3, np.nan))
    assert np.isnan(nothing.mean)
    assert (nothing.half_width, nothing.seeds) == (None, 0)


def test_all_pairs_are_tested_jointly_in_both_orders():
    found = joint_verdicts([SECOND, FIRST, FIRST[::-1]])
    assert found[0, 1] is Verdict.WORSE
    assert found[1, 0] is Verdict.BETTER
    assert found[1, 2] is found[2, 1] is Verdict.TIE
    assert len(found) == 6


def test_a_small_difference_is_significant_alone_and_not_among_many_pairs():
    near = SECOND - 1.0
    assert joint_verdicts([FIRST, near])[0, 1] is Verdict.BETTER
    assert joint_verdicts([FIRST, near, *[SECOND] * 4])[0, 1] is Verdict.TIE


def test_a_pair_of_single_seeds_has_no_verdict():
    assert set(joint_verdicts([FIRST[:1], SECOND[:1]]).values()) == {Verdict.UNKNOWN}


def ranks(values):
    return [(standing.first, standing.last) for standing in standings(values)]


def test_ranks_count_the_significantly_better_and_worse():
    alike = FIRST + 0.001 * SECOND[::-1] - 0.012
    assert ranks([SECOND, FIRST, alike, FIRST + 50.0]) == [(3, 3), (1, 2), (1, 2), (4, 4)]
    assert [standing.is_tied_with_best for standing in standings([SECOND, FIRST, alike])] == [False, True, True]


def test_strategies_that_cannot_be_told_apart_share_all_ranks():
    generator = np.random.default_rng(3)
    assert ranks([FIRST + generator.normal(0, 1, 10) for _ in range(5)]) == [(1, 5)] * 5


def test_ranks_hold_all_at_once_as_often_as_they_say():
    generator = np.random.default_rng(2)
    truth = np.array([0.0, 0.3, 1.0, 1.0])  # the last two share their ranks
    misses = 0
    for _ in range(400):
        found = ranks(list(truth[:, None] + generator.normal(0.0, 0.7, (4, 8))))
        misses += not (found[0][0] == 1 and found[1][0] <= 2 <= found[1][1] and max(f for f, _ in found[2:]) <= 3)
    assert misses / 400 <= 0.07


def test_one_seed_ranks_nobody():
    assert standings([FIRST[:1], SECOND[:1]]) == [None, None]


def test_a_single_strategy_is_first():
    assert ranks([FIRST]) == [(1, 1)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20), st.integers(1, 40))
def test_interval_surrounds_the_mean_and_widens_with_comparisons(numbers, comparisons):
    alone = estimate(np.array(numbers))
    among = estimate(np.array(numbers), comparisons=comparisons)
    assert alone.low <= alone.mean <= alone.high
    assert among.half_width >= alone.half_width
