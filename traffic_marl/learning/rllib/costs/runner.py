"""The costs that a runner measures: time to sample, time to move data, bytes, copies."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np
from ray.rllib.utils.metrics.metrics_logger import MetricsLogger

from traffic_marl.learning.rllib.episode import TeamEpisode

COSTS = "costs"  # metric of runners, by the number of the runner and the name of the cost
SAMPLING, MOVING, DECISIONS, COPIES = "sampling_s", "moving_s", "decisions", "copies"
SAMPLES, WEIGHTS = "bytes_of_samples", "bytes_of_weights"


class RunnerClock:
    """Logs the costs of one runner in its metrics.

    Args:
        metrics: of the runner.
        number: of the runner, from 1. The main process has 0 and moves nothing.
    """

    def __init__(self, metrics: MetricsLogger, number: int) -> None:
        self._metrics = metrics
        self._number = number

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """In a `with` block, the time counts as sampling."""
        begin = perf_counter()
        yield
        self._add(SAMPLING, perf_counter() - begin)

    @contextmanager
    def moving(self) -> Iterator[None]:
        """In a `with` block, the time counts as moving of samples or weights."""
        begin = perf_counter()
        yield
        if self._number:
            self._add(MOVING, perf_counter() - begin)

    def sampled(self, episodes: Sequence[TeamEpisode], decisions: int, copies: int) -> None:
        """Counts samples.

        Args:
            episodes: that leave the runner.
            decisions: of all copies.
            copies: that the runner steps.
        """
        self._add(DECISIONS, decisions)
        self._metrics.log_value((COSTS, str(self._number), COPIES), copies, window=1)
        if self._number:
            self._add(SAMPLES, samples_size(episodes))

    def taken(self, weights: Mapping[str, Any]) -> None:
        """Counts weights that have come, by module."""
        if self._number:
            self._add(WEIGHTS, weights_size(weights))

    def _add(self, name: str, value: float) -> None:
        self._metrics.log_value((COSTS, str(self._number), name), value, reduce="sum")


def samples_size(episodes: Sequence[TeamEpisode]) -> int:
    """Bytes of the numbers in these episodes."""
    return sum(
        each.last_observation.nbytes + sum(column.nbytes for column in each.columns.values()) for each in episodes
    )


def weights_size(weights: Mapping[str, Any]) -> int:
    """Bytes of the numbers in the states of modules, by module and name."""
    return sum(np.asarray(value).nbytes for module in weights.values() for value in module.values())
