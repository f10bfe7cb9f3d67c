"""Learner connectors: they turn the samples of the runners into the batch of a loss of RLlib.

Each is the only piece of its pipeline. The batch has a row for each decision of a team: columns (rows, N, ...).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from ray.rllib.connectors.connector_v2 import ConnectorV2
from ray.rllib.core.columns import Columns
from ray.rllib.evaluation.postprocessing import Postprocessing
from torch import Tensor

from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.modules import TEAM

SMALLEST_DEVIATION = 1e-4  # least divisor of the advantages
IMPOSSIBLE = 1e3  # log-probability of masked rows. It makes their importance ratio 0, so that they have no effect.

Batch = dict[str, Any]


class TeamConnector(ConnectorV2):  # type: ignore[misc]
    """Turns episodes into one batch. RLlib calls it.

    Args:
        convert: makes the columns from the episodes and a function that gives the critic's values of observations.
    """

    def __init__(self, convert: Callable[[Sequence[TeamEpisode], Callable[[Tensor], Tensor]], Batch]) -> None:
        super().__init__()
        self._convert = convert

    def __call__(self, *, rl_module: Any, episodes: Sequence[TeamEpisode], **others: Any) -> Batch:
        """The batch of the one module."""
        module = rl_module[TEAM].unwrapped()
        device = next(module.parameters()).device

        def values(observations: Tensor) -> Tensor:
            with torch.no_grad():
                return module.compute_values({Columns.OBS: observations.to(device)}).cpu()  # type: ignore[no-any-return]

        columns = self._convert(episodes, values)
        return {TEAM: {name: column.to(device) for name, column in columns.items()}}


class Advantages:
    """Batches for PPO: advantages by generalised advantage estimation, standardised, rows in random order.

    An episode that ended at the horizon was truncated: the critic's value of its last observation counts as the return
    after it.

    Source: Schulman et al. 2016, arXiv 1506.02438.

    Args:
        discount: factor per decision.
        gae_lambda: factor per decision of the estimate, 0 to 1.
        groups: (N,) intersections with the same number are standardised together.
    """

    def __init__(self, discount: float, gae_lambda: float, groups: Sequence[int]) -> None:
        self.discount = discount
        self.gae_lambda = gae_lambda
        self.groups = torch.tensor(groups)

    def __call__(self, episodes: Sequence[TeamEpisode], values: Callable[[Tensor], Tensor]) -> Batch:
        """Observations, actions, log-probabilities, logits, advantages and value targets."""
        parts = [self._part(group, values) for group in by_length(episodes)]
        columns = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        advantages = columns[Postprocessing.ADVANTAGES]
        columns[Postprocessing.ADVANTAGES] = standardised(advantages, self.groups)
        return shuffled(columns)

    def _part(self, episodes: Sequence[TeamEpisode], values: Callable[[Tensor], Tensor]) -> Batch:
        """Columns of episodes of one length, in time order, not standardised."""
        names = (Columns.OBS, Columns.ACTIONS, Columns.ACTION_LOGP, Columns.ACTION_DIST_INPUTS)
        columns = {name: stacked(episodes, name).flatten(0, 1) for name in names}
        last = torch.from_numpy(np.stack([episode.last_observation for episode in episodes]))
        rewards = stacked(episodes, Columns.REWARDS)
        known = values(columns[Columns.OBS]).view_as(rewards)
        advantages = self._advantages(rewards, torch.cat((known, values(last).unsqueeze(0))))
        columns[Postprocessing.ADVANTAGES] = advantages.flatten(0, 1)
        columns[Postprocessing.VALUE_TARGETS] = (advantages + known).flatten(0, 1)
        return columns

    def _advantages(self, rewards: Tensor, values: Tensor) -> Tensor:
        """Advantages (T, E, N) of rewards (T, E, N) and values (T + 1, E, N)."""
        td_errors = rewards + self.discount * values[1:] - values[:-1]
        advantages = torch.empty_like(rewards)
        next_advantage = torch.zeros_like(rewards[0])
        for now in range(len(rewards) - 1, -1, -1):
            next_advantage = td_errors[now] + self.discount * self.gae_lambda * next_advantage
            advantages[now] = next_advantage
        return advantages


class ReturnsToGo:
    """Batches for REINFORCE: discounted returns minus the mean of the other episodes at that moment, in random order.

    Source: Williams 1992, doi 10.1007/BF00992696. A baseline that does not depend on the own actions adds no bias.

    Args:
        discount: factor per decision.
        groups: (N,) intersections with the same number are standardised together.
    """

    def __init__(self, discount: float, groups: Sequence[int]) -> None:
        self.discount = discount
        self.groups = torch.tensor(groups)

    def __call__(self, episodes: Sequence[TeamEpisode], values: Callable[[Tensor], Tensor]) -> Batch:
        """Observations, actions and returns."""
        parts = [self._part(group) for group in by_length(episodes)]
        columns = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        columns[Columns.RETURNS_TO_GO] = standardised(columns[Columns.RETURNS_TO_GO], self.groups)
        return shuffled(columns)

    def _part(self, episodes: Sequence[TeamEpisode]) -> Batch:
        columns = {name: stacked(episodes, name).flatten(0, 1) for name in (Columns.OBS, Columns.ACTIONS)}
        returns = stacked(episodes, Columns.REWARDS)
        for now in range(len(returns) - 2, -1, -1):
            returns[now] += self.discount * returns[now + 1]
        if len(episodes) > 1:
            others = (returns.sum(1, keepdim=True) - returns) / (len(episodes) - 1)
            returns = returns - others
        columns[Columns.RETURNS_TO_GO] = returns.flatten(0, 1)
        return columns


class Trajectories:
    """Batches for IMPALA and APPO: episodes in time order, each with a masked last row for the next observation.

    RLlib's losses cut the rows into pieces of the length of a fragment. An episode of full length with its last row
    is one such piece. Shorter ones, before and after the end of an episode, are padded with masked rows. The losses
    would correct the last value by the reward of the masked row after it, which is 0. An importance ratio of 0 in that
    row prevents this: the value after the last decision counts in full.

    Source: V-trace, Espeholt et al. 2018, arXiv 1802.01561.

    Args:
        length: rows in a piece: the decisions of a fragment and one more.
    """

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, episodes: Sequence[TeamEpisode], values: Callable[[Tensor], Tensor]) -> Batch:
        """Observations, actions, log-probabilities, logits, rewards and the loss mask. No row is terminal."""
        names = (Columns.ACTIONS, Columns.REWARDS, Columns.ACTION_LOGP, Columns.ACTION_DIST_INPUTS)
        pieces = {name: self._pieces(episodes, name) for name in names}
        pieces[Columns.OBS] = self._observations(episodes)
        columns = {name: torch.from_numpy(piece).flatten(0, 1) for name, piece in pieces.items()}
        decisions = torch.tensor([len(episode) for episode in episodes])
        mask = (torch.arange(self.length) < decisions[:, None]).flatten()
        columns[Columns.LOSS_MASK] = mask[:, None].expand(columns[Columns.REWARDS].shape).contiguous()
        columns[Columns.ACTION_LOGP][~columns[Columns.LOSS_MASK]] = IMPOSSIBLE
        columns[Columns.TERMINATEDS] = torch.zeros_like(columns[Columns.LOSS_MASK])
        return columns

    def _pieces(self, episodes: Sequence[TeamEpisode], name: str) -> Any:
        """A column of all episodes (E, length, N, ...), padded with zeros."""
        first = episodes[0].columns[name]
        pieces = np.zeros((len(episodes), self.length, *first.shape[1:]), first.dtype)
        for piece, episode in zip(pieces, episodes, strict=True):
            piece[: len(episode)] = episode.columns[name]
        return pieces

    def _observations(self, episodes: Sequence[TeamEpisode]) -> Any:
        """The observations, each episode padded with its last observation."""
        pieces = self._pieces(episodes, Columns.OBS)
        for piece, episode in zip(pieces, episodes, strict=True):
            piece[len(episode) :] = episode.last_observation
        return pieces


def transitions(episodes: Sequence[TeamEpisode], values: Callable[[Tensor], Tensor]) -> Batch:
    """The batch for deep Q-learning: transitions drawn from the memory. Actions and rewards are flat, (rows N,)."""
    columns = {
        name: torch.from_numpy(np.concatenate([episode.columns[name] for episode in episodes]))
        for name in (Columns.OBS, Columns.NEXT_OBS)
    }
    for name in (Columns.ACTIONS, Columns.REWARDS):
        columns[name] = torch.from_numpy(np.concatenate([episode.columns[name] for episode in episodes])).flatten()
    ones = torch.ones_like(columns[Columns.REWARDS])
    return columns | {Columns.TERMINATEDS: torch.zeros_like(ones), "weights": ones, "n_step": ones}


def by_length(episodes: Sequence[TeamEpisode]) -> list[list[TeamEpisode]]:
    """The episodes in groups of equal length."""
    groups: dict[int, list[TeamEpisode]] = defaultdict(list)
    for episode in episodes:
        groups[len(episode)].append(episode)
    return list(groups.values())


def stacked(episodes: Sequence[TeamEpisode], name: str) -> Tensor:
    """A column of episodes of one length, time first: (T, E, N, ...)."""
    return torch.from_numpy(np.stack([episode.columns[name] for episode in episodes], axis=1))


def shuffled(columns: Batch) -> Batch:
    """The rows in random order, because RLlib's minibatches keep the given order in the first pass."""
    order = torch.randperm(len(columns[Columns.OBS]))
    return {name: column[order] for name, column in columns.items()}


def standardised(values: Tensor, groups: Tensor) -> Tensor:
    """Values (rows, N) minus their mean, divided by their standard deviation, within each group of columns (N,)."""
    count = int(groups.max()) + 1
    columns = torch.bincount(groups, minlength=count)
    total = torch.zeros(count).index_add_(0, groups, values.mean(0))
    centred = values - (total / columns)[groups]
    squares = torch.zeros(count).index_add_(0, groups, centred.square().mean(0))
    deviation = (squares / columns).sqrt().clamp(min=SMALLEST_DEVIATION)
    return centred / deviation[groups]
