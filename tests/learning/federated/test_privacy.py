"""The privacy of noised updates: epsilon and delta against the integral that defines them."""

import math

import numpy as np
import pytest

from traffic_marl.learning.federated.privacy import Privacy, delta_of, epsilon_of


def integrated_delta(mu, epsilon):
    """Delta as it is defined: the integral of the larger part of one density over e^epsilon times the other."""
    points = np.linspace(-40.0, 40.0, 2_000_001)
    one, other = (np.exp(-0.5 * (points - mean) ** 2) / math.sqrt(2.0 * math.pi) for mean in (mu, 0.0))
    return float(np.maximum(one - math.exp(epsilon) * other, 0.0).sum() * (points[1] - points[0]))


@pytest.mark.parametrize(("mu", "epsilon"), [(0.1, 0.0), (1.0, 0.5), (1.0, 4.0), (3.0, 2.0), (6.0, 20.0)])
def test_delta_is_the_integral_that_defines_it(mu, epsilon):
    assert delta_of(mu, epsilon) == pytest.approx(integrated_delta(mu, epsilon), rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("mu", [0.01, 0.5, 2.0, 30.0, 400.0])
@pytest.mark.parametrize("delta", [1e-9, 1e-5, 0.1])
def test_epsilon_is_the_least_that_keeps_delta(mu, delta):
    epsilon = epsilon_of(mu, delta)

    assert delta_of(mu, epsilon) <= delta * (1.0 + 1e-6)
    assert epsilon == 0.0 or delta_of(mu, 0.999 * epsilon) > delta


def test_four_rounds_cost_as_much_as_one_with_half_the_noise():
    assert Privacy(8.0, 1e-5).epsilon(4) == pytest.approx(Privacy(4.0, 1e-5).epsilon(1))


def test_other_data_may_change_an_update_by_twice_its_bound():
    assert Privacy(2.0, 1e-5).epsilon(1) == pytest.approx(epsilon_of(1.0, 1e-5))


def test_nothing_is_told_before_the_first_round():
    assert Privacy(1.0, 1e-5).epsilon(0) == 0.0


def test_less_noise_and_more_rounds_tell_more():
    assert Privacy(1.0, 1e-5).epsilon(10) > Privacy(2.0, 1e-5).epsilon(10) > Privacy(2.0, 1e-5).epsilon(5) > 0.0
