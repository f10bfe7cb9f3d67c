"""Batches for IMPALA and APPO: sequences in time order, of decisions of a team or of choices of an intersection."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from ray.rllib.core.columns import Columns
from torch import Tensor

from traffic_marl.actions import choosing
from traffic_marl.learning.rllib.batches.choices import Batch, Values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.episode import TeamEpisode

IMPOSSIBLE = 1e3  # log-probability of masked rows. It makes their importance ratio 0, so that they have no effect.
NAMES = (Columns.ACTIONS, Columns.REWARDS, Columns.ACTION_LOGP, Columns.ACTION_DIST_INPUTS)


class Trajectories:
    """Batches for IMPALA and APPO: sequences in time order, each with a masked last row for the next observation.

    RLlib's losses cut the rows into pieces of one length. A sequence of full length with its last row is one such
    piece. Shorter ones are padded with masked rows. The losses would correct the last value by the reward of the masked
    row after it, which is 0. An importance ratio of 0 in that row prevents this: the value after the last decision
    counts in full. Rewards are divided by the deviation of their scenario's returns, so that values have a scale.

    Source: V-trace, Espeholt et al. 2018, arXiv 1802.01561.

    Args:
        length: rows in a piece, the one for the next observation included.
        discount: factor per second.
        team: the intersections.
    """

    def __init__(self, length: int, discount: float, team: Team) -> None:
        self.length = length
        self.discount = discount**team.interval
        self.team = team
        self.scenarios = torch.tensor(team.scenarios)

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """Observations, actions, log-probabilities, logits, rewards and the loss mask."""
        for episode in episodes:
            returns = _returns(episode.columns[Columns.REWARDS], self.discount)
            scale.update(returns.flatten(), self.scenarios.expand(returns.shape).flatten())
        sequences = self.sequences(episodes)
        columns = {name: _padded(self.length, [each[name] for each in sequences]) for name in sequences[0]}
        columns[Columns.REWARDS] /= self._deviations(scale, sequences)
        decisions = torch.tensor([len(each[Columns.REWARDS]) for each in sequences])
        mask = (torch.arange(self.length) < decisions[:, None]).flatten()
        columns[Columns.LOSS_MASK] = mask[:, None].expand(columns[Columns.REWARDS].shape).contiguous()
        columns[Columns.ACTION_LOGP][~columns[Columns.LOSS_MASK]] = IMPOSSIBLE
        columns.setdefault(Columns.TERMINATEDS, torch.zeros_like(columns[Columns.LOSS_MASK]))
        return columns

    def sequences(self, episodes: Sequence[TeamEpisode]) -> list[dict[str, Any]]:
        """Columns of each sequence, the observations with the next one."""
        return [team_sequence(episode) for episode in episodes]

    def _deviations(self, scale: ReturnScale, sequences: Sequence[dict[str, Any]]) -> Tensor:
        """(rows, N) deviation of the returns of the scenario of each row."""
        return scale.deviation[self.scenarios]


class ChoiceTrajectories(Trajectories):
    """The same with the choices of one intersection as a sequence.

    The rewards between two choices are summed with their discount. RLlib multiplies the discount of a decision by a
    factor for its end: we give the further discount until the next choice in its place.
    """

    def sequences(self, episodes: Sequence[TeamEpisode]) -> list[dict[str, Any]]:
        """Columns of each sequence of choices, cut to the length of a piece, the observations with the next one."""
        found = []
        for episode in episodes:
            for agent in range(len(episode.last_observation)):
                found += self._of_agent(episode, agent)
        return found or [self._empty(episodes[0])]

    def _of_agent(self, episode: TeamEpisode, agent: int) -> list[dict[str, Any]]:
        """The sequences of an intersection."""
        observations = np.concatenate((episode.columns[Columns.OBS][:, agent], episode.last_observation[None, agent]))
        moments = np.flatnonzero(choosing(self.team.layout, observations))
        rewards = episode.columns[Columns.REWARDS][:, agent]
        pieces = []
        for first in range(0, len(moments) - 1, self.length - 1):
            chosen = moments[first : first + self.length]
            at, spans = chosen[:-1], np.diff(chosen)
            columns = {name: episode.columns[name][at][:, agent : agent + 1] for name in NAMES}
            sums = [_discounted(rewards[now : now + span], self.discount) for now, span in zip(at, spans, strict=True)]
            columns[Columns.REWARDS] = np.array(sums, np.float32)[:, None]
            columns[Columns.TERMINATEDS] = 1.0 - (self.discount ** (spans - 1.0)).astype(np.float32)[:, None]
            columns[Columns.OBS] = observations[chosen][:, None]
            columns[AGENT] = np.full((len(at), 1), agent)
            pieces.append(columns)
        return pieces

    def _empty(self, episode: TeamEpisode) -> dict[str, Any]:
        """A sequence of one decision of no effect, because a loss needs one."""
        columns = {name: episode.columns[name][:1, :1] for name in NAMES}
        columns[Columns.REWARDS] = np.zeros((1, 1), np.float32)
        columns[Columns.TERMINATEDS] = np.zeros((1, 1), np.float32)
        columns[AGENT] = np.zeros((1, 1), np.int64)
        return columns | {Columns.OBS: episode.last_observation[None, :1].repeat(2, axis=0)}

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """Observations, actions, log-probabilities, logits, rewards and the loss mask."""
        columns = super().__call__(episodes, values, scale)
        del columns[AGENT]
        return columns

    def _deviations(self, scale: ReturnScale, sequences: Sequence[dict[str, Any]]) -> Tensor:
        agents = _padded(self.length, [each[AGENT] for each in sequences])
        return scale.deviation[self.scenarios[agents]]


AGENT = "agent"  # column that no loss sees


def team_sequence(episode: TeamEpisode) -> dict[str, Any]:
    """All decisions of the team in an episode."""
    columns = {name: episode.columns[name] for name in NAMES}
    columns[Columns.OBS] = np.concatenate((episode.columns[Columns.OBS], episode.last_observation[None]))
    return columns


def _padded(length: int, columns: Sequence[Any]) -> Tensor:
    """A column of all sequences in one, (sequences x length, N, ...). Observations are padded with the last one."""
    pieces = np.zeros((len(columns), length, *columns[0].shape[1:]), columns[0].dtype)
    for piece, column in zip(pieces, columns, strict=True):
        piece[: len(column)] = column
        if column.dtype == np.float32 and 0 < len(column) < length and column.ndim > 2:
            piece[len(column) :] = column[-1]
    return torch.from_numpy(pieces).flatten(0, 1)


def _returns(rewards: Any, discount: float) -> Tensor:
    """(T / 2, N) returns of rewards (T, N) alone, without the second half, in which many rewards are missing."""
    returns = torch.from_numpy(rewards.copy())
    for now in range(len(returns) - 2, -1, -1):
        returns[now] += discount * returns[now + 1]
    return returns[: max(1, len(returns) // 2)]


def _discounted(rewards: Any, discount: float) -> float:
    """The sum of rewards (T,), each discounted to the first."""
    return float((rewards * discount ** np.arange(len(rewards))).sum())
