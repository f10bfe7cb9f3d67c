"""The progress of a comparison never falls: with seeds in one batch, in several, or alone after a failure."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.outcomes import Course
from traffic_marl.comparison.results import growing
from traffic_marl.errors import StrategyError

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})


@dataclass(frozen=True)
class Failing:
    """Asks for an unknown phase from some time [s] on, on every copy of a seed, or in every batch of several."""

    seed: int | None
    time: int
    name = "failing"

    def start(self, conditions):
        fails = self.seed in conditions.seeds or (self.seed is None and len(conditions.seeds) > 1)

        def decide(readings):
            if fails and readings.time >= self.time:
                raise StrategyError("failing", "no more", "leave it out")
            return np.zeros_like(readings.phase)

        return decide

    def digest(self):
        return repr(self).encode()


@pytest.fixture
def told():
    return []


@pytest.fixture
def note(told):
    return lambda label, share: told.append((label, share))


def shares(told):
    """The shares told, which rise from 0 to 1."""
    found = [share for _, share in told]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0.0, 1.0)
    return found


def test_one_batch_goes_from_0_to_1(told, note):
    compare(SHORT, "fixed_time,max_pressure", range(2), interval=10, progress=note)
    found = shares(told)
    assert all(label == ("fixed_time" if share < 0.5 else "max_pressure") for label, share in told if share != 0.5)
    assert len(set(found)) > 10


def test_several_batches_of_a_results_folder_do_not_begin_again(told, note, tmp_path, monkeypatch):
    monkeypatch.setattr(growing, "TOGETHER", 2)
    compare(SHORT, "max_pressure", range(5), interval=30, results=tmp_path / "kept", progress=note)
    # seconds 0, 30 and 60 of each batch, of two, two and one of five seeds
    spans = [(0.0, 0.4), (0.4, 0.4), (0.8, 0.2)]
    expected = [before + part * long for before, long in spans for part in (0.0, 0.5, 0.99)]
    assert shares(told) == pytest.approx([0.0, *expected, 1.0])


def test_runs_that_are_kept_already_take_no_share(told, note, tmp_path):
    compare(SHORT, "max_pressure", range(2), interval=30, results=tmp_path)
    compare(SHORT, "max_pressure", range(3), interval=30, results=tmp_path, progress=note)
    assert shares(told) == pytest.approx([0.0, 0.0, 0.5, 0.99, 1.0])
    told.clear()
    compare(SHORT, "max_pressure", range(3), interval=30, results=tmp_path, progress=note)
    assert shares(told) == [0.0, 1.0]


@pytest.mark.parametrize("seed", [1, None])
def test_seeds_that_run_alone_after_a_failure_take_what_is_left(told, note, seed):
    failures = []
    compare(
        SHORT, [Failing(seed, 30), "max_pressure"], range(3), interval=15, progress=note, on_failure=failures.append
    )
    found = [share for share in shares(told) if share < 0.5]
    assert [failure.seeds for failure in failures] == [(1,) if seed == 1 else (0, 1, 2)]
    assert found[:4] == pytest.approx([0.0, 0.0, 0.125, 0.125])  # begun, seconds 0 and 15 of all, second 0 of the first
    assert max(found) > 0.49


def test_the_parts_of_what_is_left_follow_each_other():
    course = Course(first=0.2, last=0.8)
    course.reached = 0.5
    parts = course.parts([1, 2])
    assert [(part.first, part.last) for part in parts] == [
        (0.5, pytest.approx(0.6)),
        (pytest.approx(0.6), pytest.approx(0.8)),
    ]
    assert course.parts([]) == []


def test_nobody_is_told_where_nobody_asks():
    assert Course().observer(60) is None
    assert all(part.observer(60) is None for part in Course().parts([1, 1]))
