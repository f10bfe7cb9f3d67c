"""Choices: the decisions of samples at which an intersection had more than one action. The others teach nothing."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from ray.rllib.core.columns import Columns
from torch import Tensor

from traffic_marl.actions import choosing
from traffic_marl.learning.networks.actor import FORBIDDEN
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.episode import TeamEpisode

Batch = dict[str, Any]
Values = Callable[[Tensor], Tensor]  # (rows, N, F) -> (rows, N)


@dataclass(frozen=True)
class Stretch:
    """Episodes of one length, side by side: E episodes of T decisions of N intersections.

    A row is a decision that is learnt from. If the policy sees one intersection at a time, it is a choice of one
    intersection, with columns (rows, 1, ...). Otherwise it is a decision of the team at which anyone had a choice, with
    columns (rows, N, ...).
    """

    team: Team
    episodes: Sequence[TeamEpisode]
    choices: Tensor  # (E, T, N) whether the intersection had a choice
    last_choices: Tensor  # (E, N) the same after the last decision

    @property
    def rows(self) -> Tensor:
        """(E, T, N) or (E, T): the decisions that are rows."""
        return self.choices if self.team.is_single else self.choices.any(-1)

    def column(self, name: str) -> Tensor:
        """A column at all decisions, (E, T, N, ...)."""
        return torch.from_numpy(np.stack([episode.columns[name] for episode in self.episodes]))

    def row_column(self, name: str) -> Tensor:
        """A column at the rows, (rows, 1 or N, ...)."""
        places = self.rows.numpy()
        parts = [episode.columns[name][place] for episode, place in zip(self.episodes, places, strict=True)]
        return self.as_rows(torch.from_numpy(np.concatenate(parts)))

    def rows_of(self, values: Tensor) -> Tensor:
        """The rows (rows, 1 or N) of values at all decisions (E, T, N)."""
        return self.as_rows(values[self.rows])

    def as_rows(self, picked: Tensor) -> Tensor:
        """Picked decisions (rows, ...) or (rows, N, ...) with an axis for intersections in any case."""
        return picked.unsqueeze(1) if self.team.is_single else picked

    def spread(self, rows: Tensor) -> Tensor:
        """Values at all decisions (E, T, N), 0 where there is no row, of values at the rows (rows, 1 or N)."""
        spread = torch.zeros(self.choices.shape)
        spread[self.rows] = rows.squeeze(1) if self.team.is_single else rows
        return spread

    def last_values(self, values: Values) -> Tensor:
        """(E, N) values of the last observations."""
        last = torch.from_numpy(np.stack([episode.last_observation for episode in self.episodes]))
        if self.team.is_single:
            return values(last.flatten(0, 1).unsqueeze(1)).view(last.shape[:2])
        return values(last)


def stretches(team: Team, episodes: Sequence[TeamEpisode]) -> list[Stretch]:
    """The episodes in groups of equal length."""
    groups: dict[int, list[TeamEpisode]] = defaultdict(list)
    for episode in episodes:
        groups[len(episode)].append(episode)
    return [_stretch(team, group) for group in groups.values()]


def _stretch(team: Team, episodes: Sequence[TeamEpisode]) -> Stretch:
    seen = np.stack([choosing(team.layout, episode.columns[Columns.OBS]) for episode in episodes])
    last = np.stack([choosing(team.layout, episode.last_observation) for episode in episodes])
    return Stretch(team, episodes, torch.from_numpy(seen), torch.from_numpy(last))


def nothing_learnt(team: Team, episodes: Sequence[TeamEpisode]) -> Batch:
    """A batch of the last decision of an episode, whose only purpose is to be no empty one."""
    observations = torch.from_numpy(episodes[0].last_observation).unsqueeze(0)
    allowed = team.layout.allowed(observations)
    actions = allowed.argmax(-1)
    return {
        Columns.OBS: observations,
        Columns.ACTIONS: actions,
        Columns.ACTION_LOGP: torch.zeros(actions.shape),
        Columns.ACTION_DIST_INPUTS: torch.where(allowed > 0.5, 0.0, FORBIDDEN),
        Columns.LOSS_MASK: torch.ones(actions.shape, dtype=torch.bool),
    }
