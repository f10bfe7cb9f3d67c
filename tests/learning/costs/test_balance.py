import itertools

import pytest

from traffic_marl.learning.costs.balance import Balance, fastest_shares
from traffic_marl.learning.costs.costs import RunnerCosts

STEPS = 10  # decisions of each copy in an iteration


def sampled(copies, costs):
    """What runners measure: each decision of a copy takes a runner some time."""
    return {n: RunnerCosts(copies[n], costs[n] * copies[n] * STEPS, 0.0, copies[n] * STEPS) for n in copies}


def test_copies_go_to_fast_runners_in_proportion():
    assert fastest_shares({1: 1.0, 2: 3.0}, 16) == {1: 12, 2: 4}
    assert fastest_shares({1: 1.0, 2: 1.0, 3: 1.0}, 48) == {1: 16, 2: 16, 3: 16}


def test_every_runner_keeps_a_copy():
    assert fastest_shares({1: 1.0, 2: 1e6, 3: 1e6}, 5) == {1: 3, 2: 1, 3: 1}


@pytest.mark.parametrize("costs", [(1.0, 2.5, 4.0), (0.3, 0.31, 5.0), (2.0, 2.0, 1.0)])
def test_no_other_shares_have_a_faster_slowest_runner(costs):
    shares = fastest_shares(dict(enumerate(costs)), 9)
    assert sum(shares.values()) == 9
    slowest = max(cost * shares[n] for n, cost in enumerate(costs))
    for other in itertools.product(range(1, 8), repeat=3):
        if sum(other) == 9:
            assert max(cost * copies for cost, copies in zip(costs, other, strict=True)) >= slowest - 1e-12


def test_a_runner_that_falls_behind_gives_copies_away():
    balance, copies = Balance(16), {1: 8, 2: 8}
    assert balance.after(sampled(copies, {1: 1.0, 2: 1.0})) is None
    copies = balance.after(sampled(copies, {1: 1.0, 2: 7.0}))
    assert copies is not None
    assert copies[2] < 8 < copies[1]
    for _ in range(6):
        copies = balance.after(sampled(copies, {1: 1.0, 2: 7.0})) or copies
    assert copies == {1: 14, 2: 2}


def test_a_small_difference_moves_nothing():
    balance = Balance(32)
    assert all(balance.after(sampled({1: 16, 2: 16}, {1: 1.0, 2: 1.08})) is None for _ in range(5))


def test_nothing_else_is_asked_until_the_runners_have_changed():
    balance, copies = Balance(16), {1: 8, 2: 8}
    asked = balance.after(sampled(copies, {1: 1.0, 2: 3.0}))
    assert asked == {1: 12, 2: 4}
    assert balance.after(sampled(copies, {1: 1.0, 2: 30.0})) == asked
    assert balance.after(sampled({1: 12, 2: 8}, {1: 1.0, 2: 30.0})) == asked
    assert balance.after(sampled(asked, {1: 1.0, 2: 30.0})) == {1: 15, 2: 1}


def test_the_copies_of_a_runner_that_is_lost_go_to_the_others_and_back():
    balance = Balance(12)
    equal = {1: 1.0, 2: 1.0, 3: 1.0}
    assert balance.after(sampled({1: 4, 2: 4, 3: 4}, equal)) is None
    assert balance.after(sampled({1: 4, 3: 4}, equal)) == {1: 6, 3: 6}
    assert balance.after(sampled({1: 6, 3: 6}, equal)) is None
    assert balance.after(sampled({1: 6, 2: 4, 3: 6}, equal)) == {1: 4, 2: 4, 3: 4}


def test_an_iteration_without_runners_or_with_more_of_them_than_copies_moves_nothing():
    assert Balance(4).after({}) is None
    assert Balance(2).after(sampled({1: 1, 2: 1, 3: 1}, {1: 1.0, 2: 1.0, 3: 9.0})) is None


def test_a_runner_that_took_no_time_by_its_clock_does_no_harm():
    asked = Balance(8).after(sampled({1: 4, 2: 4}, {1: 0.0, 2: 1.0}))
    assert asked == {1: 7, 2: 1}
