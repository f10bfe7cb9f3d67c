"""TeamMemory: the transitions that deep Q-learning draws its batches from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from ray.rllib.core.columns import Columns
from ray.rllib.utils.metrics.metrics_logger import MetricsLogger

from traffic_marl.learning.rllib.episode import TeamEpisode

DRAWN = "agent_steps_drawn"  # metric


class TeamMemory:
    """A ring of the latest decisions of all copies, each with what was seen before and after.

    It stands where RLlib has a replay buffer. Observations are kept in half precision, which is finer than what a
    detector counts. A checkpoint does not hold it: a run that goes on fills it anew.

    Args:
        capacity: decisions of a team.
        seed: of what is drawn.
    """

    def __init__(self, capacity: int, seed: int) -> None:
        self.capacity = capacity
        self.count = 0  # decisions ever added
        self.metrics = MetricsLogger(root=False)
        self._columns: dict[str, Any] = {}
        self._lots = np.random.default_rng(seed)

    def __len__(self) -> int:
        """Decisions that are kept."""
        return min(self.count, self.capacity)

    def add(self, episodes: Sequence[TeamEpisode]) -> None:
        """Keeps the decisions of these stretches in place of the oldest."""
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
        """So many decisions drawn at random, as one stretch in no order.

        Args:
            num_items: how many.
            others: RLlib's for other kinds of buffers, not used.
        """
        places = self._lots.integers(0, len(self), num_items)
        columns = {name: ring[places] for name, ring in self._columns.items()}
        for name in (Columns.OBS, Columns.NEXT_OBS):
            columns[name] = columns[name].astype(np.float32)
        self.metrics.log_value(DRAWN, columns[Columns.REWARDS].size, reduce="sum")
        return [TeamEpisode(columns, columns[Columns.NEXT_OBS][-1], False)]

    def get_metrics(self) -> Any:
        """What was logged since the last call."""
        return self.metrics.reduce()

    def _ring(self, column: Any) -> Any:
        """An empty ring for such a column; memory is taken as it fills."""
        kind = np.float16 if column.ndim > 2 else column.dtype
        return np.zeros((self.capacity, *column.shape[1:]), kind)
