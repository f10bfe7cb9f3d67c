import numpy as np
import pytest

from tests.helpers.made_up_comparison import MADE_UP, comparison, outcome
from traffic_marl.comparison.comparison import check, compare, judge
from traffic_marl.comparison.statistics import Verdict
from traffic_marl.errors import UsageError
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import parse

SLOW, FAST, ALIKE = [60.0, 62, 58, 61], [40.0, 43, 37, 40], [61.0, 61, 59, 60.5]


def test_rows_stand_by_mean_delay_and_are_judged_against_the_reference():
    rows = judge([outcome("slow", SLOW), outcome("fast", FAST), outcome("alike", ALIKE)], "slow")
    assert [row.label for row in rows] == ["fast", "slow", "alike"]
    assert [row.verdict for row in rows] == [Verdict.BETTER, None, Verdict.TIE]
    assert rows[1].difference is None
    assert rows[0].difference.mean == pytest.approx(np.mean(FAST) - np.mean(SLOW))


def test_ranks_name_ties():
    rows = judge([outcome("slow", SLOW), outcome("fast", FAST), outcome("alike", ALIKE)], "slow")
    assert [(row.standing.first, row.standing.last) for row in rows] == [(1, 1), (2, 3), (2, 3)]


def test_differences_to_the_reference_share_the_error_and_single_delays_do_not():
    two = judge([outcome("slow", SLOW), outcome("fast", FAST)], "slow")
    three = judge([outcome("slow", SLOW), outcome("fast", FAST), outcome("alike", ALIKE)], "slow")
    assert three[0].difference.half_width > two[0].difference.half_width
    assert three[0].delay.half_width == two[0].delay.half_width


def test_equal_strategies_tie():
    rows = judge([outcome("one", SLOW), outcome("other", SLOW)], "one")
    assert [(row.verdict, row.standing.is_tied_with_best) for row in rows] == [(None, True), (Verdict.TIE, True)]


def test_no_traffic_comes_last_and_unknown():
    rows = judge([outcome("one", [np.nan, np.nan]), outcome("other", [np.nan, np.nan])], "one")
    assert [row.verdict for row in rows] == [None, Verdict.UNKNOWN]
    assert [row.standing for row in rows] == [None, None]


def test_reference_is_fixed_time_where_it_takes_part():
    assert check([parse("random"), parse("fixed_time")], [0], None) == "fixed_time"
    assert check([parse("random"), parse("fixed_time:interval_s=5")], [0], None) == "fixed_time:interval_s=5"
    assert check([parse("random"), parse("longest_queue")], [0], None) == "random"


def test_reference_may_be_named_without_its_parameters():
    assert check([parse("random"), parse("longest_queue:interval_s=5")], [0], "longest_queue") == (
        "longest_queue:interval_s=5"
    )


@pytest.mark.parametrize(
    ("strategies", "seeds", "reference", "message"),
    [
        ([], [0], None, "strategies: no strategy is given"),
        (["random", "random"], [0], None, "strategies: random is given twice"),
        (["random"], [], None, "seeds: no seed is given"),
        (["random"], [1, 1], None, "one is repeated"),
        (["random"], [0], "webster", "reference: webster is not among the strategies; choose one of random"),
    ],
)
def test_comparisons_that_make_no_sense_are_refused(strategies, seeds, reference, message):
    with pytest.raises(UsageError, match=message):
        check([parse(name) for name in strategies], seeds, reference)


def test_row_is_found_by_its_label():
    assert comparison({"slow": SLOW, "fast": FAST}, "slow").row("fast").delay.mean == np.mean(FAST)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scenario": None}, r"scenario: None is not a scenario; give a Scenario, or its name or path"),
        ({"scenario": 5}, r"scenario: 5 is not a scenario"),
        ({"seeds": 5}, r"seeds: 5 is not a sequence of seeds; give a sequence of whole numbers, such as range\(10\)"),
        ({"seeds": "0,1"}, r"seeds: '0,1' is not a sequence of seeds"),
        ({"seeds": [0.5]}, r"seeds: 0.5 is not a whole number"),
        ({"seeds": [True]}, r"seeds: True is not a whole number"),
        ({"strategies": 5}, r"strategies: 5 is not a list of strategies"),
        ({"strategies": [5]}, r"strategies: "),
        ({"reference": 5}, r"reference: 5 is not among the strategies; choose one of random"),
        ({"interval": True}, r"interval: True is not a whole number"),
        ({"interval": 0}, r"interval: 0 is too small"),
        ({"threads": "all"}, r"threads: 'all' is not a whole number"),
        ({"progress": 5}, r"progress: 5 is not a function"),
    ],
)
def test_wrong_types_are_refused_before_anything_runs(monkeypatch, arguments, message):
    monkeypatch.setattr(Scenario, "simulation", None)
    with pytest.raises(UsageError, match=f"^{message}"):
        compare(**{"scenario": MADE_UP, "strategies": "random", "seeds": [0], **arguments})


def test_names_numpy_seeds_and_texts_are_taken():
    short = MADE_UP.model_copy(update={"duration_s": 30})
    found = compare(short, "random,fixed_time:green_s=20", np.arange(2))
    assert found.seeds == (0, 1)
    assert {type(seed) for seed in found.seeds} == {int}
    assert found.reference == "fixed_time:green_s=20"
    assert [row.label for row in found.rows] == [
        row.label for row in compare(short, ["random", parse("fixed_time:green_s=20")], range(2)).rows
    ]


def test_a_label_that_no_row_has_is_told():
    with pytest.raises(UsageError, match=r"^label: unknown label 'fats'; did you mean fast\?"):
        comparison({"slow": SLOW, "fast": FAST}, "slow").row("fats")
