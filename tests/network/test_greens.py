"""Greens that share a cycle: their sum, their bounds, and proportion to weights."""

import numpy as np
import pytest

from traffic_marl.network.greens import shared_greens

DRAWS = range(40)


def drawn(seed):
    """Weights of two to eight phases, and a sum that they can have within 5 to 60 s each."""
    random = np.random.default_rng(seed)
    weights = random.gamma(1.0, size=random.integers(2, 9))
    return weights, int(random.integers(5 * len(weights), 60 * len(weights) + 1))


@pytest.mark.parametrize(
    ("seconds", "weights", "greens"),
    [(20, [1, 1], [10, 10]), (30, [2, 1], [20, 10]), (60, [3, 2, 1], [30, 20, 10]), (21, [1, 1], [11, 10])],
)
def test_they_are_in_proportion_to_weights(seconds, weights, greens):
    assert shared_greens(seconds, weights, 5, 60).tolist() == greens


def test_it_is_the_effective_greens_that_are_in_proportion():
    assert shared_greens(34, [2, 1], 5, 60, lost=2.0).tolist() == [22, 12]


@pytest.mark.parametrize("seed", DRAWS)
def test_a_sum_that_is_possible_is_kept_within_the_bounds(seed):
    weights, seconds = drawn(seed)
    greens = shared_greens(seconds, weights, 5, 60)

    assert greens.sum() == seconds
    assert greens.min() >= 5
    assert greens.max() <= 60


@pytest.mark.parametrize("seed", DRAWS)
def test_no_second_would_do_better_with_another_phase(seed):
    """What a phase has got beyond the least is owed to it more than to any other that could have one more."""
    weights, seconds = drawn(seed)
    greens = shared_greens(seconds, weights, 5, 60)
    last, following = weights / (greens - 0.5), weights / (greens + 0.5)

    assert last[greens > 5].min(initial=np.inf) >= following[greens < 60].max(initial=0.0)


def test_seats_of_parties_are_shared_as_by_the_odd_divisors():
    """Quotients by 1, 3, 5 ...: 53, 17.7, 10.6, 7.6; 24, 8, 4.8; 23, 7.7, 4.6. The seven greatest have a seat."""
    assert shared_greens(7, [53, 24, 23], 0, 99).tolist() == [3, 2, 2]


def test_the_least_greens_are_kept_where_the_sum_is_too_short():
    assert shared_greens(3, [1, 9], 5, 60).tolist() == [5, 5]


def test_a_rest_is_left_where_all_have_the_longest_green():
    assert shared_greens(99, [1, 9], 5, 20).tolist() == [20, 20]


def test_a_phase_without_weight_keeps_the_least_until_the_others_are_full():
    assert shared_greens(30, [1, 0], 5, 60).tolist() == [25, 5]
    assert shared_greens(30, [1, 0], 5, 20).tolist() == [20, 10]
