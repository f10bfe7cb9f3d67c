"""Batches for deep Q-learning: transitions from one choice to the next."""

from collections.abc import Sequence

import numpy as np
import torch
from ray.rllib.core.columns import Columns

from traffic_marl.learning.rllib.batches.choices import Batch, Values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.memory import SPANS

SECONDS = "n_step"  # RLlib's name of the column with the exponent of the discount
WEIGHTS = "weights"  # RLlib's name of the column with the weights of rows in the loss


class Transitions:
    """Batches for deep Q-learning from transitions drawn from the memory. Actions and rewards are flat, (rows N,).

    The discount of a transition counts the seconds until the next choice. Intersections without a choice, or without a
    next one, have weight 0. Rewards are divided by a scale for each scenario, the mean reward of a second over the
    horizon of the discount.

    Args:
        discount: factor per second.
        team: the intersections.
    """

    def __init__(self, discount: float, team: Team) -> None:
        self.horizon = 1.0 / (1.0 - discount)  # [s]
        self.team = team
        self.scenarios = torch.tensor(team.scenarios)

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """Observations, next observations, actions, rewards, seconds and weights."""
        columns = {name: _column(episodes, name) for name in (Columns.OBS, Columns.NEXT_OBS)}
        actions, rewards, spans = (_column(episodes, name) for name in (Columns.ACTIONS, Columns.REWARDS, SPANS))
        known = spans > 0
        scenarios = self.scenarios.expand(spans.shape)
        returns = self.horizon * rewards[known] / spans[known]
        scale.update(torch.cat((returns, -returns)), scenarios[known].repeat(2))  # the mean stays 0
        return columns | {
            Columns.ACTIONS: actions.flatten(),
            Columns.REWARDS: (rewards / scale.deviation[scenarios]).flatten(),
            Columns.TERMINATEDS: torch.zeros(spans.numel()),
            WEIGHTS: (known / known.float().mean().clamp(min=1.0 / known.numel())).float().flatten(),
            SECONDS: spans.float().flatten(),
        }


def _column(episodes: Sequence[TeamEpisode], name: str) -> torch.Tensor:
    return torch.from_numpy(np.concatenate([episode.columns[name] for episode in episodes]))
