"""Validation: mean delay of a policy or a strategy on the validation seeds."""

from dataclasses import dataclass

from traffic_marl.learning.learned import Acting, InTraining
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.rollout import decision_interval, run
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.strategy import Conditions


@dataclass(frozen=True)
class Delays:
    """Mean delays [s/veh] of a policy on the validation seeds."""

    mean: float  # over the seeds
    least: float  # of any seed
    most: float  # of any seed


def seeds_to_validate(scenario: Scenario, count: int) -> tuple[int, ...]:
    """The first validation seeds. Only one if the trips are the same for every seed."""
    return validation_seeds(count if scenario.build_demand().is_random else 1)


def validate(scenario: Scenario, policy: Policy, settings: TrainingSettings, seeds: tuple[int, ...]) -> Delays:
    """Mean delay [s/veh] of the greedy policy on each of the seeds.

    It is measured as in a comparison, with the time to clear the network.
    """
    acting = Acting(settings.interval, settings.observation, settings.action, settings.longest_wait)
    strategy = InTraining(policy, acting)
    delays = run(scenario, NamedStrategy("policy", strategy), seeds).measures.mean_delay
    return Delays(float(delays.mean()), float(delays.min()), float(delays.max()))


def ensure_usable(scenario: Scenario, strategy: NamedStrategy, seeds: tuple[int, ...]) -> None:
    """Checks that a strategy can be started on a scenario.

    Raises:
        TrafficError: it cannot.
    """
    interval = decision_interval(scenario, strategy)
    strategy.start(Conditions(scenario.build_network(), scenario.timing(), interval, scenario.flow(), seeds))


def mean_delay(scenario: Scenario, strategy: NamedStrategy, seeds: tuple[int, ...]) -> float:
    """Mean delay [s/veh], mean over the seeds."""
    return float(run(scenario, strategy, seeds).measures.mean_delay.mean())
