"""Searches with delays that are made up, and one in real traffic."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.made_up_runs import HARDLY_ANY, SMALL
from tests.helpers.tasks_here import TasksHere
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.rollout import run
from traffic_marl.scenario import Signals
from traffic_marl.scenario.seeds import VALIDATION
from traffic_marl.strategies.origin import origin_of
from traffic_marl.tuning import search as searching
from traffic_marl.tuning.candidates import candidates_for
from traffic_marl.tuning.search import TrialBudget, search
from traffic_marl.tuning.trials import Trial, read_record, write_record

SEEDS = (10_000, 10_001)
SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})


def made_up(monkeypatch, delay_of, tried=None):
    """Trials whose delay is that of their parameters. None cannot be run."""

    def trial(scenario, candidates, parameters, seeds, threads, tasks):
        if tried is not None:
            tried.append(parameters)
        delay = delay_of(parameters)
        if delay is None:
            raise StrategyError("made up", "cannot be run", "try others")
        return Trial(parameters, tuple(delay for _ in seeds), 2.0)

    monkeypatch.setattr(searching, "_tried", trial)


def found(text, trials, path=None, scenario=SHORT, seeds=SEEDS):
    return search(scenario, candidates_for(scenario, text), text, seeds, TrialBudget(trials), path=path)


def noted(trial, tried):
    """A trial that notes that it was called."""

    def run_it(*arguments):
        tried.append(arguments)
        return trial(*arguments)

    return run_it


def bowl(parameters):
    """Least at a gap of 4 s and a longest green of 77 s."""
    return 20.0 + abs(parameters.get("gap_s", 1) - 4) + abs(parameters.get("longest_green_s", 60) - 77) / 4


def test_the_least_delay_is_found_in_few_trials(monkeypatch):
    made_up(monkeypatch, bowl)
    record = found("actuated", 40)
    assert record.study.trials[0].parameters == {}  # the strategy as it was given comes first
    assert record.study.best.delay < 23.0 < 27.0 < bowl({})
    assert record.strategy.startswith("actuated:")


def test_a_search_that_was_interrupted_goes_on_as_if_it_had_not_been(monkeypatch, tmp_path):
    tried = []
    made_up(monkeypatch, bowl, tried)
    whole = found("actuated", 16)
    first = tried[:]
    tried.clear()
    path = tmp_path / "search.json"
    for count in (6, 11, 16):
        record = found("actuated", count, path)
    assert tried == first
    assert replace(record.study, seconds=0.0) == replace(whole.study, seconds=0.0)
    assert read_record(path) == record


def test_delays_of_free_roads_are_a_little_below_zero(monkeypatch, tmp_path):
    made_up(monkeypatch, lambda parameters: -0.3)
    record = found("actuated", 2, tmp_path / "free.json")
    assert read_record(tmp_path / "free.json") == record
    assert record.study.best.delay == pytest.approx(-0.3)


def test_seeds_without_vehicles_do_not_count(tmp_path):
    record = found("actuated", 1, tmp_path / "few.json", HARDLY_ANY, tuple(VALIDATION[:4]))
    delays = run(HARDLY_ANY, "actuated", tuple(VALIDATION[:4])).measures.mean_delay
    assert record.study.best.delays_s == (None, None, None, delays[3])
    assert record.study.best.delay == delays[3]
    assert read_record(tmp_path / "few.json") == record


def test_without_vehicles_there_is_nothing_to_find_and_the_first_trial_says_so(monkeypatch, tmp_path):
    tried = []
    monkeypatch.setattr(searching, "_tried", noted(searching._tried, tried))
    with pytest.raises(UsageError, match=r"seeds: no vehicle departs on the validation seeds"):
        found("actuated", 5, tmp_path / "none.json", HARDLY_ANY, tuple(VALIDATION[:3]))
    assert len(tried) == 1
    assert not (tmp_path / "none.json").exists()


def test_parameters_that_cannot_be_run_are_left_behind(monkeypatch, tmp_path):
    made_up(monkeypatch, lambda parameters: 30.0 if parameters.get("gap_s") else None)
    record = found("actuated", 12, tmp_path / "search.json")
    assert record.study.trials[0].delays_s is None
    assert record.study.best.delay == 30.0
    made_up(monkeypatch, lambda parameters: None)
    with pytest.raises(StrategyError, match="cannot be run"):
        found("actuated", 5, tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()


def test_parameters_that_were_tried_before_take_no_simulation_and_end_the_search(monkeypatch):
    tried = []
    made_up(monkeypatch, lambda parameters: 30.0, tried)
    candidates = candidates_for(SHORT, "fixed_time", ("green_s=10:11",))
    record = search(SHORT, candidates, "fixed_time", SEEDS, TrialBudget(1000))
    assert len(record.study.trials) < 100
    assert record.study.hours == 2.0 * len(tried)


def test_a_budget_of_minutes_ends_the_search(monkeypatch):
    made_up(monkeypatch, bowl)
    clock = iter(np.arange(0.0, 1000.0, 10.0))  # each look at it takes 10 s
    monkeypatch.setattr(searching.time, "monotonic", lambda: float(next(clock)))
    record = search(SHORT, candidates_for(SHORT, "actuated"), "actuated", SEEDS, TrialBudget(minutes=1.0))
    assert len(record.study.trials) == 6


@pytest.mark.parametrize("given", [{}, {"trials": 3, "minutes": 1.0}, {"trials": 0}, {"minutes": 0.0}, {"minutes": -1}])
def test_a_budget_is_trials_or_minutes(given):
    with pytest.raises(UsageError):
        TrialBudget(**given)


def test_another_search_gets_no_place_in_the_file(monkeypatch, tmp_path):
    made_up(monkeypatch, bowl)
    path = tmp_path / "search.json"
    found("actuated", 2, path)
    before = path.read_bytes()
    with pytest.raises(FileError, match="holds a search for another strategy; name another file, or remove this one"):
        found("sotl", 2, path)
    with pytest.raises(FileError, match="on another scenario"):
        found("actuated", 3, path, SMALL)
    with pytest.raises(FileError, match="on other seeds"):
        found("actuated", 3, path, seeds=(10_000,))
    stating = SHORT.model_copy(update={"decision_interval_s": SHORT.decision_interval_s})
    with pytest.raises(FileError, match="with another decision interval of the scenario"):
        found("actuated", 3, path, stating)
    assert path.read_bytes() == before


def test_the_file_stands_for_the_strategy_and_tells_where_its_parameters_come_from(monkeypatch, tmp_path):
    made_up(monkeypatch, bowl)
    path = tmp_path / "mine.json"
    record = found("actuated:gap_s=4", 12, path)
    named = choose_strategy(str(path))
    same = choose_strategy(record.strategy)
    assert named.label == str(path)
    assert named.own_interval == same.own_interval == 1
    delays = [run(SHORT, each, (0,)).measures.mean_delay[0] for each in (named, same)]
    assert delays[0] == delays[1]
    origin = origin_of(named)
    assert origin.trials == 12
    assert origin.hours == record.study.hours > 0
    assert "tuned in 12 trials on small, seeds 10000 to 10001" in origin.found
    assert origin.senses == origin_of(same).senses
    assert "gap_s=4" in origin.parameters


def test_a_plan_is_tuned_and_kept_in_the_file(tmp_path):
    path = tmp_path / "plan.json"
    record = found("plan", 6, path)
    assert record.study.trials[0].parameters == {}
    own, named = choose_strategy("plan"), choose_strategy(str(path))
    assert record.study.best.delay <= record.study.trials[0].delay
    delays = [float(run(SHORT, each, SEEDS).measures.mean_delay.mean()) for each in (own, named)]
    assert delays == pytest.approx([record.study.trials[0].delay, record.study.best.delay])


def test_hours_count_copies_and_intersections():
    record = search(SHORT, candidates_for(SHORT, "actuated"), "actuated", SEEDS, TrialBudget(1))
    rollout = run(SHORT, "actuated", SEEDS)
    assert record.study.hours == pytest.approx(2 * 2 * rollout.simulation.time / 3600)
    assert record.study.best.delays_s == tuple(rollout.measures.mean_delay)


def test_rules_that_exclude_a_strategy_are_told():
    tight = SHORT.model_copy(update={"signals": Signals(max_red_s=20)})
    with pytest.raises(StrategyError, match="max red"):
        search(tight, candidates_for(tight, "fixed_time", ("green_s=30:40",)), "fixed_time", SEEDS, TrialBudget(3))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.update(format=2),
        lambda content: content.update(strategy=5),
        lambda content: content.update(trials=[]),
        lambda content: content["trials"][0].update(delays_s=[1.0]),
        lambda content: content["trials"][0].update(delays_s=["1", 2.0]),
        lambda content: content["trials"][0].update(delays_s=[-1e300, 2.0]),
        lambda content: content["trials"][0].update(hours=-1.0),
        lambda content: content.update(seeds=[True]),
        lambda content: content.pop("ranges"),
    ],
)
def test_a_damaged_file_is_told_in_one_line(spoil, monkeypatch, tmp_path):
    made_up(monkeypatch, bowl)
    found("actuated", 1, tmp_path / "a.json")
    content = json.loads((tmp_path / "a.json").read_text())
    spoil(content)
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(FileError, match="is no record of a search for parameters, or is damaged"):
        choose_strategy(str(tmp_path / "a.json"))


def test_a_file_runs_no_code(monkeypatch, tmp_path):
    made_up(monkeypatch, bowl)
    record = found("actuated", 1)
    for text in ("own.py:Mine", "runs/mine", "nosuch"):
        write_record(tmp_path / "a.json", replace(record, strategy=text))
        with pytest.raises(FileError, match="is no strategy of the catalogue"):
            choose_strategy(str(tmp_path / "a.json"))


def test_trials_whose_seeds_run_elsewhere_give_the_same_record():
    candidates = candidates_for(SHORT, "sotl")
    here, there = (search(SHORT, candidates, "sotl", SEEDS, TrialBudget(3), tasks=each) for each in (None, TasksHere()))
    assert there.strategy == here.strategy
    assert there.study.trials == here.study.trials
    assert there.study.trials[2].hours > 0.0
