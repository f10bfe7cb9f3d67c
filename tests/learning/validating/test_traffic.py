"""The traffic on which a training is validated."""

import numpy as np
import pytest

from tests.helpers.made_up_runs import HARDLY_ANY
from traffic_marl.learning.runs.validation import Delays
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.validating.means import ARITHMETIC, GEOMETRIC, mean_over_scenarios, weights
from traffic_marl.learning.validating.traffic import RULES, ValidationTraffic
from traffic_marl.rollout import run
from traffic_marl.scenario import load_scenario, random_scenario
from traffic_marl.scenario.seeds import VALIDATION
from traffic_marl.strategies.catalogue import parse

RANDOM = TrainingSettings(random=2)
SEEDS = tuple(VALIDATION[:3])
SHORT = random_scenario(SEEDS[0], duration_s=200)


def delay(scenario, name, seeds):
    return float(run(scenario, name, seeds).measures.mean_delay.mean())


def test_with_one_scenario_the_delays_are_those_of_its_seeds():
    smoke = load_scenario("grid_2x2_smoke")
    traffic = ValidationTraffic(smoke, TrainingSettings(), SEEDS)

    assert np.array_equal(traffic.delays(parse("fixed_time")), run(smoke, "fixed_time", SEEDS).measures.mean_delay)


def test_with_random_scenarios_delays_are_relative_to_those_of_actuated_control():
    traffic = ValidationTraffic(SHORT, RANDOM, SEEDS)
    scenarios = [random_scenario(seed, duration_s=200) for seed in SEEDS]
    actuated = [delay(scenario, "actuated", (seed,)) for scenario, seed in zip(scenarios, SEEDS, strict=True)]
    fixed = [delay(scenario, "fixed_time", (seed,)) for scenario, seed in zip(scenarios, SEEDS, strict=True)]

    assert len({scenario.hash() for scenario in scenarios}) == 3
    level, relative = np.prod(actuated) ** (1 / 3), np.divide(fixed, actuated)
    assert traffic.delays(parse("actuated")) == pytest.approx([level] * 3)
    assert traffic.delays(parse("fixed_time")) == pytest.approx(relative * level)
    assert traffic.mean_delay(parse("fixed_time")) == pytest.approx(np.prod(fixed) ** (1 / 3))


def test_a_run_of_an_earlier_version_keeps_its_arithmetic_mean():
    traffic = ValidationTraffic(SHORT, RANDOM, SEEDS, ARITHMETIC)
    scenarios = [random_scenario(seed, duration_s=200) for seed in SEEDS]
    actuated = [delay(scenario, "actuated", (seed,)) for scenario, seed in zip(scenarios, SEEDS, strict=True)]
    fixed = [delay(scenario, "fixed_time", (seed,)) for scenario, seed in zip(scenarios, SEEDS, strict=True)]

    assert traffic.mean_delay(parse("actuated")) == pytest.approx(np.mean(actuated))
    assert traffic.mean_delay(parse("fixed_time")) == pytest.approx(
        np.divide(fixed, actuated).mean() * np.mean(actuated)
    )


def test_a_scenario_that_is_named_counts_as_one_more():
    smoke = load_scenario("grid_2x2_smoke").within(until_s=200)
    traffic = ValidationTraffic(smoke, RANDOM, SEEDS[:2])

    assert [scenario.name for scenario, _ in traffic.runs] == ["random_10000", "random_10001", "grid_2x2_smoke"]
    assert [seeds for _, seeds in traffic.runs] == [(10_000,), (10_001,), (10_000, 10_001)]
    assert {scenario.horizon for scenario, _ in traffic.runs} == {200}
    assert len(traffic.delays(parse("actuated"))) == 3


def test_further_scenarios_count_like_random_ones_too():
    smoke, settings = load_scenario("grid_2x2_smoke"), TrainingSettings(random=2, also=("grid_2x2_smoke",))
    alone = ValidationTraffic(random_scenario(SEEDS[0], duration_s=600), settings, SEEDS[:2])
    both = ValidationTraffic(smoke, settings, SEEDS[:2])

    assert [scenario.name for scenario, _ in alone.runs] == ["random_10000", "random_10001", "grid_2x2_smoke"]
    assert [scenario.name for scenario, _ in both.runs[2:]] == ["grid_2x2_smoke"] * 2


def test_a_named_scenario_counts_by_its_delay_over_that_of_actuated_control():
    smoke = load_scenario("grid_2x2_smoke").within(until_s=200)
    traffic = ValidationTraffic(smoke, RANDOM, SEEDS[:2])
    actuated, fixed = (
        np.array([delay(scenario, name, seeds) for scenario, seeds in traffic.runs])
        for name in ("actuated", "fixed_time")
    )

    assert traffic.delays(parse("fixed_time")) == pytest.approx(fixed / actuated * np.exp(np.log(actuated).mean()))


def test_without_random_scenarios_the_first_scenario_alone_is_validated_on():
    smoke, settings = load_scenario("grid_2x2_smoke"), TrainingSettings(also=("grid_2x2_smoke",))

    assert ValidationTraffic(smoke, settings, SEEDS).runs == [(smoke, SEEDS)]


def test_the_scenario_that_stands_in_where_none_is_named_counts_once():
    assert len(ValidationTraffic(SHORT, RANDOM, SEEDS).runs) == 3
    assert len(ValidationTraffic(load_scenario("random_10000").within(until_s=60), RANDOM, SEEDS).runs) == 3


def test_rules_are_measured_on_all_scenarios_lowest_first():
    traffic, told = ValidationTraffic(SHORT, RANDOM, SEEDS[:2]), []
    found = traffic.rules(told.append)

    assert sorted(told) == sorted(RULES)
    assert [each for _, each in found] == sorted(each for _, each in found)
    assert dict(found)["max_pressure"] == pytest.approx(traffic.mean_delay(parse("max_pressure")))


def test_each_delay_has_a_name_of_its_own():
    smoke, seeds = load_scenario("grid_2x2_smoke"), (10_000, 10_001)
    assert ValidationTraffic(smoke, TrainingSettings(), seeds).names == ("10000", "10001")
    drawn = ValidationTraffic(smoke, TrainingSettings(random=2, also=("arterial_1x6", "arterial_1x6")), seeds)
    assert drawn.names == ("random_10000", "random_10001", "grid_2x2_smoke", "arterial_1x6", "arterial_1x6_2")


def test_the_mean_is_that_of_seeds_with_vehicles():
    traffic = ValidationTraffic(HARDLY_ANY, TrainingSettings(), VALIDATION[:4])
    delays = traffic.delays(parse("actuated"))

    assert np.isnan(delays[:3]).all()
    assert traffic.mean_delay(parse("actuated")) == delays[3]
    assert ("actuated", delays[3]) in traffic.rules(lambda label: None)
    told = Delays.of(traffic.names, delays, traffic.mean_delay(parse("actuated")))
    assert told == Delays(delays[3], delays[3], delays[3], {"10003": delays[3]})


def test_without_vehicles_there_is_no_delay():
    traffic = ValidationTraffic(HARDLY_ANY, TrainingSettings(), VALIDATION[:3])

    assert traffic.mean_delay(parse("actuated")) is None
    assert traffic.rules(lambda label: None) == ()
    assert Delays.of(traffic.names, traffic.delays(parse("actuated")), None) is None


def test_empty_scenarios_do_not_count_among_others():
    some, none = np.array([20.0, np.nan, 80.0]), np.array([np.nan, np.nan])

    assert weights(some, ARITHMETIC) == pytest.approx([2.5, np.nan, 50.0 / 80.0], nan_ok=True)
    assert weights(some, GEOMETRIC) == pytest.approx([2.0, np.nan, 0.5], nan_ok=True)
    assert mean_over_scenarios(some, GEOMETRIC) == pytest.approx(40.0)
    assert np.isnan(weights(none, GEOMETRIC)).all()
    assert mean_over_scenarios(none, GEOMETRIC) is None


def test_roads_that_are_almost_empty_do_not_rule_a_mean():
    assert mean_over_scenarios(np.array([0.01, 0.0, 8.0]), GEOMETRIC) == pytest.approx(2.0)
    assert mean_over_scenarios(np.array([-0.2, 100.0]), GEOMETRIC) == pytest.approx(10.0)
