"""Validation: mean delay of a policy or a strategy on the validation seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.learning.acting import Acting, InTraining, Learned
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.policies import PolicyFacts, StoredPolicy
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.validating.traffic import ValidationTraffic
from traffic_marl.rollout import decision_interval
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import NamedStrategy


@dataclass(frozen=True)
class Delays:
    """Mean delays [s/veh] of a policy on the validation seeds."""

    mean: float  # over the seeds, or the scenarios, that have vehicles
    least: float  # of any of them
    most: float  # of any of them
    each: Mapping[str, float] = field(default_factory=dict)  # by seed, or by name of the scenario

    @classmethod
    def of(cls, names: Sequence[str], delays: Floats, mean: float | None) -> Self | None:
        """The delays of seeds or scenarios. Those without vehicles are left out. None if all are without.

        Args:
            names: of the seeds or scenarios.
            delays: [s/veh] of each. nan where no vehicle departs.
            mean: [s/veh] over those that have one.
        """
        known = {name: float(delay) for name, delay in zip(names, delays, strict=True) if np.isfinite(delay)}
        if mean is None or not known:
            return None
        return cls(mean, min(known.values()), max(known.values()), known)


def averaged(settings: RunSettings, state: RunState) -> tuple[str, str]:
    """The kind of mean that the validation delay of a run is, and over what it is taken, in words."""
    if settings.federation is None and settings.training.random is None:
        return "mean", "seeds"
    return f"{state.mean} mean", "scenarios" if settings.federation is None else "districts"


def seeds_to_validate(scenario: Scenario, count: int, *, draws: bool = False) -> tuple[int, ...]:
    """The first validation seeds. Only one if the trips are the same for every seed.

    Args:
        scenario: of the training.
        count: number of seeds.
        draws: whether each seed gives a random scenario as well.
    """
    return validation_seeds(count if draws or scenario.build_demand().is_random else 1)


def validate(traffic: ValidationTraffic, policy: Policy, settings: TrainingSettings) -> Delays | None:
    """Mean delay [s/veh] of the greedy policy for each seed, or for each random scenario. None if no vehicle departs.

    It is measured as in a comparison, with the time to clear the network.
    """
    delays = traffic.delays(NamedStrategy("policy", _strategy(policy, settings)))
    return Delays.of(traffic.names, delays, traffic.mean(delays))


def _strategy(policy: Policy, settings: TrainingSettings) -> InTraining | Learned:
    """The policy as a strategy, transferred to any network if it is trained on several, or hears of neighbours."""
    limits = settings.longest_wait, settings.longest_green
    acting = Acting(settings.interval, settings.observation, settings.action, *limits)
    if settings.random is None and not settings.also and settings.policy not in NEIGHBOURLY:
        return InTraining(policy, acting)
    facts = PolicyFacts(policy.kind, settings.algorithm, settings.interval, settings.observation, policy.architecture())
    return Learned(StoredPolicy("policy", facts, policy.arrays(), {}), acting)


def ensure_usable(
    scenario: Scenario, strategy: NamedStrategy, seeds: tuple[int, ...], interval: int | None = None
) -> None:
    """Checks that a strategy can be started on a scenario.

    Args:
        scenario: network, demand and rules.
        strategy: to be started.
        seeds: of the copies.
        interval: [s] between its decisions. None takes what a run would.

    Raises:
        TrafficError: it cannot.
    """
    between = decision_interval(scenario, strategy) if interval is None else interval
    strategy.start(conditions_of(scenario, between, seeds))
