"""The learner of a district: one of RLlib whose weights are taken out and replaced between iterations."""

from typing import Any

from ray.rllib.core import COMPONENT_LEARNER, COMPONENT_RL_MODULE

from traffic_marl.learning.rllib.algorithm_state import take_weights
from traffic_marl.learning.rllib.learner import RllibLearner, losses_told
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.rllib.sampling.weights import MODULES

SHARED = ("actor.", "critic.")  # beginnings of the names of the weights that districts share


class DistrictLearner(RllibLearner):
    """Trains a policy, whose weights others replace.

    The scale of returns stays with the district, because returns of busy streets are larger than those of quiet ones.
    A critic learns returns in that scale, so that critics of different districts can be averaged.
    """

    def weights(self) -> dict[str, Any]:
        """A copy of the weights of actor and critic, by name."""
        with losses_told():
            state = self._algorithm.learner_group.get_state(components=MODULES)
        module = state[COMPONENT_LEARNER][COMPONENT_RL_MODULE][TEAM]
        return {name: value.copy() for name, value in module.items() if name.startswith(SHARED)}

    def replace(self, weights: dict[str, Any]) -> None:
        """Replaces all weights that `weights` gives. The state of the optimiser stays.

        Raises:
            ValueError: they belong to another network.
        """
        if set(weights) != set(self.weights()):
            raise ValueError("weights of another network")
        actor, critic = (
            {name.removeprefix(part): value for name, value in weights.items() if name.startswith(part)}
            for part in SHARED
        )
        with losses_told():
            take_weights(self._algorithm, actor, critic)

    def tell_runners(self, function: Any) -> None:
        """Calls a function with each runner of the district."""
        with losses_told():
            self._algorithm.env_runner_group.foreach_env_runner(function)
