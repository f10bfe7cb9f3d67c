"""An algorithm of RLlib as a learner: one iteration at a time, with schedules that follow the budget."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ray.exceptions import RayError, RayTaskError

from traffic_marl.errors import TrafficError
from traffic_marl.learning.environment import MakeEnvironment
from traffic_marl.learning.iterations import Arrays, Iteration, LostProcessError
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.rllib.algorithm_state import restore_algorithm, save_algorithm, take_weights
from traffic_marl.learning.rllib.build import actor_of, build_algorithm, set_progress, summary_of
from traffic_marl.learning.rllib.costs.balancing import Balancer
from traffic_marl.learning.rllib.costs.reading import costs_of
from traffic_marl.learning.rllib.random_state import restore_random_state, save_random_state
from traffic_marl.learning.rllib.recorded.configs import LEARNT
from traffic_marl.learning.rllib.watchdog import leave_word
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.trust import FORMER_CHECKPOINT, has_pickles, untrusted
from traffic_marl.scenario import Scenario

RANDOM_STATE = "random_state.npz"  # in the folder of a checkpoint
FORMER_RANDOM_STATE = "lots.npz"  # the name that version 0.1 gave to the file
DIED = "a runner or learner has died"
NAMED_APART = ("env_steps", "agent_steps", "return", "mean_delay")  # keys of a summary that are no further scalars


class RllibLearner:
    """Trains a policy by an algorithm of RLlib.

    Args:
        scenario: the traffic to learn on.
        settings: of the training.
        last_word: line that is printed if this process is killed before the learner is closed.
        placement: where the runners and learners work.
        make: makes the environment of each runner. None makes that of the whole scenario.

    Raises:
        UsageError: ray or torch is not installed, or there is no such cluster.
        LostProcessError: a process has died meanwhile.
    """

    def __init__(
        self,
        scenario: Scenario,
        settings: TrainingSettings,
        last_word: str = "",
        placement: Placement = HERE,
        make: MakeEnvironment | None = None,
    ) -> None:
        self.settings = settings
        self._balancer = Balancer(settings)
        leave_word(last_word)
        try:
            with losses_told():
                self._algorithm = build_algorithm(scenario, settings, placement, make)
        except BaseException:
            leave_word("")
            raise

    def take(self, policy: Arrays, critic: Arrays | None = None) -> None:
        """Begins with the weights of an actor, and with those of a critic if they are given.

        Raises:
            ValueError: they do not fit.
        """
        with losses_told():
            take_weights(self._algorithm, policy, critic)

    def iterate(self, share: float, *, critic_alone: bool = False) -> Iteration:
        """Calls the algorithm's `train()` once."""
        with losses_told():
            set_progress(self._algorithm, self.settings, share, critic_alone=critic_alone)
            begin = time.perf_counter()
            results = self._train()
            seconds = time.perf_counter() - begin
            costs = costs_of(results, seconds, is_asynchronous=self.settings.traits.is_asynchronous)
            self._balancer.move(self._algorithm, costs)
        summary = summary_of(results)
        return Iteration(
            agent_steps=int(self._algorithm.config.learner_config_dict.get(LEARNT, summary["agent_steps"])),
            mean_return=_known(summary.get("return")),
            training_delay=_known(summary.get("mean_delay")),
            scalars={name: value for name, value in summary.items() if name not in NAMED_APART},
            costs=None if self.settings.stock else costs,  # RLlib's own runners do not measure theirs
        )

    def _train(self) -> dict[str, Any]:
        """The results of RLlib, which goes on with the processes that are left, or fails on what the others lack."""
        try:
            results: dict[str, Any] = self._algorithm.train()
        except Exception as error:
            if not isinstance(error, TrafficError | RayError) and self._has_lost():
                raise LostProcessError(DIED) from error
            raise
        if self._has_lost():
            raise LostProcessError(DIED)
        return results

    def _has_lost(self) -> bool:
        """Whether a runner or learner in another process has died."""
        groups = (self._algorithm.env_runner_group, self._algorithm.learner_group)
        managers = (getattr(group, "_worker_manager", None) for group in groups)  # None without other processes
        return any(m is not None and m.num_healthy_actors() < m.num_actors() for m in managers)

    def each_runner(self, ask: Callable[[Any], Any]) -> list[Any]:
        """The answers of all runners to a function that is called with each of them."""
        with losses_told():
            group = self._algorithm.env_runner_group
            answers: list[Any] = group.foreach_env_runner(ask, local_env_runner=not self.settings.runners)
        return answers

    def policy(self) -> ActorPolicy:
        """The actor with a copy of the present weights."""
        with losses_told():
            return ActorPolicy(actor_of(self._algorithm), self.settings.algorithm)

    def save(self, folder: Path) -> None:
        """Writes the state of the algorithm (weights, optimiser, counters, runners) and of this process's draws."""
        with losses_told():
            save_algorithm(self._algorithm, folder)
        save_random_state(folder / RANDOM_STATE)

    def restore(self, folder: Path, *, is_trusted: bool = False) -> None:
        """Restores the state that `save` wrote. Learners in other processes start with a new random state.

        Versions 0.1 and 0.2 wrote a checkpoint of RLlib, whose pickles are read if `is_trusted` alone.
        """
        is_former = has_pickles(folder)
        if is_former and not is_trusted:
            raise untrusted(str(folder), [FORMER_CHECKPOINT])
        with losses_told():
            if is_former:
                self._algorithm.restore_from_path(str((folder / FORMER_CHECKPOINT).resolve()))
            else:
                restore_algorithm(self._algorithm, folder)
        former = folder / FORMER_RANDOM_STATE
        restore_random_state(former if former.is_file() else folder / RANDOM_STATE)

    def close(self) -> None:
        """Stops the algorithm and its runners. Ray itself keeps running for other algorithms."""
        leave_word("")
        with suppress(RayError):  # processes that have died cannot be stopped
            self._algorithm.stop()


@contextmanager
def losses_told() -> Iterator[None]:
    """In a `with` block, errors of ray about other processes become our own.

    Raises:
        LostProcessError: another process has died.
        TrafficError: a function of the user's own has failed in another process.
    """
    try:
        yield
    except RayError as error:
        cause = error.cause if isinstance(error, RayTaskError) else error
        if isinstance(cause, TrafficError):
            raise cause from None
        if isinstance(cause, RayError):
            raise LostProcessError(DIED) from error
        raise
    except RuntimeError as error:  # of RLlib's own runner in this process
        if isinstance(error.__cause__, TrafficError):
            raise error.__cause__ from None
        raise


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
