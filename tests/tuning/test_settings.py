import pytest

from tests.helpers.made_up_runs import SMALL
from tests.helpers.tasks_here import TasksHere
from traffic_marl import load_scenario
from traffic_marl.errors import StrategyError
from traffic_marl.rollout import run
from traffic_marl.scenario import Signals
from traffic_marl.strategies.catalogue import STRATEGIES, parse
from traffic_marl.tuning import settings
from traffic_marl.tuning.settings import CLASSICAL, SETTINGS, WITHIN, delay_of, mean_delays, settings_of, tuned

SEEDS = (10_000, 10_001)


def ignore(label):
    """Told of each strategy."""


def made_up(delays, told=None):
    """A function that measures nothing: strategies have the delays given by label, and others do not run."""

    def measure(scenario, labels, seeds, tell, tasks):
        if told is not None:
            told.extend(labels)
        return [(label, delays[label]) for label in labels if label in delays]

    return measure


def test_every_classical_strategy_with_parameters_has_settings_that_can_be_used():
    assert set(SETTINGS) == set(CLASSICAL) == set(STRATEGIES) - {"random", "plan"}
    for name in CLASSICAL:
        strategies = [parse(label) for label in (name, *settings_of(name))]
        assert len({(each.strategy, each.interval) for each in strategies}) == len(strategies) >= 2


def test_the_best_setting_of_each_strategy_is_found_and_the_lowest_delay_comes_first(monkeypatch):
    delays = dict.fromkeys(CLASSICAL, 100.0) | {"actuated": 90.0, "webster": 95.0}
    delays |= {"longest_queue:reach_m=60": 80.0, "webster:longest_cycle_s=90": 99.0}
    monkeypatch.setattr(settings, "mean_delays", made_up(delays))
    found = tuned(SMALL, SEEDS, ignore)
    assert found[:3] == (("longest_queue:reach_m=60", 80.0), ("actuated", 90.0), ("webster", 95.0))
    assert len(found) == len(CLASSICAL)


def test_a_strategy_far_behind_the_best_keeps_its_defaults(monkeypatch):
    delays = dict.fromkeys(CLASSICAL, 100.0 * WITHIN + 1.0) | {"actuated": 100.0, "sotl": 100.0 * WITHIN}
    told = []
    monkeypatch.setattr(settings, "mean_delays", made_up(delays, told))
    tuned(SMALL, SEEDS, ignore)
    assert told == [*CLASSICAL, *settings_of("actuated"), *settings_of("sotl")]


def test_settings_are_tried_where_the_rules_exclude_the_defaults(monkeypatch):
    monkeypatch.setattr(settings, "mean_delays", made_up({"actuated": 50.0, "fixed_time:green_s=20": 60.0}))
    assert tuned(SMALL, SEEDS, ignore) == (("actuated", 50.0), ("fixed_time:green_s=20", 60.0))


def test_no_strategy_that_runs_leaves_nothing(monkeypatch):
    monkeypatch.setattr(settings, "mean_delays", made_up({}))
    assert tuned(SMALL, SEEDS, ignore) == ()


def test_delays_are_those_of_a_run_on_all_seeds():
    told = []
    found = mean_delays(SMALL, ("longest_queue", "actuated:longest_green_s=30"), SEEDS, told.append)
    assert told == [label for label, _ in found] == ["longest_queue", "actuated:longest_green_s=30"]
    for label, delay in found:
        assert delay == pytest.approx(run(SMALL, parse(label), SEEDS).measures.mean_delay.mean())


def test_strategies_that_the_rules_leave_no_room_for_are_left_out():
    tight = SMALL.model_copy(update={"signals": Signals(max_red_s=40)})
    assert [label for label, _ in mean_delays(tight, ("fixed_time", "actuated"), SEEDS, ignore)] == ["actuated"]


def test_an_unknown_setting_is_a_mistake_and_not_left_out():
    with pytest.raises(StrategyError, match="unknown parameter 'nosuch'"):
        mean_delays(SMALL, ("actuated:nosuch=1",), SEEDS, ignore)


def test_tuning_beats_the_defaults_on_a_scenario():
    smoke = load_scenario("grid_2x2_smoke")
    found = tuned(smoke, SEEDS, ignore)
    assert list(found) == sorted(found, key=delay_of)
    assert all(run(smoke, name, SEEDS).measures.mean_delay.mean() >= found[0][1] for name in CLASSICAL)
    assert any(":" in label for label, _ in found)


def test_settings_that_run_elsewhere_give_the_same_delays():
    short = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
    tasks, told = TasksHere(), []
    names = ("sotl", "fixed_time")
    assert tuned(short, SEEDS, told.append, names, tasks) == tuned(short, SEEDS, ignore, names)
    assert {"sotl", "fixed_time"} <= set(told)
    assert len(tasks.calls) == len(told)
