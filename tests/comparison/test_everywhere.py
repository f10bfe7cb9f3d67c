"""Who wins where: comparisons on several scenarios, made up with known answers."""

import json
from dataclasses import replace

import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.everywhere import best_of, everywhere_to_json, render_tallies, render_winners, tallies


def on(name, delays_of):
    """A made-up comparison on a scenario of this name. The first strategy is the reference."""
    made = comparison(delays_of, next(iter(delays_of)))
    return replace(made, scenario=made.scenario.model_copy(update={"name": name}))


PLAN_WINS = on("short", {"plan": [10.0, 10.2, 9.8, 10.1], "detectors": [40.0, 40.3, 39.9, 40.1]})
DETECTORS_WIN = on("night", {"plan": [80.0, 80.2, 79.7, 80.1], "detectors": [10.0, 10.1, 10.0, 9.9]})
TIE = on("town", {"plan": [20.0, 30.0, 20.0, 30.0], "detectors": [30.0, 20.0, 29.0, 21.0]})
ALL = [PLAN_WINS, DETECTORS_WIN, TIE]


def test_the_best_are_those_that_none_beats_significantly():
    assert [[row.label for row in best_of(each)] for each in ALL] == [["plan"], ["detectors"], ["plan", "detectors"]]


def test_with_one_seed_the_least_delay_wins():
    assert [row.label for row in best_of(on("one", {"a": [20.0], "b": [10.0], "c": [11.0]}))] == ["b"]


def test_a_tally_counts_wins_and_the_distance_to_the_least_delay():
    detectors, plan = tallies(ALL)
    assert (detectors.strategy, detectors.scenarios, detectors.best, detectors.least) == ("detectors", 3, 2, 1)
    assert (plan.strategy, plan.scenarios, plan.best, plan.least) == ("plan", 3, 2, 2)
    assert plan.greatest_ratio == pytest.approx(8.0, rel=0.01)
    assert plan.where == "night"
    assert plan.mean_ratio == pytest.approx(2.0, rel=0.01)  # the cube root of 1 x 8 x 1
    assert detectors.mean_ratio == pytest.approx(4 ** (1 / 3), rel=0.01)


def test_a_strategy_that_ran_on_fewer_scenarios_comes_last():
    three = on("more", {"plan": [10.0, 10.2], "detectors": [12.0, 12.2], "policy": [5.0, 5.1]})
    found = tallies([*ALL, three])
    assert [each.strategy for each in found] == ["detectors", "plan", "policy"]
    assert (found[-1].scenarios, found[-1].mean_ratio) == (1, 1.0)


def test_a_scenario_without_delay_counts_as_equal():
    found = tallies([on("empty", {"plan": [0.0, 0.0], "detectors": [0.0, 0.0]})])
    assert [each.mean_ratio for each in found] == [1.0, 1.0]


def test_the_table_has_a_line_for_each_scenario_and_names_the_winners():
    table = render_winners(ALL)
    assert [row[0] for row in table.rows] == ["short", "night", "town"]
    assert [row[-1] for row in table.rows] == ["plan", "detectors", "plan, detectors"]
    assert table.rows[1][2] == "80.0"
    assert table.title == "who wins where: 3 scenarios, 4 seeds"


def test_a_scenario_on_which_no_strategy_ran_is_told():
    assert render_winners([replace(TIE, rows=())]).rows == (("town", "-", "-", "no strategy ran"),)


def test_all_scenarios_together_have_a_line_for_each_strategy():
    assert [row[:4] for row in render_tallies(ALL).rows] == [("detectors", "3", "2", "1"), ("plan", "3", "2", "2")]


def test_json_holds_the_tallies_and_every_comparison():
    content = json.loads(everywhere_to_json(ALL))
    assert content["best"] == {"short": ["plan"], "night": ["detectors"], "town": ["plan", "detectors"]}
    assert [each["scenario"] for each in content["scenarios"]] == ["short", "night", "town"]
    assert content["strategies"][0]["strategy"] == "detectors"
