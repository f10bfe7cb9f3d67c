"""Batches for PPO: advantages between the choices of each intersection."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from ray.rllib.core.columns import Columns
from ray.rllib.evaluation.postprocessing import Postprocessing
from torch import Tensor

from traffic_marl.learning.rllib.batches.choices import Batch, Stretch, Values, nothing_learnt, stretches
from traffic_marl.learning.rllib.batches.rows import shuffled, standardised
from traffic_marl.learning.rllib.batches.scale import ReturnCode, ReturnScale
from traffic_marl.learning.rllib.batches.team import GROUP, Team
from traffic_marl.learning.rllib.episode import TeamEpisode

COPIED = (Columns.OBS, Columns.ACTIONS, Columns.ACTION_LOGP, Columns.ACTION_DIST_INPUTS)


@dataclass(frozen=True)
class Estimate:
    """Advantages and returns at all decisions (E, T, N), and the choices at which they are known."""

    advantages: Tensor
    returns: Tensor
    known: Tensor


class Advantages:
    """Batches for PPO: advantages by generalised advantage estimation, standardised, rows in random order.

    An intersection's choices are the steps of a semi-Markov process: the rewards between two of them are summed with
    their discount, and the critic's value of the next choice counts as the return after it. The last choice of a
    stretch has no next one and is not learnt from, unless the stretch ends at a choice. An episode that ended at the
    horizon was truncated, so that its last observation is a choice like any other.

    Source: Schulman et al. 2016, arXiv 1506.02438. Options as a semi-Markov process: Sutton, Precup and Singh 1999, doi
    10.1016/S0004-3702(99)00052-1.

    Args:
        discount: factor per second.
        gae_lambda: factor per second of the estimate, 0 to 1.
        team: the intersections.
    """

    def __init__(self, discount: float, gae_lambda: float, team: Team) -> None:
        self.discount = discount**team.interval
        self.trace = (discount * gae_lambda) ** team.interval
        self.team = team

    def __call__(self, episodes: Sequence[TeamEpisode], values: Values, scale: ReturnScale) -> Batch:
        """Observations, actions, log-probabilities, logits, advantages, value targets; a loss mask if it hides any."""
        groups = stretches(self.team, episodes)
        if not scale.code.updates.any():
            scale.code.update(torch.cat([self._first_returns(each) for each in groups]))
        parts = [self._part(each, values, scale.code) for each in groups]
        columns = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        if not len(columns[Columns.OBS]):
            return self._nothing_learnt(episodes, values)
        self._standardise(columns, scale.code)
        if columns[Columns.LOSS_MASK].all():
            del columns[Columns.LOSS_MASK]  # a loss with a mask takes longer
        return shuffled(columns)

    def _first_returns(self, stretch: Stretch) -> Tensor:
        """Returns of the rewards alone, flat, in the first half of a stretch, where few are missing."""
        rewards = stretch.column(Columns.REWARDS)
        returns = torch.zeros_like(rewards)
        after = torch.zeros_like(rewards[:, 0])
        for now in range(rewards.shape[1] - 1, -1, -1):
            after = rewards[:, now] + self.discount * after
            returns[:, now] = after
        return returns[:, : max(1, rewards.shape[1] // 2)].flatten()

    def _part(self, stretch: Stretch, values: Values, code: ReturnCode) -> Batch:
        """Columns of one stretch. Advantages and value targets are not standardised."""
        columns = {name: stretch.row_column(name) for name in COPIED}
        known = stretch.spread(code.decode(values(columns[Columns.OBS])))
        last = code.decode(stretch.last_values(values))
        found = self.estimate(stretch, known, last)
        columns[Columns.LOSS_MASK] = stretch.rows_of(found.known)
        columns[Postprocessing.ADVANTAGES] = stretch.rows_of(found.advantages)
        columns[Postprocessing.VALUE_TARGETS] = stretch.rows_of(found.returns)
        columns[GROUP] = stretch.rows_of(self.team.groups.expand(known.shape))
        is_learnt = columns[Columns.LOSS_MASK].any(-1)
        return {name: column[is_learnt] for name, column in columns.items()}

    def estimate(self, stretch: Stretch, values: Tensor, last: Tensor) -> Estimate:
        """Advantages by the values (E, T, N) of the choices and the values (E, N) after the last decision."""
        rewards = stretch.column(Columns.REWARDS)
        advantages = torch.zeros_like(rewards)
        known = torch.zeros_like(stretch.choices)
        has_next, next_value, next_advantage = stretch.last_choices.clone(), last, torch.zeros_like(last)
        reward, discount, trace = torch.zeros_like(last), torch.ones_like(last), torch.ones_like(last)
        for now in range(rewards.shape[1] - 1, -1, -1):
            reward = rewards[:, now] + self.discount * reward
            discount, trace = self.discount * discount, self.trace * trace
            chosen = stretch.choices[:, now]
            advantage = reward + discount * next_value - values[:, now] + trace * next_advantage
            advantages[:, now] = torch.where(chosen & has_next, advantage, 0.0)
            known[:, now] = chosen & has_next
            next_advantage = torch.where(chosen, advantages[:, now], next_advantage)
            next_value = torch.where(chosen, values[:, now], next_value)
            has_next |= chosen
            reward = torch.where(chosen, 0.0, reward)
            discount, trace = torch.where(chosen, 1.0, discount), torch.where(chosen, 1.0, trace)
        return Estimate(advantages, advantages + values, known)

    def _nothing_learnt(self, episodes: Sequence[TeamEpisode], values: Values) -> Batch:
        """A batch that changes nothing, of samples too short for a choice and the next one."""
        columns = nothing_learnt(self.team, episodes)
        columns[Postprocessing.VALUE_TARGETS] = values(columns[Columns.OBS])
        columns[Postprocessing.ADVANTAGES] = torch.zeros_like(columns[Postprocessing.VALUE_TARGETS])
        return columns

    def _standardise(self, columns: Batch, code: ReturnCode) -> None:
        """Standardises advantages by group and codes the value targets, in place. Updates the code first."""
        mask, group = columns[Columns.LOSS_MASK], columns.pop(GROUP)
        advantages, targets = columns[Postprocessing.ADVANTAGES], columns[Postprocessing.VALUE_TARGETS]
        code.update(targets[mask])
        advantages[mask] = standardised(advantages[mask], group[mask])
        columns[Postprocessing.VALUE_TARGETS] = code.encode(targets)
