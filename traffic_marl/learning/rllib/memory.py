"""TeamMemory: the replay memory of deep Q-learning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ray.rllib.core.columns import Columns
from ray.rllib.utils.metrics.metrics_logger import MetricsLogger

from traffic_marl.learning.rllib.episode import TeamEpisode

DRAWN = "agent_steps_drawn"  # metric


class TeamMemory:
    """A ring of the latest transitions of all copies: observation, actions, rewards, next observation.

    RLlib uses it as its replay buffer. Observations are kept in half precision, which is finer than the counts of a
    detector. A checkpoint does not hold the memory. A resumed run fills it again.

    Args:
        capacity: transitions of a team.
        seed: of the random draws.
    """

    def __init__(self, capacity: int, seed: int) -> None:
        self.capacity = capacity
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
            columns = {
                Columns.OBS: episode.columns[Columns.OBS],
                Columns.NEXT_OBS: np.concatenate((episode.columns[Columns.OBS][1:], episode.last_observation[None])),
                Columns.ACTIONS: episode.columns[Columns.ACTIONS],
                Columns.REWARDS: episode.columns[Columns.REWARDS],
            }
            if not self._columns:
                self._columns = {name: self._ring(column) for name, column in columns.items()}
            places = np.arange(self.count, self.count + len(episode)) % self.capacity
            for name, column in columns.items():
                self._columns[name][places] = column
            self.count += len(episode)

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
