from dataclasses import fields

import pytest

from traffic_marl.learning.algorithms import ALGORITHMS, DQN, PPO, TABULAR_Q, Exploration
from traffic_marl.learning.settings import TrainingSettings

NAMES = {field.name for field in fields(TrainingSettings)}


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=lambda algorithm: algorithm.name)
def test_a_record_names_settings_that_there_are(algorithm):
    assert set(algorithm.unused) <= NAMES
    assert set(algorithm.defaults) <= NAMES
    assert not set(algorithm.unused) & set(algorithm.defaults)


def test_every_algorithm_that_samples_and_has_no_tables_has_a_configuration_of_rllib():
    from traffic_marl.learning.rllib.configs import CONFIGURATIONS

    sampling = {name for name, each in ALGORITHMS.items() if not (each.has_tables or each.learns_from_data)}
    assert set(CONFIGURATIONS) == sampling


def test_algorithms_without_probabilities_explore_at_random():
    for algorithm in ALGORITHMS.values():
        assert (algorithm.exploration is not None) == algorithm.is_value_based


def test_exploration_falls_to_its_last_value_and_stays_there():
    exploration = Exploration(first=0.9, last=0.1, until=0.5)
    assert [exploration.at(share) for share in (0.0, 0.25, 0.5, 1.0)] == pytest.approx([0.9, 0.5, 0.1, 0.1])
    assert (DQN.exploration.at(0.0), TABULAR_Q.exploration.at(0.0)) == (1.0, 0.2)


def test_a_record_cannot_be_changed():
    with pytest.raises(TypeError):
        TABULAR_Q.defaults["copies"] = 3
    assert PPO.defaults == {}
