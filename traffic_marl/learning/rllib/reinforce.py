"""REINFORCE: RLlib's PPO for sampling, updates and weights, with a loss of our own."""

from typing import Any

from ray.rllib.algorithms.ppo import PPO, PPOConfig

from traffic_marl.learning.rllib.learners import ReinforceLearner


class ReinforceConfig(PPOConfig):  # type: ignore[misc]
    """PPO's configuration without a critic."""

    def __init__(self, algo_class: Any = None) -> None:
        super().__init__(algo_class=algo_class or Reinforce)
        self.use_critic = False

    def get_default_learner_class(self) -> type:
        """The learner with the loss of REINFORCE."""
        return ReinforceLearner


class Reinforce(PPO):  # type: ignore[misc]
    """Plain policy gradient."""

    @classmethod
    def get_default_config(cls) -> ReinforceConfig:
        """The configuration of REINFORCE."""
        return ReinforceConfig()
