import numpy as np
import pytest

from traffic_marl.errors import StrategyError
from traffic_marl.rollout import run
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies import parse
from traffic_marl.strategies.plans.design import named_phases, plan_remarks, planned_greens
from traffic_marl.strategies.plans.sheet import read_sheet, sheet_csv


@pytest.mark.parametrize("strategy", ["webster", "green_wave", "fixed_time:green_s=17", "plan"])
def test_a_plan_that_is_written_runs_as_the_strategy_that_made_it(tmp_path, strategy):
    scenario = load_scenario("arterial_1x6").within(until_s=300)
    path = tmp_path / "plan.csv"
    path.write_text(sheet_csv(named_phases(planned_greens(scenario, parse(strategy)), scenario.build_network())))
    given, made = run(scenario, f"plan:file={path}", (3,)), run(scenario, strategy, (3,))
    assert np.array_equal(given.at_end.left, made.at_end.left)
    assert np.array_equal(given.at_end.stops, made.at_end.stops)


def test_every_time_is_written(tmp_path):
    scenario = load_scenario("grid_2x2_smoke")
    path = tmp_path / "plan.csv"
    path.write_text(sheet_csv(planned_greens(scenario, parse("fixed_time:green_s=20"))))
    first = read_sheet(path).greens[0]
    times = (first.green, first.yellow, first.all_red, first.offset, first.cycle)
    assert (first.intersection, first.phase, times) == ("intersection_1_1", "0", (20.0, 3.0, 2.0, 0.0, 100.0))


def test_a_strategy_that_decides_by_the_traffic_has_no_plan():
    with pytest.raises(StrategyError, match="max_pressure: decides by the traffic and has no plan; give fixed_time"):
        planned_greens(load_scenario("grid_2x2_smoke"), parse("max_pressure"))


def test_only_given_plans_have_remarks(tmp_path):
    scenario = load_scenario("grid_2x2_smoke")
    path = tmp_path / "plan.csv"
    path.write_text(sheet_csv(planned_greens(scenario, parse("webster"))).replace(",3,2,", ",4,1,"))
    assert plan_remarks(scenario, parse("webster")) == ()
    (remark,) = plan_remarks(scenario, parse(f"plan:file={path}"))
    assert "16 yellows and all-reds differ" in remark.what
    with pytest.warns(UserWarning, match="16 yellows"):
        run(scenario, f"plan:file={path}", (0,), until=5)
