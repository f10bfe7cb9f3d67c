"""The scenarios shipped show what their texts tell to expect. One or two seeds each."""

from functools import cache

import pytest

from traffic_marl import run
from traffic_marl.scenario import Signals, load_scenario

SEEDS = (0,)
TWO_SEEDS = (0, 1)  # where the difference is small


@cache
def measures(name, strategy, seeds=SEEDS):
    """The measures of a strategy on a scenario shipped."""
    return run(load_scenario(name), strategy, seeds=seeds).measures


def delay(name, strategy, seeds=SEEDS):
    """[s/veh] Mean delay over the seeds."""
    return measures(name, strategy, seeds).mean_delay.mean()


def delay_on(scenario, strategy, seeds=SEEDS):
    """[s/veh] Mean delay over the seeds, on a scenario that differs from one shipped."""
    return run(scenario, strategy, seeds=seeds).measures.mean_delay.mean()


def changed(name, **fields):
    return load_scenario(name).model_copy(update=fields)


@pytest.mark.parametrize("name", ["grid_3x3_steady", "town_3x4", "irregular_12"])
def test_detectors_come_before_plans_for_the_mean_flows(name):
    assert delay(name, "actuated") < 0.95 * delay(name, "webster")


def test_a_plan_for_the_mean_flows_is_far_ahead_of_equal_greens():
    assert delay("grid_3x3_steady", "webster") < 0.5 * delay("grid_3x3_steady", "fixed_time")


@pytest.mark.parametrize(
    ("name", "share"), [("grid_3x4_tide", 0.65), ("grid_3x3_surge", 0.6), ("grid_3x3_night", 1 / 3)]
)
def test_a_plan_for_the_mean_flows_is_far_behind_where_flows_are_not_near_their_mean(name, share):
    assert delay(name, "actuated") < share * delay(name, "webster")


def test_a_green_wave_is_well_ahead_of_plans_without_offsets_where_everything_suits_it():
    assert delay("arterial_1x8_wave", "green_wave") < 0.75 * delay("arterial_1x8_wave", "webster")


def test_short_blocks_lock_up_under_actuated_control_and_long_ones_do_not():
    short = load_scenario("grid_4x4_short_blocks").within(until_s=1800)
    long = short.model_copy(update={"network": short.network.model_copy(update={"block_m": 300.0})})
    assert run(short, "actuated", seeds=SEEDS).measures.gridlock.all()
    assert delay_on(short, "webster") < 0.5 * delay_on(short, "actuated")
    assert delay_on(long, "actuated") < delay_on(long, "webster")


def test_leading_and_lagging_left_turns_save_delay_where_they_are_heavy_on_one_side():
    four = changed("arterial_1x4_lefts", signals=Signals(phases="four"))
    assert delay("arterial_1x4_lefts", "webster", TWO_SEEDS) < 0.98 * delay_on(four, "webster", TWO_SEEDS)


@pytest.mark.parametrize("strategy", ["actuated", "webster"])
def test_a_closed_lane_costs_a_quarter_more_delay(strategy):
    without = changed("arterial_1x5_incident", incidents=())
    assert delay("arterial_1x5_incident", strategy) > 1.25 * delay_on(without, strategy)


def test_detectors_stay_ahead_of_plans_where_a_lane_is_closed():
    assert delay("arterial_1x5_incident", "actuated") < delay("arterial_1x5_incident", "webster")


def test_above_capacity_all_wait_for_minutes_and_nobody_is_left_over_in_the_end():
    actuated, pressure = (measures("grid_3x3_oversaturated", name) for name in ("actuated", "max_pressure"))
    assert 180 < actuated.mean_delay.mean() < 0.8 * pressure.mean_delay.mean()
    assert actuated.unserved.sum() == 0


def test_strategies_that_compare_queues_miss_those_before_short_pockets():
    network = load_scenario("arterial_1x4_pockets").network
    longer = changed("arterial_1x4_pockets", network=network.model_copy(update={"left_pocket_m": 140.0}))
    short = delay("arterial_1x4_pockets", "longest_queue", TWO_SEEDS)
    assert delay_on(longer, "longest_queue", TWO_SEEDS) < 0.96 * short
    assert delay_on(longer, "actuated") == pytest.approx(delay("arterial_1x4_pockets", "actuated"), rel=0.05)
