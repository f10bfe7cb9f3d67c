"""Interquartile means and their intervals, by hand and on drawn numbers."""

import numpy as np
import pytest

from traffic_marl.learning.curves.statistics import interquartile_mean, interval


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ([5.0], 5.0),
        ([1.0, 3.0, 8.0], 4.0),
        ([1.0, 2.0, 4.0, 100.0], 3.0),
        ([8.0, 0.0, 7.0, 1.0, 6.0, 2.0, 5.0, 900.0], 4.5 + 0.5),
    ],
)
def test_the_middle_half_is_averaged(values, mean):
    assert interquartile_mean(np.array(values)) == pytest.approx(mean)


def test_it_is_that_of_scipy():
    from scipy.stats import trim_mean

    values = np.random.default_rng(1).normal(50.0, 10.0, (6, 23))
    assert interquartile_mean(values) == pytest.approx(trim_mean(values, 0.25, axis=1))


def test_a_single_run_has_no_interval():
    assert np.isnan(interval(np.array([[1.0, 2.0, 3.0]]))).all()


def test_equal_runs_have_an_interval_without_width():
    assert interval(np.full((4, 3), 7.0)) == (7.0, 7.0)


def test_the_same_runs_have_the_same_interval_which_holds_their_mean():
    values = np.random.default_rng(2).normal(50.0, 10.0, (6, 5))
    low, high = interval(values)
    assert (low, high) == interval(values)
    assert low < float(interquartile_mean(values.ravel())) < high


def test_runs_are_drawn_whole():
    """Runs differ by 20, the seeds of a run by nothing: more seeds then make nothing more certain."""
    runs = np.array([40.0, 60.0, 40.0, 60.0, 40.0, 60.0])
    assert interval(np.repeat(runs[:, None], 20, axis=1)) == pytest.approx(interval(runs[:, None]), abs=4.0)
    low, high = interval(np.repeat(runs[:, None], 20, axis=1))
    assert high - low > 10.0


def test_most_intervals_hold_the_truth():
    """A percentile bootstrap of ten runs is somewhat narrow. It holds the truth about nine times in ten."""
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(60):
        low, high = interval(50.0 + generator.normal(0.0, 5.0, (10, 1)) + generator.normal(0.0, 1.0, (10, 4)))
        held += low <= 50.0 <= high
    assert 46 <= held <= 60
