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
from traffic_marl.learning.rllib.faults.learners import watch_learners
from traffic_marl.learning.rllib.faults.runners import NoRunnerError, bring_back, watch_runners
from traffic_marl.learning.rllib.random_state import restore_random_state, save_random_state
from traffic_marl.learning.rllib.recorded.configs import LEARNT
from traffic_marl.learning.rllib.watchdog import leave_word
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.trust import FORMER_CHECKPOINT, has_pickles, untrusted
from traffic_marl.scenario import Scenario

RANDOM_STATE = "random_state.npz"  # in the folder of a checkpoint
FORMER_RANDOM_STATE = "lots.npz"  # the name that version 0.1 gave to the file
DIED = "a learner has died"
LONGEST_ABSENCE = 600.0  # [s] of all runners. A new machine may take minutes to start.
BETWEEN_PROBES = 1.0  # [s] between two questions to runners that are being started
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
        self._runners = watch_runners(self._algorithm.env_runner_group)
        self._learners = watch_learners(self._algorithm.learner_group)
        self._waits_since: float | None = None  # [s] when the last runner was lost

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
            begin = time.perf_counter()
            results = self._results(share, critic_alone)
            seconds = time.perf_counter() - begin
            costs = costs_of(results, seconds, is_asynchronous=self.settings.traits.is_asynchronous)
            with suppress(NoRunnerError):  # the next iteration waits for one
                self._balancer.move(self._algorithm, costs)
        if not results:
            return Iteration(0, None, None, {}, faults=self._news())
        summary = summary_of(results)
        return Iteration(
            agent_steps=int(self._algorithm.config.learner_config_dict.get(LEARNT, summary["agent_steps"])),
            mean_return=_known(summary.get("return")),
            training_delay=_known(summary.get("mean_delay")),
            scalars={name: value for name, value in summary.items() if name not in NAMED_APART} | self._present(),
            costs=None if self.settings.stock else costs,  # RLlib's own runners do not measure theirs
            faults=self._news(),
        )

    def _results(self, share: float, critic_alone: bool) -> dict[str, Any]:
        """The results of RLlib. They are empty if no runner is left, and none has come back within a second.

        Raises:
            LostProcessError: a learner has died, or no runner has come back for a long time.
        """
        try:
            if not self._has_runner():
                bring_back(self._algorithm)
            if not self._has_runner():
                return self._waited()
            self._waits_since = None
            set_progress(self._algorithm, self.settings, share, critic_alone=critic_alone)
            return self._train()
        except NoRunnerError:
            return {}

    def _has_runner(self) -> bool:
        """Whether a runner answers, be it the one in this process."""
        return self._runners is None or bool(self._runners.healthy_actor_ids())

    def _train(self) -> dict[str, Any]:
        """The results of RLlib.

        Raises:
            LostProcessError: a learner has died.
        """
        try:
            results: dict[str, Any] = self._algorithm.train()
        except Exception as error:
            if not isinstance(error, TrafficError | RayError | NoRunnerError) and self._has_lost_learner():
                raise LostProcessError(DIED) from error
            raise
        if self._has_lost_learner():
            raise LostProcessError(DIED)
        return results

    def _waited(self) -> dict[str, Any]:
        """No results, after a second.

        Raises:
            LostProcessError: no runner has come back for a long time.
        """
        now = time.monotonic()
        self._waits_since = self._waits_since or now
        if now - self._waits_since > LONGEST_ABSENCE:
            raise LostProcessError(f"no runner has come back within {LONGEST_ABSENCE / 60:.0f} minutes")
        time.sleep(BETWEEN_PROBES)
        return {}

    def _present(self) -> dict[str, float]:
        """The number of runners that sample, and of those lost so far."""
        if self._runners is None:
            return {}
        return {"runners": self._runners.num_healthy_actors(), "lost_runners": self._runners.lost}

    def _news(self) -> tuple[str, ...]:
        """What has happened to runners since the last call."""
        if self._runners is None:
            return ()
        news, self._runners.news = self._runners.news, []
        return tuple(news)

    def _has_lost_learner(self) -> bool:
        """Whether a learner in another process has died."""
        return self._learners is not None and self._learners.has_lost

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
        if self._runners is not None:
            self._runners.drop_lost()
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
