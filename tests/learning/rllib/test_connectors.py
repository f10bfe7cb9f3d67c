import numpy as np
import pytest
import torch
from ray.rllib.algorithms.impala.torch.vtrace_torch_v2 import make_time_major, vtrace_torch

from traffic_marl.learning.rllib.connectors import Advantages, ReturnsToGo, Trajectories, standardised, transitions
from traffic_marl.learning.rllib.episode import TeamEpisode

DISCOUNT, LAMBDA = 0.9, 0.8
AGENTS = 2


def episode(length, seed=0, is_cut=True):
    generator = np.random.default_rng(seed)
    columns = {
        "obs": generator.random((length, AGENTS, 3), np.float32),
        "actions": generator.integers(0, 4, (length, AGENTS)),
        "rewards": generator.random((length, AGENTS), np.float32),
        "action_logp": -generator.random((length, AGENTS), np.float32),
        "action_dist_inputs": generator.random((length, AGENTS, 4), np.float32),
    }
    return TeamEpisode(columns, generator.random((AGENTS, 3), np.float32), is_cut)


def values(observations):
    return 10.0 * observations[..., 0] - observations[..., 1]


def advantages_by_hand(one, n):
    """As the definition has it: the sum of discounted TD errors."""
    seen = torch.from_numpy(np.concatenate((one.columns["obs"], one.last_observation[None])))
    value, reward = values(seen)[:, n].tolist(), one.columns["rewards"][:, n].tolist()
    td_error = [reward[t] + DISCOUNT * value[t + 1] - value[t] for t in range(len(one))]
    ends = range(len(one))
    return [sum((DISCOUNT * LAMBDA) ** (k - t) * td_error[k] for k in ends if k >= t) for t in ends], value


def rows_of(batch, one):
    """Where the decisions of an episode stand in a batch."""
    seen = torch.from_numpy(one.columns["obs"])
    return [int((batch["obs"] == row).all(-1).all(-1).nonzero()[0, 0]) for row in seen]


def test_advantages_are_those_of_the_definition_but_for_mean_and_scale():
    torch.manual_seed(0)
    episodes = [episode(4, 0), episode(4, 1, is_cut=False), episode(2, 2)]
    batch = Advantages(DISCOUNT, LAMBDA, [0, 0])(episodes, values)
    found, expected = [], []
    for one in episodes:
        rows = rows_of(batch, one)
        for n in range(AGENTS):
            by_hand, value = advantages_by_hand(one, n)
            expected += by_hand
            found += batch["advantages"][rows, n].tolist()
            targets = [a + v for a, v in zip(by_hand, value, strict=False)]
            assert batch["value_targets"][rows, n].tolist() == pytest.approx(targets, abs=1e-5)
    mean, deviation = np.mean(expected), np.std(expected)
    assert found == pytest.approx([(each - mean) / deviation for each in expected], abs=1e-4)


def test_rows_keep_together_what_belongs_together():
    episodes = [episode(5, 3), episode(3, 4)]
    batch = Advantages(DISCOUNT, LAMBDA, [0, 0])(episodes, values)
    for one in episodes:
        rows = rows_of(batch, one)
        for name in ("actions", "action_logp", "action_dist_inputs"):
            assert (batch[name][rows].numpy() == one.columns[name]).all()
    assert sum(map(len, episodes)) == len(batch["obs"])


def test_rows_of_a_batch_come_in_random_order():
    torch.manual_seed(1)
    one = episode(30)
    assert rows_of(Advantages(DISCOUNT, LAMBDA, [0, 0])([one], values), one) != list(range(30))


def test_each_group_is_standardised_by_itself():
    torch.manual_seed(0)
    raw = torch.randn(50, 3) * torch.tensor([1.0, 10.0, 3.0]) + torch.tensor([5.0, 0.0, -5.0])
    made = standardised(raw, torch.tensor([0, 1, 0]))
    for columns in ([0, 2], [1]):
        assert made[:, columns].mean().item() == pytest.approx(0.0, abs=1e-6)
        assert made[:, columns].std(unbiased=False).item() == pytest.approx(1.0, abs=1e-5)


def test_returns_to_go_are_compared_with_those_of_other_episodes_at_the_same_moment():
    episodes = [episode(3, 0), episode(3, 1)]
    batch = ReturnsToGo(DISCOUNT, [0, 0])(episodes, values)
    rewards = np.stack([one.columns["rewards"] for one in episodes], 1)
    returns = [sum(DISCOUNT**k * rewards[t + k] for k in range(3 - t)) for t in range(3)]
    compared = np.stack([each - each[::-1] for each in returns])
    expected = (compared - compared.mean()) / compared.std()
    for place, one in enumerate(episodes):
        assert batch["returns_to_go"][rows_of(batch, one)].numpy() == pytest.approx(expected[:, place], abs=1e-5)


def test_trajectories_are_pieces_of_one_length_closed_by_what_came_after():
    whole, short = episode(3, 0), episode(1, 1)
    batch = Trajectories(4)([whole, short], values)
    assert batch["obs"].shape == (8, AGENTS, 3)
    assert batch["loss_mask"].all(1).tolist() == [True] * 3 + [False] + [True] + [False] * 3
    assert (batch["obs"][3].numpy() == whole.last_observation).all()
    assert (batch["obs"][5].numpy() == short.last_observation).all()
    assert (batch["rewards"][:3].numpy() == whole.columns["rewards"]).all()
    assert not batch["terminateds"].any()


def test_the_value_after_the_last_decision_counts_in_full():
    """On the policy's own samples V-trace is the discounted return with the critic's value at the end."""
    episodes = [episode(3, 0), episode(2, 1)]
    batch = Trajectories(4)(episodes, values)
    logp = batch["action_logp"]
    mask = batch["loss_mask"].float()
    target = torch.where(batch["loss_mask"], logp, torch.tensor(-0.5))
    time_major = {
        name: make_time_major(column, trajectory_len=4)
        for name, column in {
            "target_action_log_probs": target,
            "behaviour_action_log_probs": logp,
            "discounts": DISCOUNT * mask,
            "rewards": batch["rewards"],
            "values": values(batch["obs"]),
        }.items()
    }
    found, _ = vtrace_torch(bootstrap_values=time_major["values"][0], **time_major)
    for piece, one in enumerate(episodes):
        following = values(torch.from_numpy(one.last_observation))
        for now in range(len(one) - 1, -1, -1):
            following = torch.from_numpy(one.columns["rewards"][now]) + DISCOUNT * following
            assert found[now, piece].tolist() == pytest.approx(following.tolist(), abs=1e-5)


def test_transitions_have_a_row_for_each_intersection():
    one = episode(4)
    one.columns["new_obs"] = np.concatenate((one.columns["obs"][1:], one.last_observation[None]))
    batch = transitions([one], values)
    assert batch["obs"].shape == batch["new_obs"].shape == (4, AGENTS, 3)
    assert (batch["rewards"].numpy() == one.columns["rewards"].ravel()).all()
    assert (batch["actions"].numpy() == one.columns["actions"].ravel()).all()
    assert not batch["terminateds"].any()
