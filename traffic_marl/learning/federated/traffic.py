"""The traffic on which a federated training is validated: that of each district, measured where it is."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.errors import TrafficError
from traffic_marl.learning.acting import Acting, Learned
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.federated.group import Group
from traffic_marl.learning.policies import PolicyFacts, StoredPolicy
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.validation import Delays
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.validating.means import ARITHMETIC, GEOMETRIC, mean_over_scenarios, weights
from traffic_marl.learning.validating.traffic import REFERENCE, RULES
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy


class FederatedTraffic:
    """The validation traffic of all districts.

    The mean over districts is the geometric one, so that no busy district rules.

    Args:
        group: the districts.
        federation: their names.
        mean: over districts, of MEANS. The arithmetic one is of delays that are divided by those of actuated control in
            the same district, and multiplied by the mean of actuated control over all.
    """

    is_random = True  # there are several scenarios

    def __init__(self, group: Group, federation: Federation, mean: str = GEOMETRIC) -> None:
        self._group, self._mean_of = group, mean
        self.names = tuple(district.name for district in federation.members)

    def delays(self, strategy: NamedStrategy, *, is_policy: bool = False) -> Floats | None:
        """[s/veh] Mean delay of a strategy in each district. None if the districts keep it for themselves.

        It is nan in a district where no vehicle departs.

        Raises:
            TrafficError: the strategy cannot be used in a district.
        """
        measured = self._group.each("measure", strategy, is_policy=is_policy)
        return None if None in measured else np.array(measured, np.float64)

    def validated(self, policy: Policy, settings: TrainingSettings) -> Delays | None:
        """Delays of the common policy: their mean, and as they are in each district. None if none is told."""
        delays = self.delays(as_strategy(policy, settings), is_policy=True)
        if delays is None:
            return None
        return Delays.of(self.names, delays, self._mean(delays))

    def mean_delay(self, strategy: NamedStrategy) -> float | None:
        """[s/veh] The mean of the delays of a strategy, which the districts tell. None without vehicles.

        Raises:
            TrafficError: the strategy cannot be used in a district.
        """
        delays = self.delays(strategy)
        assert delays is not None, "targets are refused where delays stay in the districts"
        return self._mean(delays)

    def rules(self, tell: Callable[[str], None]) -> tuple[tuple[str, float], ...]:
        """Mean delay [s/veh] of the classical strategies, lowest first. Empty if the districts keep it.

        Args:
            tell: called with each strategy and its parameters before it runs.
        """
        found = []
        for label in RULES:
            tell(label)
            try:
                delays = self.delays(parse(label))
            except TrafficError:  # it cannot keep the rules of one of the scenarios
                continue
            if delays is None:
                return ()
            mean = self._mean(delays)
            if mean is not None:
                found.append((label, mean))
        return tuple(sorted(found, key=lambda each: each[1]))

    def _mean(self, delays: Floats) -> float | None:
        scaled = delays * self._weights if self._mean_of == ARITHMETIC else delays
        return mean_over_scenarios(scaled, self._mean_of)

    @cached_property
    def _weights(self) -> Floats:
        """Factor on the delay of each district in an arithmetic mean."""
        measured: Any = self.delays(parse(REFERENCE))
        return weights(measured, self._mean_of)


def as_strategy(policy: Policy, settings: TrainingSettings) -> NamedStrategy:
    """The policy as a strategy for any network, which can be sent to another process."""
    limits = settings.longest_wait, settings.longest_green
    acting = Acting(settings.interval, settings.observation, settings.action, *limits)
    facts = PolicyFacts(policy.kind, settings.algorithm, settings.interval, settings.observation, policy.architecture())
    return NamedStrategy("policy", Learned(StoredPolicy("policy", facts, policy.arrays(), {}), acting))
