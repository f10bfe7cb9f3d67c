"""Averaging of updates, by cases worked by hand."""

import numpy as np
import pytest

from traffic_marl.learning.federated.averaging import Update, averaged, change_of, clipped, noised, norm_of


def update(*numbers, agent_steps=1):
    return Update({"w": np.array(numbers, np.float32)}, agent_steps)


def test_the_mean_is_weighted_by_the_share_of_samples():
    before = {"w": np.array([1.0, 10.0], np.float32)}

    after = averaged(before, [update(3.0, 0.0, agent_steps=1), update(-1.0, 4.0, agent_steps=3)])

    assert after["w"].tolist() == [1.0, 13.0]
    assert after["w"].dtype == np.float32


def test_changes_of_equal_districts_average_to_the_mean_of_their_weights():
    before = {"w": np.array([0.5], np.float32)}
    weights = [{"w": np.array([value], np.float32)} for value in (1.5, 2.5)]

    after = averaged(before, [Update(change_of(each, before), 7) for each in weights])

    assert after["w"].tolist() == [2.0]


def test_the_average_changes_no_array_that_it_was_given():
    before = {"w": np.array([1.0], np.float32)}
    averaged(before, [update(3.0)])
    assert before["w"].tolist() == [1.0]


def test_a_long_change_is_scaled_to_the_bound_over_all_arrays():
    cut = clipped({"a": np.array([3.0]), "b": np.array([[4.0]])}, 1.0)
    assert cut["a"].tolist() == [pytest.approx(0.6)]
    assert cut["b"].tolist() == [[pytest.approx(0.8)]]


def test_a_short_change_stays():
    assert clipped({"a": np.array([0.3])}, 1.0)["a"].tolist() == [0.3]


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_change_that_is_not_finite_is_none(odd):
    assert clipped({"a": np.array([odd, 1.0])}, 1.0)["a"].tolist() == [0.0, 0.0]


def test_noise_has_the_deviation_and_no_mean():
    noise = noised({"a": np.zeros(40_000)}, 3.0, np.random.default_rng(1))["a"]
    assert float(noise.std()) == pytest.approx(3.0, rel=0.03)
    assert abs(float(noise.mean())) < 0.1


def test_updates_of_other_networks_are_refused():
    with pytest.raises(ValueError, match="different networks"):
        averaged({"w": np.zeros(2)}, [update(1.0, 2.0, 3.0)])
    with pytest.raises(ValueError, match="different networks"):
        change_of({"w": np.zeros(2)}, {"v": np.zeros(2)})


def test_a_district_without_samples_has_no_weight():
    before = {"w": np.array([1.0], np.float32)}
    assert averaged(before, [update(2.0, agent_steps=3), update(50.0, agent_steps=0)])["w"].tolist() == [3.0]
    assert averaged(before, [update(50.0, agent_steps=0)])["w"].tolist() == [1.0]


def test_the_norm_is_that_of_all_numbers():
    assert norm_of({"a": np.array([3.0], np.float32), "b": np.array([4.0], np.float32)}) == 5.0
