"""The learner of a district: one of RLlib whose weights are taken out and replaced between iterations."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ray.rllib.core import COMPONENT_LEARNER, COMPONENT_RL_MODULE

from traffic_marl.learning.rllib.algorithm_state import take_weights
from traffic_marl.learning.rllib.faults.runners import NoRunnerError
from traffic_marl.learning.rllib.learner import RllibLearner, losses_told
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.rllib.sampling.weights import MODULES

SHARED = "actor."  # beginning of the names of the weights that districts share


class DistrictLearner(RllibLearner):
    """Trains a policy, whose weights others replace.

    The critic stays with the district, because it estimates returns of the district's own traffic. The mean of several
    critics is right for none of them.
    """

    def weights(self) -> dict[str, Any]:
        """A copy of the weights of the actor, by name."""
        with losses_told():
            state = self._algorithm.learner_group.get_state(components=MODULES)
        module = state[COMPONENT_LEARNER][COMPONENT_RL_MODULE][TEAM]
        return {name: value.copy() for name, value in module.items() if name.startswith(SHARED)}

    def replace(self, weights: dict[str, Any]) -> None:
        """Replaces the weights of the actor. Critic and state of the optimiser stay.

        Raises:
            ValueError: they belong to another network.
        """
        if set(weights) != set(self.weights()):
            raise ValueError("weights of another network")
        with losses_told(), suppress(NoRunnerError):  # successors get the weights, and the next iteration waits for one
            take_weights(self._algorithm, {name.removeprefix(SHARED): value for name, value in weights.items()})

    def prepare_environments(self, preparation: Callable[[Any], None]) -> None:
        """Calls a function with the environment of each runner, and with each environment that is made later."""
        with losses_told(), suppress(NoRunnerError):  # successors are told, and the next iteration waits for one
            self._algorithm.env_runner_group.foreach_env_runner(partial(_prepare, preparation=preparation))


def _prepare(runner: Any, preparation: Callable[[Any], None]) -> None:
    runner.prepare(preparation)
