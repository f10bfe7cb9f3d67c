import pytest
import torch
from ray.rllib.algorithms.impala.torch.vtrace_torch_v2 import make_time_major, vtrace_torch

from tests.helpers.samples import AGENTS, DISCOUNT, LAYOUT, episode, moments_of, steps_of, team, value_of, values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.batches.trajectories import ChoiceTrajectories, Trajectories


class PlainScale(ReturnScale):
    """Leaves rewards as they are."""

    def update(self, *others):
        pass


def targets_of(batch, length):
    """The targets of V-trace for the samples' own policy, by RLlib's function."""
    mask = batch["loss_mask"]
    target = torch.where(mask, batch["action_logp"], torch.tensor(-0.5))
    columns = {
        "target_action_log_probs": target,
        "behaviour_action_log_probs": batch["action_logp"],
        "discounts": (1.0 - batch["terminateds"].float()) * DISCOUNT * mask,
        "rewards": batch["rewards"],
        "values": values(batch["obs"]),
    }
    major = {name: make_time_major(column, trajectory_len=length) for name, column in columns.items()}
    return vtrace_torch(bootstrap_values=major["values"][0], **major)[0]


def test_trajectories_are_pieces_of_one_length_closed_by_the_next_observation():
    whole, short = episode(3, 0), episode(1, 1)
    batch = Trajectories(4, DISCOUNT, team())([whole, short], values, PlainScale(1))
    assert batch["obs"].shape == (8, AGENTS, LAYOUT.size)
    assert batch["loss_mask"].all(1).tolist() == [True] * 3 + [False] + [True] + [False] * 3
    assert (batch["obs"][3].numpy() == whole.last_observation).all()
    assert (batch["obs"][5].numpy() == short.last_observation).all()
    assert (batch["rewards"][:3].numpy() == whole.columns["rewards"]).all()
    assert not batch["terminateds"].any()


def test_the_value_after_the_last_decision_counts_in_full():
    """On the policy's own samples V-trace is the discounted return with the critic's value at the end."""
    episodes = [episode(3, 0), episode(2, 1)]
    found = targets_of(Trajectories(4, DISCOUNT, team())(episodes, values, PlainScale(1)), 4)
    for piece, one in enumerate(episodes):
        following = values(torch.from_numpy(one.last_observation))
        for now in range(len(one) - 1, -1, -1):
            following = torch.from_numpy(one.columns["rewards"][now]) + DISCOUNT * following
            assert found[now, piece].tolist() == pytest.approx(following.tolist(), abs=1e-5)


def test_a_sequence_of_choices_discounts_by_the_seconds_between_them():
    one = episode(30, 2, choices=0.3)
    batch = ChoiceTrajectories(31, DISCOUNT, team(is_single=True))([one], values, PlainScale(1))
    found = targets_of(batch, 31)
    for n in range(AGENTS):
        steps = steps_of(one, n)
        following = value_of(one, n, moments_of(one, n)[-1])
        for place in range(len(steps) - 1, -1, -1):
            _, reward, span = steps[place]
            following = reward + DISCOUNT**span * following
            assert found[place, n, 0].item() == pytest.approx(following, abs=1e-4)
        assert batch["loss_mask"].view(AGENTS, 31)[n].sum() == len(steps)


def test_sequences_longer_than_a_piece_go_on_in_the_next_one():
    one = episode(20, 3)
    batch = ChoiceTrajectories(8, DISCOUNT, team(is_single=True))([one], values, PlainScale(1))
    assert len(batch["obs"]) == 2 * 3 * 8  # of each intersection 20 choices in pieces of 7
    assert int(batch["loss_mask"].sum()) == 2 * 20


def test_rewards_are_divided_by_the_deviation_of_returns():
    one = episode(40, 4)
    one.columns["rewards"] *= 1000.0
    batch = Trajectories(41, DISCOUNT, team())([one], values, ReturnScale(1))
    assert batch["rewards"].max() < 10.0


def test_samples_without_a_choice_make_a_loss_of_one_row():
    one = episode(4, choices=0.0)
    batch = ChoiceTrajectories(5, DISCOUNT, team(is_single=True))([one], values, ReturnScale(1))
    assert int(batch["loss_mask"].sum()) == 1
