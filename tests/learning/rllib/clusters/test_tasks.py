"""Tasks of ray: results, errors and processes that die."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.export import to_json
from traffic_marl.errors import ProcessError, StrategyError, UsageError
from traffic_marl.learning.placing.placement import Placement

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})


@pytest.fixture(scope="module")
def tasks(nodes):
    """Tasks on a cluster of three nodes."""
    from traffic_marl.learning.rllib.clusters.tasks import RayTasks

    return RayTasks(Placement(address=nodes.address))


def doubled(number):
    if number == 13:
        raise StrategyError("number", "13 brings bad luck", "give another")
    return 2 * number


def dying(mark):
    """Dies with its process at the first call."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def always_dying():
    os.kill(os.getpid(), signal.SIGKILL)


def patient(mark):
    Path(f"{mark}_begun").touch()
    time.sleep(60)


def test_a_comparison_on_a_cluster_gives_the_results_of_one_process(tasks):
    assert tasks.slots >= 3
    there = compare(SHORT, "random,actuated", range(4), tasks=tasks)
    assert to_json(there) == to_json(compare(SHORT, "random,actuated", range(4)))


def test_each_result_comes_with_the_place_of_its_call(tasks):
    assert sorted(tasks.results(doubled, [(4,), (5,), (6,)])) == [(0, 8), (1, 10), (2, 12)]


def test_an_error_of_the_user_comes_through_as_it_is(tasks):
    with pytest.raises(StrategyError, match="number: 13 brings bad luck; give another"):
        list(tasks.results(doubled, [(13,)]))


def test_a_call_begins_again_after_its_process_has_died(tasks, tmp_path):
    assert list(tasks.results(dying, [(str(tmp_path / "mark"),)])) == [(0, "alive")]


def test_a_call_whose_process_dies_again_and_again_ends_the_others(tasks, monkeypatch):
    monkeypatch.setattr("traffic_marl.learning.rllib.clusters.tasks.TRIES", 1)
    with pytest.raises(ProcessError, match="has died again and again"):
        list(tasks.results(always_dying, [()]))


def test_calls_that_are_left_end_at_once(tasks, tmp_path):
    mark = str(tmp_path / "mark")
    results = tasks.results(patient, [(mark,)])
    given = tasks.results(doubled, [(1,)])
    with pytest.raises(TypeError):
        next(tasks.results(patient, [()]))  # a mistake of ours comes through
    assert next(given) == (0, 2)
    results.close()
    assert list(tasks.results(doubled, [(2,)])) == [(0, 4)]  # there is room again


def test_more_threads_than_any_machine_has_are_refused_with_the_numbers(nodes):
    from traffic_marl.learning.rllib.clusters.tasks import RayTasks

    with pytest.raises(UsageError, match=r"threads: 999 are more than the \d+ CPUs of the largest machine"):
        RayTasks(Placement(address=nodes.address), threads=999)
