"""RLlib's algorithms as a learner: one iteration at a time, with schedules that follow the budget."""

import math
from pathlib import Path

from traffic_marl.learning.iterations import Iteration
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.rllib.build import actor_of, build_algorithm, set_progress, summary_of
from traffic_marl.learning.rllib.random_state import restore_lots, save_lots
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

CHECKPOINT, LOTS = "rllib", "lots.npz"
TOLD_APART = ("env_steps", "agent_steps", "return", "mean_delay")  # of a summary; the rest are further scalars


class RllibLearner:
    """An algorithm of RLlib at work.

    Raises:
        UsageError: ray or torch is not installed.
    """

    def __init__(self, scenario: Scenario, settings: TrainingSettings) -> None:
        self.settings = settings
        self._algorithm = build_algorithm(scenario, settings)

    def iterate(self, share: float) -> Iteration:
        """One `train()` of the algorithm."""
        set_progress(self._algorithm, self.settings, share)
        summary = summary_of(self._algorithm.train())
        return Iteration(
            agent_steps=int(summary["agent_steps"]),
            mean_return=_known(summary.get("return")),
            training_delay=_known(summary.get("mean_delay")),
            scalars={name: value for name, value in summary.items() if name not in TOLD_APART},
        )

    def policy(self) -> ActorPolicy:
        """The actor with a copy of the present weights."""
        return ActorPolicy(actor_of(self._algorithm), self.settings.algorithm)

    def save(self, folder: Path) -> None:
        """Writes RLlib's checkpoint, weights, optimiser, counters and runners, and where this process's lots stand."""
        self._algorithm.save_to_path(str((folder / CHECKPOINT).resolve()))
        save_lots(folder / LOTS)

    def restore(self, folder: Path) -> None:
        """Goes back to RLlib's checkpoint; learners in other processes draw their lots anew."""
        self._algorithm.restore_from_path(str((folder / CHECKPOINT).resolve()))
        restore_lots(folder / LOTS)

    def close(self) -> None:
        """Stops the algorithm and its runners; ray itself stays for others."""
        self._algorithm.stop()


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
