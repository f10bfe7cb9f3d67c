import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.algorithms import ALGORITHMS, DQN, PPO, REINFORCE, TABULAR_Q
from traffic_marl.learning.starting.start import CRITIC_WARMUP, Start, start_of


def test_a_critic_learns_alone_at_first_if_the_policy_does_not_begin_at_random():
    assert start_of(None, None, None, PPO) == Start()
    assert start_of("runs/x", None, None, PPO) == Start("runs/x", critic_warmup=CRITIC_WARMUP)
    assert start_of(None, "actuated", None, PPO) == Start(imitate="actuated", critic_warmup=CRITIC_WARMUP)
    assert start_of("runs/x", None, 0, PPO).critic_warmup == 0
    assert start_of(None, None, 3, PPO).critic_warmup == 3
    assert start_of("runs/x", "actuated", None, REINFORCE).critic_warmup == 0
    assert start_of("runs/x", None, None, DQN).critic_warmup == 0


def test_a_start_is_told_in_words_and_comes_back_from_plain_values():
    start = Start("runs/x", "actuated", 2)
    assert str(start) == "the weights of runs/x and then the choices of actuated"
    assert str(Start()) == "random weights"
    assert Start(**start.to_json()) == start


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=lambda each: each.name)
def test_choices_are_imitated_by_probabilities_alone(algorithm):
    if not algorithm.is_value_based:
        assert start_of(None, "actuated", None, algorithm).imitate == "actuated"
        return
    with pytest.raises(UsageError, match=rf"^imitate: {algorithm.name} learns values of phases, .* use ppo or appo"):
        start_of(None, "actuated", None, algorithm)


@pytest.mark.parametrize("algorithm", [DQN, REINFORCE, TABULAR_Q], ids=lambda each: each.name)
def test_without_a_critic_none_can_learn_alone(algorithm):
    with pytest.raises(UsageError, match=rf"^critic_warmup: {algorithm.name} has no critic; use ppo or appo or impala"):
        start_of(None, None, 1, algorithm)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"source": 3}, r"^start: 3 is not a name"),
        ({"imitate": ""}, r"^imitate: '' is not a name"),
        ({"imitate": ["actuated"]}, r"^imitate: \['actuated'\] is not a name"),
        ({"critic_warmup": -1}, r"^critic_warmup: -1 is too small"),
        ({"critic_warmup": 1.5}, r"^critic_warmup: 1.5 is not a whole number"),
        ({"critic_warmup": True}, r"^critic_warmup: True is not a whole number"),
        ({"critic_warmup": None}, r"^critic_warmup: None is not a whole number"),
    ],
)
def test_other_starts_are_refused(values, reason):
    with pytest.raises(UsageError, match=reason):
        Start(**values)
