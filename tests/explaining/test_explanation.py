"""Explanations over several seeds and moments: means, choices and what can be gained."""

import numpy as np
import pytest

from traffic_marl.errors import UsageError
from traffic_marl.explaining import Explanation, explain, hand_over, worth_of_neighbours
from traffic_marl.explaining.decisions import Decisions
from traffic_marl.explaining.explanation import moments_of
from traffic_marl.explaining.table import best_share, choices, render
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.conversion import named_strategy

TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=1, columns=2, block_m=150.0),
    demand=TurningFlows(inflow_vph=500.0),
    duration_s=240,
)


def decisions(cost, could, saved, regret, together, best):
    """The decisions of two intersections at a moment."""
    return Decisions(60, cost, np.array(could), np.array(saved), np.array(regret), together, best, "", 9)


MADE_UP = Explanation(
    TOWN,
    named_strategy("max_pressure"),
    15,
    (0, 1),
    120,
    (),
    (
        (
            decisions(100.0, [True, True], [10.0, -2.0], [0.0, 6.0], 11.0, 90.0),
            decisions(200.0, [True, False], [20.0, 0.0], [4.0, 0.0], 25.0, 180.0),
        ),
        (
            decisions(300.0, [True, False], [0.0, 0.0], [0.0, 0.0], 2.0, 300.0),
            decisions(100.0, [False, False], [0.0, 0.0], [0.0, 0.0], 0.0, 100.0),
        ),
    ),
)


def test_means_of_a_choice_leave_out_moments_without_one():
    assert MADE_UP.per_choice("saved") == pytest.approx(np.array([[15.0, -2.0], [0.0, np.nan]]), nan_ok=True)
    assert MADE_UP.per_choice("regret") == pytest.approx(np.array([[2.0, 6.0], [0.0, np.nan]]), nan_ok=True)
    assert choices(MADE_UP).tolist() == [3, 1]
    assert best_share(MADE_UP) == pytest.approx([2 / 3, 0.0])


def test_sums_are_means_over_all_moments_and_add_up_with_what_is_not_explained():
    saved = MADE_UP.by_seed("saved").sum(axis=1)
    assert saved.tolist() == [14.0, 0.0]
    assert MADE_UP.by_seed("together").tolist() == [18.0, 1.0]
    assert MADE_UP.by_seed("not_explained").tolist() == [4.0, 1.0]


def test_the_gain_is_the_share_of_the_delay_that_the_best_branches_spare():
    assert MADE_UP.gain() == pytest.approx([(150.0 - 135.0) / 150.0, 0.0])


def test_the_table_tells_them():
    rows = {row[0]: row[1:] for row in render(MADE_UP).rows}
    assert rows["intersection_1_1"][0] == "3"
    assert rows["intersection_1_1"][1].startswith("+8 ")  # 7.5, the mean of 15 and 0
    assert rows["intersection_1_2"][:3] == ("1", "-2", "6")  # one seed alone has a choice, so there is no interval
    assert rows["not explained"][1].startswith("+2 ")
    assert "at least 5.0 +- 63.5 %" in render(MADE_UP).notes[0]


def test_a_moment_is_a_decision_within_each_equal_part_and_differs_by_seed():
    for seed in range(5):
        found = moments_of(3600, 15, 6, seed)
        assert found == moments_of(3600, 15, 6, seed)
        assert [time // 600 for time in found] == [0, 1, 2, 3, 4, 5]
        assert all(time % 15 == 0 for time in found)
    assert len({tuple(moments_of(3600, 15, 6, seed)) for seed in range(5)}) == 5
    assert moments_of(20, 15, 50, 0) == [0, 15]  # there are two decisions


def test_moments_meet_every_second_of_a_cycle():
    met = {time % 60 for seed in range(60) for time in moments_of(3600, 1, 6, seed)}
    assert len(met) > 55


def test_the_same_explanation_comes_twice_and_alone_or_with_other_seeds():
    both = explain(TOWN, "max_pressure", (0, 1), moments=2, ahead=30)
    alone = explain(TOWN, "max_pressure", (1,), moments=2, ahead=30)

    for one, other in zip(both.decisions[1], alone.decisions[0], strict=True):
        assert (one.cost, one.best, one.together) == (other.cost, other.best, other.together)
        assert one.saved.tolist() == other.saved.tolist()


def test_the_best_branch_is_never_worse_than_the_strategy_or_a_single_change():
    found = explain(TOWN, "fixed_time", (0, 1), moments=3, ahead=60)

    for each in [decision for row in found.decisions for decision in row]:
        assert each.best <= each.cost - each.regret.max() + 1e-9
    assert found.gain().min() > 0.0


def test_a_rival_takes_over_once_and_the_strategy_itself_is_none():
    found = explain(TOWN, "sotl", (0,), moments=1, ahead=10, rivals=("max_pressure", "sotl", "max_pressure"))
    assert found.rivals == ("max_pressure",)


def test_more_moments_than_seconds_are_refused():
    with pytest.raises(UsageError, match=r"moments: 2000000000 are more than the demand has seconds; give at most"):
        explain(TOWN, "max_pressure", (0,), moments=2_000_000_000)


@pytest.mark.parametrize(("seeds", "message"), [((), "seeds: there are none"), ((1, 1), "seeds: one is given twice")])
def test_seeds_that_make_no_sample_are_refused(seeds, message):
    for work in (
        lambda: explain(TOWN, "max_pressure", seeds),
        lambda: worth_of_neighbours(TOWN, "max_pressure", seeds),
        lambda: hand_over(TOWN, "max_pressure", "sotl", seeds),
    ):
        with pytest.raises(UsageError, match=message):
            work()
