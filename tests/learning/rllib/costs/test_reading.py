import numpy as np
import pytest

from traffic_marl.learning.costs.costs import Age
from traffic_marl.learning.rllib.costs.reading import costs_of

RESULTS = {
    "env_runners": {
        "costs": {
            "10": {"sampling_s": 2.0, "moving_s": np.nan, "decisions": 80.0, "copies": 8.0, "bytes_of_samples": 100.0},
            "2": {"sampling_s": 3.0, "moving_s": 0.5, "decisions": 40.0, "copies": 4.0, "bytes_of_weights": 7.0},
            "3": {"sampling_s": 0.0, "moving_s": 0.0, "decisions": 0.0, "copies": np.nan},
        }
    },
    "learners": {
        "__all_modules__": {
            "costs": {
                "0": {"learning_s": 1.0, "age": 30.0, "rows": 20.0, "age_most": 2.0, "bytes_of_gradients": 11.0},
                "1": {"learning_s": 4.0, "age": 0.0, "rows": 10.0, "age_most": 0.0, "bytes_of_samples": 50.0},
            }
        }
    },
}


def test_figures_of_runners_and_learners_are_brought_together():
    found = costs_of(RESULTS, 10.0, is_asynchronous=False)
    assert list(found.runners) == [2, 10]
    assert (found.runners[10].copies, found.runners[10].moving, found.runners[2].decisions) == (8, 0.0, 40.0)
    assert found.learners[1].learning == 4.0
    assert (found.moved.samples, found.moved.weights, found.moved.gradients) == (150.0, 7.0, 11.0)


def test_ages_are_means_over_the_rows_of_all_learners():
    found = costs_of(RESULTS, 10.0, is_asynchronous=True)
    assert found.age == Age(mean=1.0, most=2.0)
    assert found.age_in_seconds is None


def test_results_without_costs_cost_nothing():
    found = costs_of({}, 1.0, is_asynchronous=False)
    assert found.row()["moved_bytes"] == 0
    assert found.age is None


@pytest.mark.parametrize("figures", [{"age": np.nan, "rows": np.nan}, {"age": 0.0, "rows": 0.0}])
def test_an_iteration_that_learns_from_nothing_has_no_age(figures):
    results = {"learners": {"__all_modules__": {"costs": {"0": figures | {"learning_s": 1.0}}}}}
    assert costs_of(results, 1.0, is_asynchronous=True).age is None
