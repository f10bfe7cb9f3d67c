"""The environment of a training, with one scenario, several, or random ones."""

from dataclasses import dataclass
from typing import Any, Protocol

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.environments import JointEnv, RandomEnv, VectorEnv
from traffic_marl.environments.options import EnvironmentOptions
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.seeds import TRAINING


class Environment(Protocol):
    """The environment of a runner: `environments.VectorEnv`, or the task of a test."""

    copies: int
    intersections: tuple[str, ...]
    layout: ObservationLayout
    num_actions: int
    steps: int  # decisions of an episode
    seeds: Any
    next_seed: int

    @property
    def scenario_of(self) -> Ints:
        """(N,) number of the scenario that each intersection belongs to, from 0."""
        ...

    def reset(self) -> Singles:
        """Begins an episode in every copy. Gives its observations (B, N, F)."""
        ...

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Applies actions (B, N). Gives observations, rewards, terminated, truncated and infos."""
        ...


class MakeEnvironment(Protocol):
    """Makes the environment of a runner. It is sent to other processes with the configuration."""

    def __call__(self, copies: int, runner: int, runners: int, threads: int | None) -> Environment:
        """An environment with this number of copies and seeds that no other runner uses."""
        ...


@dataclass(frozen=True)
class ScenarioEnvironment:
    """Makes the environment of each runner."""

    scenario: Scenario
    settings: TrainingSettings

    def __call__(
        self, copies: int, runner: int = 0, runners: int = 1, threads: int | None = None
    ) -> VectorEnv | JointEnv | RandomEnv:
        """An environment with seeds that no other runner uses.

        Random scenarios last as long as the scenario of the training.

        Args:
            copies: number of copies of the traffic.
            runner: index of the runner, from 0.
            runners: number of runners.
            threads: most threads for the copies. None uses all CPUs that this process may use.

        Raises:
            TrafficError: a scenario cannot be used, alone or together with the others.
        """
        seeds = TRAINING[self.settings.first_seed + runner :: runners]
        options = self._options(threads)
        if self.settings.random is not None:
            return RandomEnv(self.settings.random, copies, seeds, duration=self.scenario.horizon, **options)
        scenarios = (self.scenario, *map(load_scenario, self.settings.also))
        parts = [VectorEnv(scenario, copies, seeds, **options) for scenario in scenarios]
        return parts[0] if len(parts) == 1 else JointEnv(parts)

    def _options(self, threads: int | None) -> EnvironmentOptions:
        settings = self.settings
        return {
            "interval": settings.interval,
            "observation": settings.observation,
            "reward": settings.reward,
            "neighbour_weight": settings.neighbour_weight,
            "action": settings.action,
            "longest_wait": settings.longest_wait,
            "threads": threads,
        }
