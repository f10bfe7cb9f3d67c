"""The environment of a training, with one scenario, several, or random ones."""

from dataclasses import dataclass
from typing import Any, Protocol

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.environments import JointEnv, RandomEnv, VectorEnv
from traffic_marl.environments.options import EnvironmentOptions
from traffic_marl.errors import UsageError
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import RandomNetwork, Scenario, load_scenario
from traffic_marl.scenario.seeds import TRAINING, VALIDATION

STAND_IN = f"random_{VALIDATION[0]}"  # the scenario of a training on random ones alone, the first of its validation


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


def named_scenarios(scenario: Scenario, settings: TrainingSettings) -> tuple[Scenario, ...]:
    """The scenarios of a training that stay the same in each episode: its own and the further ones.

    Args:
        scenario: of the training. Among random ones STAND_IN is none of them.
        settings: of the training.

    Raises:
        UsageError: a scenario for validation would be trained on beside random ones.
        TrafficError: a further one cannot be loaded.
    """
    further = tuple(map(load_scenario, settings.also))
    if settings.random is None:
        return (scenario, *further)
    named = further if scenario.name == STAND_IN else (scenario, *further)
    for each in named:
        _ensure_not_for_validation(each)
    return named


def _ensure_not_for_validation(scenario: Scenario) -> None:
    """Checks that a scenario is none of the random ones on which policies are validated.

    Raises:
        UsageError: it is one.
    """
    network = scenario.network
    seed = network.seed if isinstance(network, RandomNetwork) else TRAINING[0]
    if seed in VALIDATION and scenario.name == f"random_{seed}":
        what = "policies of random scenarios are validated on it, and so none is trained on it"
        raise UsageError(scenario.name, what, f"name one of another seed, such as random_{TRAINING[0]}")


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

        Random scenarios last as long as the scenario of the training. Those that are named stand beside them.

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
        named, drawn = named_scenarios(self.scenario, self.settings), self.settings.random
        if drawn is not None:
            within, horizon = self.settings.bounds, self.scenario.horizon
            return RandomEnv(drawn, copies, seeds, ranges=within, beside=named, duration=horizon, **options)
        parts = [VectorEnv(scenario, copies, seeds, told=self._is_told, **options) for scenario in named]
        return parts[0] if len(parts) == 1 else JointEnv(parts)

    @property
    def _is_told(self) -> bool:
        """Whether intersections hear of each other, by messages that may fail. Records hold no messages."""
        hears = self.settings.policy in NEIGHBOURLY and not self.settings.traits.learns_from_data
        return hears and self.scenario.messages.faults().any

    def _options(self, threads: int | None) -> EnvironmentOptions:
        settings = self.settings
        return {
            "interval": settings.interval,
            "observation": settings.observation,
            "reward": settings.reward,
            "neighbour_weight": settings.neighbour_weight,
            "action": settings.action,
            "longest_wait": settings.longest_wait,
            "longest_green": settings.longest_green,
            "threads": threads,
        }
