"""Measures of places over all draws of the traffic."""

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.made_up_places import place_measures
from traffic_marl.report.places import means_of


def two_draws():
    """Three movements in two draws: 10 and 30 visits to the first, none to the last."""
    one = place_measures("movement", [20.0, 40.0, np.nan])
    double = {
        field: np.concatenate([value, value]) for field, value in vars(one).items() if isinstance(value, np.ndarray)
    }
    return replace(
        one,
        **double
        | {
            "arrived": np.array([[10, 5, 0], [30, 5, 0]], np.int32),
            "total_delay": np.array([[200.0, 200.0, 0.0], [1200.0, 600.0, 0.0]]),
            "saturation": np.array([[0.5, np.nan, np.nan], [0.7, 0.9, np.nan]]),
        },
    )


def test_each_visit_counts_once_in_a_mean_delay():
    means = means_of(two_draws())
    assert means.delay[:2].tolist() == [1400.0 / 40, 800.0 / 10]
    assert np.isnan(means.delay[2])
    assert [means.level(place) for place in range(3)] == ["C", "E", ""]


def test_other_numbers_are_means_over_the_draws_that_have_one():
    means = means_of(two_draws())
    assert means.numbers["saturation"][:2].tolist() == [pytest.approx(0.6), 0.9]
    assert np.isnan(means.numbers["saturation"][2])
    assert means.numbers["arrived"].tolist() == [20.0, 5.0, 0.0]
