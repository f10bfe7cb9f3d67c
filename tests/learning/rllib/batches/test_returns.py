import numpy as np
import pytest

from tests.helpers.samples import AGENTS, DISCOUNT, episode, moments_of, team, values
from traffic_marl.learning.rllib.batches.returns import ReturnsToGo
from traffic_marl.learning.rllib.batches.scale import ReturnScale


@pytest.mark.parametrize("choices", [1.0, 0.5])
def test_returns_to_go_are_compared_with_those_of_other_episodes_at_the_same_moment(choices):
    episodes = [episode(9, 0, choices=choices), episode(9, 1, choices=choices)]
    batch = ReturnsToGo(DISCOUNT, team(is_single=True))(episodes, values, ReturnScale(1))
    rewards = np.stack([one.columns["rewards"] for one in episodes])
    returns = np.stack([sum(DISCOUNT**k * rewards[:, t + k] for k in range(9 - t)) for t in range(9)], 1)
    compared = returns - returns[::-1]
    expected = np.array(
        [compared[e, t, n] for e in range(2) for n in range(AGENTS) for t in moments_of(episodes[e], n) if t < 9]
    )
    expected = (expected - expected.mean()) / expected.std()
    assert sorted(batch["returns_to_go"].flatten().tolist()) == pytest.approx(sorted(expected), abs=1e-5)
    assert batch["loss_mask"].all()
