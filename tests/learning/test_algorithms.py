from dataclasses import fields

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import ALGORITHMS, DQN, PPO, TABULAR_Q, Exploration, in_mode
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


@pytest.mark.parametrize(
    ("choices", "algorithm"),
    [
        ({"asynchronous": True}, "appo"),
        ({"asynchronous": False}, None),
        ({"asynchronous": None}, None),
        ({"algorithm": "appo", "asynchronous": False}, "ppo"),
        ({"algorithm": "impala", "asynchronous": True}, "impala"),
        ({"algorithm": "dqn", "asynchronous": False}, "dqn"),
        ({"algorithm": "no-such", "asynchronous": True}, "no-such"),
    ],
)
def test_a_mode_chooses_the_form_of_the_algorithm(choices, algorithm):
    assert in_mode({"clip": 0.3, **choices}) == {"clip": 0.3} | ({} if algorithm is None else {"algorithm": algorithm})


@pytest.mark.parametrize("name", [name for name, each in ALGORITHMS.items() if not each.counterpart])
def test_an_algorithm_without_the_other_form_says_which_have_it(name):
    wanted = not ALGORITHMS[name].is_asynchronous
    with pytest.raises(
        UsageError, match=f"asynchronous: {name} has no .*; leave it out, or use (ppo|appo or impala)$"
    ) as error:
        in_mode({"algorithm": name, "asynchronous": wanted})
    assert error.value.where == "asynchronous"


def test_forms_of_an_algorithm_name_each_other():
    pairs = [each for each in ALGORITHMS.values() if each.counterpart]
    assert pairs
    for each in pairs:
        other = ALGORITHMS[each.counterpart]
        assert (other.counterpart, other.is_asynchronous) == (each.name, not each.is_asynchronous)


def test_settings_know_the_mode_and_what_it_leaves_without_effect():
    assert TrainingSettings.chosen(asynchronous=True, clip=0.3).algorithm == "appo"
    with pytest.raises(UsageError, match="appo does not use it"):
        TrainingSettings.chosen(asynchronous=True, epochs=3)
    with pytest.raises(UsageError, match="neither true nor false"):
        TrainingSettings.chosen(asynchronous="yes")


def test_a_record_cannot_be_changed():
    with pytest.raises(TypeError):
        TABULAR_Q.defaults["copies"] = 3
    assert PPO.defaults == {}
