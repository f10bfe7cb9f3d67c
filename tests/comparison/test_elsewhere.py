"""Comparisons whose batches of seeds run elsewhere."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.helpers.made_up_runs import SMALL
from tests.helpers.tasks_here import TasksHere
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.export import to_json
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.comparison.robustness.degradation import degrade
from traffic_marl.errors import ScenarioError, StrategyError, UsageError
from traffic_marl.strategies import NamedStrategy
from traffic_marl.tasks import ensure_same

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
SEEDS = range(5)


@dataclass(frozen=True)
class FailsOn:
    """Starts on all seeds but one."""

    seed: int

    def start(self, conditions):
        if self.seed in conditions.seeds:
            raise StrategyError("fails", f"seed {self.seed} is too much", "leave it out")
        return lambda readings: np.zeros_like(readings.phase)


def test_the_results_are_those_of_one_process_to_the_last_digit():
    strategies = "random,fixed_time,actuated,sotl"  # one draws by seed, one knows the time, two see the traffic
    tasks = TasksHere()
    told = []
    here = compare(SHORT, strategies, SEEDS)
    there = compare(SHORT, strategies, SEEDS, tasks=tasks, progress=lambda label, share: told.append(share))
    assert to_json(there) == to_json(here)
    assert len(tasks.calls) == 8
    assert told == [(place + 1) / 8 for place in range(8)]


def test_runs_are_kept_in_a_folder_and_only_those_that_are_missing_are_made(tmp_path):
    compare(SHORT, "fixed_time", range(3), results=tmp_path / "kept")
    tasks = TasksHere(slots=1)
    found = compare(SHORT, "fixed_time,actuated", SEEDS, results=tmp_path / "kept", tasks=tasks)
    assert sorted(seed for _, _, seeds, _ in tasks.calls for seed in seeds) == [0, 1, 2, 3, 3, 4, 4]
    assert to_json(found) == to_json(compare(SHORT, "fixed_time,actuated", SEEDS))
    assert len(ResultsFolder.open_folder(tmp_path / "kept").runs) == 10


def test_a_batch_is_kept_as_soon_as_it_is_finished(tmp_path):
    class Broken(TasksHere):
        def results(self, function, calls):
            results = super().results(function, calls)
            yield next(results)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(SHORT, "fixed_time", SEEDS, results=tmp_path / "kept", tasks=Broken(slots=1))
    assert len(ResultsFolder.open_folder(tmp_path / "kept").runs) == 3


def test_a_strategy_that_fails_on_some_seeds_is_told_once_with_all_of_them():
    chosen = [NamedStrategy("fails", FailsOn(1)), "fixed_time"]
    here, there = [], []
    expected = compare(SHORT, chosen, SEEDS, on_failure=here.append)
    found = compare(SHORT, chosen, SEEDS, on_failure=there.append, tasks=TasksHere())
    assert [str(each) for each in there] == [str(each) for each in here]
    assert to_json(found) == to_json(expected)
    with pytest.raises(StrategyError, match="seed 1 is too much"):
        compare(SHORT, chosen, SEEDS, tasks=TasksHere())
    with pytest.raises(StrategyError, match="seed 1 is too much"):
        compare(SHORT, chosen[:1], SEEDS, tasks=TasksHere(), on_failure=there.append)


def test_a_comparison_at_rising_severity_runs_elsewhere_too():
    here = degrade(SHORT, "demand=0.8:1.2", "fixed_time", range(2), steps=1)
    there = degrade(SHORT, "demand=0.8:1.2", "fixed_time", range(2), steps=1, tasks=TasksHere())
    both = [[to_json(each) for each in found.series[0].comparisons] for found in (here, there)]
    assert both[0] == both[1]


def test_whole_runs_are_not_given_from_elsewhere():
    with pytest.raises(UsageError, match="each_rollout: it needs whole runs"):
        compare(SHORT, "fixed_time", SEEDS, tasks=TasksHere(), each_rollout=print)
    with pytest.raises(UsageError, match="by_movement: it needs whole runs"):
        compare(SHORT, "fixed_time", SEEDS, tasks=TasksHere(), by_movement=True)


def test_a_scenario_whose_files_differ_on_another_machine_is_refused():
    ensure_same(SHORT, SHORT.hash())
    with pytest.raises(ScenarioError, match="small: a file that it names is another one"):
        ensure_same(SHORT, "0" * 12)
