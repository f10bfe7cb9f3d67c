"""The costs that a learner measures: time to learn, time to receive samples, bytes, and the age of weights."""

from collections import OrderedDict
from threading import get_ident
from time import perf_counter
from typing import Any

import torch
from ray.rllib.core.learner.torch.torch_learner import TorchLearner
from ray.rllib.utils.metrics import ALL_MODULES

from traffic_marl.learning.rllib.costs.runner import COSTS, MOVING, SAMPLES, WEIGHTS, samples_size, weights_size
from traffic_marl.learning.rllib.episode import TeamEpisode

LEARNING, GRADIENTS = "learning_s", "bytes_of_gradients"
AGE, AGE_IN_SECONDS = "age", "age_s"  # of weights: sums over the rows of samples
ROWS, TIMED_ROWS = "rows", "timed_rows"  # number of these rows
MOST = "_most"  # ends the names of greatest ages
KNOWN_WEIGHTS = 1000  # most sets of weights whose time is known

Weights = dict[int, int]  # number of the weights to rows that were sampled with them


class TimedLearner(TorchLearner):  # type: ignore[misc]
    """Logs its costs under `costs` in the metrics of all modules, by the rank of the learner."""

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self._begun = 0.0  # [s] of the update in progress
        self._updater: int | None = None  # the thread of that update
        self._fetches = False  # whether it gets samples by reference, from the runners themselves
        self._made: OrderedDict[int, float] = OrderedDict(
            {0: perf_counter()}
        )  # [s] when weights were complete, by number

    def update(self, *arguments: Any, **others: Any) -> Any:
        """Learns from one batch of samples. RLlib calls it."""
        data = others.get("training_data")
        self._fetches = data is not None and data.episodes_refs is not None
        if data is not None and self._fetches:
            begin = perf_counter()
            data.solve_refs()
            self._log(MOVING, perf_counter() - begin)
            if not data.episodes:  # the runners that held them were lost before they were fetched
                return {}
        elif self.config.num_learners:
            self._log(SAMPLES, samples_size(_team_episodes(data.episodes if data else others.get("episodes"))))
        return super().update(*arguments, **others)

    def before_gradient_based_update(self, *, timesteps: dict[str, Any]) -> None:
        """Starts the clock of an update. RLlib calls it."""
        self._begun, self._updater = perf_counter(), get_ident()
        super().before_gradient_based_update(timesteps=timesteps)

    def after_gradient_based_update(self, *, timesteps: dict[str, Any]) -> None:
        """Stops the clock of an update. RLlib calls it."""
        super().after_gradient_based_update(timesteps=timesteps)
        now = perf_counter()
        self._updater = None
        self._made[self._weights_seq_no] = now
        while len(self._made) > KNOWN_WEIGHTS:
            self._made.popitem(last=False)
        self._log(LEARNING, now - self._begun)

    def compute_gradients(self, *arguments: Any, **others: Any) -> Any:
        """The gradients, which several learners exchange meanwhile. RLlib calls it.

        Each of L learners sends 2 (L - 1) / L of the gradient in a ring.
        """
        gradients = super().compute_gradients(*arguments, **others)
        further = self.config.num_learners - 1
        if further > 0:
            size = sum(each.nbytes for each in gradients.values() if each is not None)
            self._log(GRADIENTS, 2 * further / (further + 1) * size)
        return gradients

    def get_state(self, *arguments: Any, **others: Any) -> Any:
        """The state of the learner. RLlib calls it, with `inference_only` for the weights of runners."""
        state = super().get_state(*arguments, **others)
        if self.config.num_learners and others.get("inference_only") and not self._fetches:
            self._log(WEIGHTS, weights_size(state.get("rl_module", {})))
        return state

    def _make_batch_if_necessary(self, training_data: Any) -> Any:
        """The batch of samples, with the numbers of the weights that sampled it. RLlib calls it."""
        batch = super()._make_batch_if_necessary(training_data)
        if training_data.episodes is not None:
            batch.sampled_with = weights_of(training_data.episodes)
        if get_ident() == self._updater:
            self._log_ages(getattr(batch, "sampled_with", {}))
        return batch

    def _log_ages(self, sampled_with: Weights) -> None:
        """Logs the ages of the weights that sampled a batch, now that it is learnt from."""
        now, present = self._begun, self._weights_seq_no - 1  # which RLlib has counted up for this update
        for number, rows in sampled_with.items():
            self._log_age(AGE, ROWS, max(0, present - number), rows)
            if number in self._made:
                self._log_age(AGE_IN_SECONDS, TIMED_ROWS, now - self._made[number], rows)

    def _log_age(self, name: str, counted: str, age: float, rows: int) -> None:
        self._log(name, age * rows)
        self._log(counted, rows)
        self._log(f"{name}{MOST}", age, "max")

    def _log(self, name: str, value: float, reduce: str = "sum") -> None:
        rank = torch.distributed.get_rank() if torch.distributed.is_initialized() else 0
        self.metrics.log_value((ALL_MODULES, COSTS, str(rank), name), value, reduce=reduce)


def weights_of(episodes: Any) -> Weights:
    """The numbers of the weights that sampled these episodes, each with its decisions, as far as they are known."""
    found: Weights = {}
    for episode in _team_episodes(episodes):
        if episode.weights is not None:
            found[episode.weights] = found.get(episode.weights, 0) + len(episode)
    return found


def _team_episodes(episodes: Any) -> list[TeamEpisode]:
    """The episodes of our runner. Those of RLlib's own runner are left out."""
    return [each for each in episodes or () if isinstance(each, TeamEpisode)]
