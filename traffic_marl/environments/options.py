"""The options that all forms of the environment take besides the scenario."""

from typing import TypedDict

from traffic_marl.checks import LAST_SEED, checked_seed
from traffic_marl.observation import Observation
from traffic_marl.reward import MakeReward


class EnvironmentOptions(TypedDict, total=False):
    """Options of every form. `VectorEnv` explains them."""

    interval: int | None
    observation: Observation
    reward: str | MakeReward
    neighbour_weight: float
    shared_reward: bool
    action: str
    longest_wait: int | None
    longest_green: int
    threads: int | None


def seeds_from(seed: int | None) -> range | None:
    """The seeds from this one on. None stands for the training seeds.

    Raises:
        UsageError: it is no whole number, negative or too large.
    """
    return None if seed is None else range(checked_seed(seed), LAST_SEED)
