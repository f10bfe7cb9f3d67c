import numpy as np
import pytest
import torch

from tests.helpers.samples import AGENTS, DISCOUNT, LAMBDA, episode, steps_of, team, value_of, values
from traffic_marl.learning.rllib.batches.advantages import Advantages
from traffic_marl.learning.rllib.batches.rows import standardised
from traffic_marl.learning.rllib.batches.scale import ReturnCode, ReturnScale


class PlainCode(ReturnCode):
    """Leaves returns as they are."""

    def encode(self, returns):
        return returns

    def decode(self, codes):
        return codes


def plain_scale():
    scale = ReturnScale(1)
    scale.code = PlainCode()
    return scale


def by_hand(one, n):
    """{decision: (advantage, return)} of the choices of an intersection, as the definition of a semi-Markov process."""
    found = {}
    following = 0.0
    for now, reward, span in reversed(steps_of(one, n)):
        error = reward + DISCOUNT**span * value_of(one, n, now + span) - value_of(one, n, now)
        following = error + (DISCOUNT * LAMBDA) ** span * following
        found[now] = following, following + value_of(one, n, now)
    return found


def expected_of(episodes):
    return [each for one in episodes for n in range(AGENTS) for each in by_hand(one, n).values()]


@pytest.mark.parametrize("is_single", [True, False])
@pytest.mark.parametrize("choices", [1.0, 0.4])
def test_advantages_are_those_of_the_definition_but_for_mean_and_scale(is_single, choices):
    torch.manual_seed(0)
    episodes = [episode(14, 0, choices=choices), episode(14, 1, choices=choices, is_cut=False), episode(6, 2)]
    batch = Advantages(DISCOUNT, LAMBDA, team(is_single=is_single))(episodes, values, plain_scale())
    mask = batch.get("loss_mask", torch.ones(batch["advantages"].shape, dtype=torch.bool))
    assert "loss_mask" not in batch or not mask.all()
    expected = np.array(expected_of(episodes))
    assert sorted(batch["value_targets"][mask].tolist()) == pytest.approx(sorted(expected[:, 1]), abs=1e-4)
    advantages = (expected[:, 0] - expected[:, 0].mean()) / expected[:, 0].std()
    assert sorted(batch["advantages"][mask].tolist()) == pytest.approx(sorted(advantages), abs=1e-4)


def test_rows_keep_together_what_belongs_together():
    episodes = [episode(5, 3), episode(3, 4, choices=0.5)]
    batch = Advantages(DISCOUNT, LAMBDA, team(is_single=True))(episodes, values, plain_scale())
    count = 0
    for one in episodes:
        for n in range(AGENTS):
            for now, *_ in steps_of(one, n):
                row = int((batch["obs"][:, 0].numpy() == one.columns["obs"][now, n]).all(-1).nonzero()[0][0])
                assert batch["actions"][row, 0] == one.columns["actions"][now, n]
                assert batch["action_logp"][row, 0] == one.columns["action_logp"][now, n]
                assert (batch["action_dist_inputs"][row, 0].numpy() == one.columns["action_dist_inputs"][now, n]).all()
                count += 1
    assert count == len(batch["obs"])


def test_factors_are_per_second_whatever_the_interval():
    one = episode(12, 5)
    slow = Advantages(DISCOUNT ** (1 / 5), LAMBDA ** (1 / 5), team(interval=5))([one], values, plain_scale())
    quick = Advantages(DISCOUNT, LAMBDA, team(interval=1))([one], values, plain_scale())
    assert sorted(slow["value_targets"].flatten().tolist()) == pytest.approx(
        sorted(quick["value_targets"].flatten().tolist()), abs=1e-4
    )


def test_rows_of_a_batch_come_in_random_order():
    torch.manual_seed(1)
    one = episode(30)
    batch = Advantages(DISCOUNT, LAMBDA, team())([one], values, plain_scale())
    assert sorted(batch["action_logp"][:, 0].tolist()) == sorted(one.columns["action_logp"][:, 0].tolist())
    assert batch["action_logp"][:, 0].tolist() != one.columns["action_logp"][:, 0].tolist()


def test_samples_without_a_choice_change_nothing():
    batch = Advantages(DISCOUNT, LAMBDA, team(is_single=True))([episode(4, choices=0.0)], values, plain_scale())
    assert len(batch["obs"]) > 0
    assert not batch["advantages"].any()
    assert (batch["value_targets"] == values(batch["obs"])).all()


def test_each_group_is_standardised_by_itself():
    torch.manual_seed(0)
    groups = torch.tensor([0, 1, 0]).repeat(50)
    raw = torch.randn(150) * torch.tensor([1.0, 10.0, 1.0]).repeat(50) + torch.tensor([5.0, 0.0, 5.0]).repeat(50)
    made = standardised(raw, groups)
    for group in (0, 1):
        assert made[groups == group].mean().item() == pytest.approx(0.0, abs=1e-6)
        assert made[groups == group].std(unbiased=False).item() == pytest.approx(1.0, abs=1e-5)


def test_a_scenario_with_large_returns_does_not_rule_the_targets():
    heavy = episode(40, 6)
    heavy.columns["rewards"][:, 1] *= 1000.0
    scale = ReturnScale(2)
    batch = Advantages(DISCOUNT, LAMBDA, team(scenarios=(0, 1)))([heavy], lambda seen: 0 * values(seen), scale)
    assert batch["value_targets"].abs().max() < 4.0
    assert batch["advantages"].std(0, unbiased=False).tolist() == pytest.approx([1.0, 1.0], abs=1e-4)
    returns = scale.code.decode(batch["value_targets"])
    assert returns.abs().max() > 500.0
