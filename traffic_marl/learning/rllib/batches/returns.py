"""Batches for REINFORCE: discounted returns."""

from collections.abc import Sequence

import torch
from ray.rllib.core.columns import Columns
from torch import Tensor

from traffic_marl.learning.rllib.batches.choices import Batch, Stretch, Values, nothing_learnt, stretches
from traffic_marl.learning.rllib.batches.rows import shuffled, standardised
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.batches.team import GROUP, Team
from traffic_marl.learning.rllib.episode import TeamEpisode


class ReturnsToGo:
    """Batches for REINFORCE: discounted returns minus the mean of the other episodes at that moment, in random order.

    Source: Williams 1992, doi 10.1007/BF00992696. A baseline that does not depend on the own actions adds no bias.

    Args:
        discount: factor per second.
        team: the intersections.
    """

    def __init__(self, discount: float, team: Team) -> None:
        self.discount = discount**team.interval
        self.team = team

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """Observations, actions, returns and the loss mask of all choices."""
        parts = [self._part(each) for each in stretches(self.team, episodes)]
        columns = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        if not len(columns[Columns.OBS]):
            return nothing_learnt(self.team, episodes) | {
                Columns.RETURNS_TO_GO: torch.zeros(1, len(episodes[0].last_observation))
            }
        mask, returns, group = columns[Columns.LOSS_MASK], columns[Columns.RETURNS_TO_GO], columns.pop(GROUP)
        returns[mask] = standardised(returns[mask], group[mask])
        return shuffled(columns)

    def _part(self, stretch: Stretch) -> Batch:
        columns = {name: stretch.row_column(name) for name in (Columns.OBS, Columns.ACTIONS)}
        returns = self._returns(stretch)
        columns[Columns.RETURNS_TO_GO] = stretch.rows_of(returns)
        columns[Columns.LOSS_MASK] = stretch.rows_of(stretch.choices)
        columns[GROUP] = stretch.rows_of(self.team.groups.expand(returns.shape))
        return columns

    def _returns(self, stretch: Stretch) -> Tensor:
        """(E, T, N) returns minus their baseline."""
        returns = stretch.column(Columns.REWARDS)
        for now in range(returns.shape[1] - 2, -1, -1):
            returns[:, now] += self.discount * returns[:, now + 1]
        count = len(returns)
        if count > 1:
            returns = returns - (returns.sum(0, keepdim=True) - returns) / (count - 1)
        return returns
