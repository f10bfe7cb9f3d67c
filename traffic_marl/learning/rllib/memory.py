"""TeamMemory: the replay memory of deep Q-learning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ray.rllib.core.columns import Columns
from ray.rllib.utils.metrics.metrics_logger import MetricsLogger

from traffic_marl.actions import choosing
from traffic_marl.kernels.tables import NONE
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.observation import ObservationLayout

DRAWN = "agent_steps_drawn"  # metric
SPANS = "spans"  # column: [s] until the next choice, 0 without a choice or a next one


class TeamMemory:
    """A ring of the latest transitions of all copies: observation, actions, rewards, next observation, seconds.

    A transition of an intersection goes from one choice to the next. Its reward is the discounted sum of those between.
    RLlib uses it as its replay buffer. Observations are kept in half precision, which is finer than the counts of a
    detector. A checkpoint does not hold the memory. A resumed run fills it again.

    Args:
        capacity: transitions of a team.
        seed: of the random draws.
        discount: factor per second.
        interval: [s] between decisions.
        layout: of the observations.
    """

    def __init__(self, capacity: int, seed: int, discount: float, interval: int, layout: ObservationLayout) -> None:
        self.capacity = capacity
        self.interval = interval
        self.layout = layout
        self._discount = discount**interval  # per decision
        self.count = 0  # transitions ever added
        self.metrics = MetricsLogger(root=False)
        self._columns: dict[str, Any] = {}
        self._generator = np.random.default_rng(seed)

    def __len__(self) -> int:
        """Number of transitions in the memory."""
        return min(self.count, self.capacity)

    def add(self, episodes: Sequence[TeamEpisode]) -> None:
        """Stores the transitions of these episodes in place of the oldest ones."""
        for episode in episodes:
            columns = self._transitions(episode)
            if not self._columns:
                self._columns = {name: self._ring(column) for name, column in columns.items()}
            number = len(columns[Columns.REWARDS])
            places = np.arange(self.count, self.count + number) % self.capacity
            for name, column in columns.items():
                self._columns[name][places] = column
            self.count += number

    def sample(self, *, num_items: int, **others: Any) -> list[TeamEpisode]:
        """Draws transitions at random and gives them as one episode whose rows have no order.

        Args:
            num_items: number of transitions.
            others: arguments of RLlib for other kinds of buffers. They are not used.
        """
        places = self._generator.integers(0, len(self), num_items)
        columns = {name: ring[places] for name, ring in self._columns.items()}
        for name in (Columns.OBS, Columns.NEXT_OBS):
            columns[name] = columns[name].astype(np.float32)
        self.metrics.log_value(DRAWN, columns[Columns.REWARDS].size, reduce="sum")
        return [TeamEpisode(columns, columns[Columns.NEXT_OBS][-1], False)]

    def get_metrics(self) -> Any:
        """The metrics since the last call."""
        return self.metrics.reduce()

    def _ring(self, column: Any) -> Any:
        """An empty ring for a column. The operating system gives its memory as the ring fills."""
        kind = np.float16 if column.ndim > 2 else column.dtype
        return np.zeros((self.capacity, *column.shape[1:]), kind)

    def _transitions(self, episode: TeamEpisode) -> dict[str, Any]:
        """The decisions of an episode at which an intersection had a choice and later another one, as transitions."""
        observations = np.concatenate((episode.columns[Columns.OBS], episode.last_observation[None]))
        rewards = episode.columns[Columns.REWARDS].copy()
        chosen = choosing(self.layout, observations)
        after = np.full(rewards.shape, NONE)  # decision of the next choice
        following = np.where(chosen[-1], len(rewards), NONE)
        for now in range(len(rewards) - 1, -1, -1):
            after[now] = following
            if now + 1 < len(rewards):
                rewards[now] += np.where(chosen[now + 1], 0.0, self._discount * rewards[now + 1])
            following = np.where(chosen[now], now, following)
        spans = np.where(chosen[:-1] & (after != NONE), after - np.arange(len(rewards))[:, None], 0)
        rows = spans.any(axis=1)
        agents = np.arange(rewards.shape[1])
        return {
            Columns.OBS: observations[:-1][rows],
            Columns.NEXT_OBS: observations[after[rows], agents],  # any observation where there is no transition
            Columns.ACTIONS: episode.columns[Columns.ACTIONS][rows],
            Columns.REWARDS: rewards[rows],
            SPANS: (self.interval * spans[rows]).astype(np.int32),
        }
