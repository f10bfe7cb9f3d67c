"""The environment in which a policy is trained: one scenario or several, as the settings say."""

from dataclasses import dataclass

from traffic_marl.environments import JointEnv, VectorEnv
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.seeds import TRAINING


@dataclass(frozen=True)
class ScenarioEnvironment:
    """Makes the environment of each runner."""

    scenario: Scenario
    settings: TrainingSettings

    def __call__(
        self, copies: int, runner: int = 0, runners: int = 1, threads: int | None = None
    ) -> VectorEnv | JointEnv:
        """An environment with seeds that no other runner uses.

        Args:
            copies: number of copies of the traffic.
            runner: index of the runner, from 0.
            runners: number of runners.
            threads: most threads for the copies. None uses all CPUs that this process may use.

        Raises:
            TrafficError: a scenario cannot be used, alone or together with the others.
        """
        scenarios = (self.scenario, *map(load_scenario, self.settings.also))
        parts = [self._environment(scenario, copies, runner, runners, threads) for scenario in scenarios]
        return parts[0] if len(parts) == 1 else JointEnv(parts)

    def _environment(
        self, scenario: Scenario, copies: int, runner: int, runners: int, threads: int | None
    ) -> VectorEnv:
        return VectorEnv(
            scenario,
            copies,
            TRAINING[self.settings.first_seed + runner :: runners],
            interval=self.settings.interval,
            observation=self.settings.observation,
            reward=self.settings.reward,
            neighbour_weight=self.settings.neighbour_weight,
            threads=threads,
        )
