"""An algorithm of RLlib as a learner: one iteration at a time, with schedules that follow the budget."""

import math
from pathlib import Path

from traffic_marl.learning.iterations import Iteration
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.rllib.algorithm_state import restore_algorithm, save_algorithm
from traffic_marl.learning.rllib.build import actor_of, build_algorithm, set_progress, summary_of
from traffic_marl.learning.rllib.random_state import restore_random_state, save_random_state
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.trust import FORMER_CHECKPOINT, has_pickles, untrusted
from traffic_marl.scenario import Scenario

RANDOM_STATE = "random_state.npz"  # in the folder of a checkpoint
FORMER_RANDOM_STATE = "lots.npz"  # the name that version 0.1 gave to the file
NAMED_APART = ("env_steps", "agent_steps", "return", "mean_delay")  # keys of a summary that are no further scalars


class RllibLearner:
    """Trains a policy by an algorithm of RLlib.

    Raises:
        UsageError: ray or torch is not installed.
    """

    def __init__(self, scenario: Scenario, settings: TrainingSettings) -> None:
        self.settings = settings
        self._algorithm = build_algorithm(scenario, settings)

    def iterate(self, share: float) -> Iteration:
        """Calls the algorithm's `train()` once."""
        set_progress(self._algorithm, self.settings, share)
        summary = summary_of(self._algorithm.train())
        return Iteration(
            agent_steps=int(summary["agent_steps"]),
            mean_return=_known(summary.get("return")),
            training_delay=_known(summary.get("mean_delay")),
            scalars={name: value for name, value in summary.items() if name not in NAMED_APART},
        )

    def policy(self) -> ActorPolicy:
        """The actor with a copy of the present weights."""
        return ActorPolicy(actor_of(self._algorithm), self.settings.algorithm)

    def save(self, folder: Path) -> None:
        """Writes the state of the algorithm (weights, optimiser, counters, runners) and of this process's draws."""
        save_algorithm(self._algorithm, folder)
        save_random_state(folder / RANDOM_STATE)

    def restore(self, folder: Path, *, is_trusted: bool = False) -> None:
        """Restores the state that `save` wrote. Learners in other processes start with a new random state.

        Versions 0.1 and 0.2 wrote a checkpoint of RLlib, whose pickles are read if `is_trusted` alone.
        """
        if not has_pickles(folder):
            restore_algorithm(self._algorithm, folder)
        elif is_trusted:
            self._algorithm.restore_from_path(str((folder / FORMER_CHECKPOINT).resolve()))
        else:
            raise untrusted(str(folder), [FORMER_CHECKPOINT])
        former = folder / FORMER_RANDOM_STATE
        restore_random_state(former if former.is_file() else folder / RANDOM_STATE)

    def close(self) -> None:
        """Stops the algorithm and its runners. Ray itself keeps running for other algorithms."""
        self._algorithm.stop()


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
