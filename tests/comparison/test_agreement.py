import json

import numpy as np
import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.agreement import agreement, kendall
from traffic_marl.comparison.agreement_table import agreement_to_json, render_agreement
from traffic_marl.errors import UsageError

HERE = comparison({"a": [10, 11, 12], "b": [20, 21, 22.5], "c": [30, 31.5, 32]}, "a")


def there(delays_of):
    return comparison(delays_of, "a")


@pytest.mark.parametrize(
    ("other", "tau"),
    [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], -1.0), ([1, 2, 4, 3], 4 / 6), ([1, 1, 2, 3], 5 / 30**0.5)],
)
def test_the_rank_correlation_counts_pairs_in_the_same_and_in_the_opposite_order(other, tau):
    assert kendall(np.array([1.0, 2.0, 3.0, 4.0]), np.array(other, float)) == pytest.approx(tau)


def test_a_ranking_without_an_order_has_no_rank_correlation():
    assert np.isnan(kendall(np.array([1.0, 2.0]), np.array([5.0, 5.0])))


def test_the_same_order_confirms_all_pairs():
    found = agreement(HERE, there({"a": [15, 16, 17], "b": [25, 26, 27.5], "c": [40, 41.5, 42], "d": [50, 51, 52]}))

    assert (found.tau.mean, found.tau.half_width, found.pairs) == (1.0, 0.0, 3)
    assert set(found.confirmed) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert found.reversed == ()
    assert found.labels == ("a", "b", "c")


def test_a_reversed_pair_is_named_with_the_one_that_is_better_here_first():
    found = agreement(HERE, there({"a": [25, 26.5, 27], "b": [15, 16, 17.5], "c": [40, 41, 42]}))

    assert found.reversed == (("a", "b"),)
    assert found.tau.mean == pytest.approx(1 / 3)
    assert "1 in opposite orders (a and b)" in render_agreement(found).notes[1]


def test_the_table_has_both_delays_and_strategies_of_one_simulator_at_the_end():
    found = agreement(HERE, there({"d": [1, 2, 3], "a": [15, 16, 17], "b": [25, 26, 27], "c": [40, 41, 42]}))

    table = render_agreement(found)

    assert [row[0] for row in table.rows] == ["a", "b", "c", "d"]
    assert table.rows[0][1].startswith("11.0 +- ")
    assert table.rows[0][3].startswith("16.0 +- ")
    assert table.rows[3][1:3] == ("-", "-")
    assert table.notes[0] == "Kendall's tau of the order by mean delay, 3 strategies: 1.00, 95 % interval 1.00 to 1.00."


def test_one_seed_gives_no_interval():
    one = comparison({"a": [10], "b": [20]}, "a")

    assert agreement(one, one).tau.half_width is None
    assert "One seed only" in render_agreement(agreement(one, one)).notes[1]


def test_json_has_both_comparisons_and_what_they_have_in_common():
    content = json.loads(agreement_to_json(agreement(HERE, HERE)))

    assert content["agreement"]["kendall_tau"] == {"mean": 1.0, "half_width": 0.0, "seeds": 3}
    assert content["own"]["strategies"][0]["strategy"] == "a"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (comparison({"a": [1, 2], "b": [1, 2]}, "a"), "seeds: the two comparisons have other seeds"),
        (comparison({"a": [1, 2, 3], "x": [1, 2, 3]}, "a"), "strategies: fewer than two ran in both"),
    ],
)
def test_comparisons_that_have_nothing_in_common_are_refused(other, told):
    with pytest.raises(UsageError, match=told):
        agreement(HERE, other)
