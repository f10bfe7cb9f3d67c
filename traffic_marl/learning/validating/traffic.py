"""The traffic on which a training is validated: one scenario, or a fixed list of random ones and of named ones."""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.errors import TrafficError
from traffic_marl.learning.environment import named_scenarios
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.validating.means import GEOMETRIC, mean_over_scenarios, weights
from traffic_marl.measures import mean_over_known
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario, random_scenario
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy

REFERENCE = "actuated"  # the strategy whose delays are the measure of other delays
RULES = (  # measured where there are many scenarios
    "actuated",
    "actuated:longest_green_s=120",
    "actuated_longest_queue",
    "actuated_longest_queue:longest_green_s=60",
    "rolling_horizon",
    "max_pressure",
)


class ValidationTraffic:
    """The scenarios and seeds on which a training is validated.

    With one scenario the delays are those of its seeds, and their mean is the arithmetic one.

    With random scenarios there is a delay for each scenario, drawn or named, so that a named one counts as much as a
    random one. It is divided by the delay of actuated control on the same traffic, and multiplied by the mean delay of
    actuated control on all of them, so that the unit stays s/veh. The mean is the geometric one, which is that of the
    delays themselves. In an arithmetic one a single scenario whose roads fill up hides all others.

    Args:
        scenario: of the training. Random ones last as long.
        settings: of the training.
        seeds: for validation. Each random scenario has one of them, for its network and its traffic alike. A named one
            has all of them, and the mean of its delays is its delay.
        mean: over scenarios, of MEANS.
    """

    def __init__(
        self, scenario: Scenario, settings: TrainingSettings, seeds: Sequence[int], mean: str = GEOMETRIC
    ) -> None:
        self.is_random = settings.random is not None
        self._mean = mean
        self.runs: list[tuple[Scenario, tuple[int, ...]]] = [(scenario, tuple(seeds))]
        if self.is_random:
            within, horizon = settings.bounds, scenario.horizon
            self.runs = [(random_scenario(seed, within, horizon), (seed,)) for seed in seeds]
            self.runs += [(each, _seeds_of(each, seeds)) for each in named_scenarios(scenario, settings)]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of each delay: a seed, or a random or named scenario. Equal names are numbered."""
        (_, seeds), *_ = self.runs
        found = [each.name for each, _ in self.runs] if self.is_random else [str(seed) for seed in seeds]
        before = (found[:place].count(name) for place, name in enumerate(found))
        return tuple(f"{name}_{count + 1}" if count else name for name, count in zip(found, before, strict=True))

    def delays(self, strategy: NamedStrategy) -> Floats:
        """[s/veh] Mean delay of a strategy for each seed, or for each random scenario. nan where no vehicle departs.

        Raises:
            TrafficError: the strategy cannot be used on one of the scenarios.
        """
        if not self.is_random:
            (scenario, seeds) = self.runs[0]
            return run(scenario, strategy, seeds).measures.mean_delay
        return self._means(strategy) * self._weights

    def mean_delay(self, strategy: NamedStrategy) -> float | None:
        """[s/veh] The mean of these delays, as far as there are any. None without vehicles."""
        return self.mean(self.delays(strategy))

    def mean(self, delays: Floats) -> float | None:
        """[s/veh] The mean of the delays of a strategy, as `delays` gives them. None without any."""
        return mean_over_scenarios(delays, self._mean) if self.is_random else mean_over_known(delays)

    def rules(self, tell: Callable[[str], None]) -> tuple[tuple[str, float], ...]:
        """Mean delay [s/veh] of RULES, lowest first. Empty without vehicles.

        Args:
            tell: called with each strategy and its parameters before it runs.
        """
        delays = []
        for label in RULES:
            tell(label)
            try:
                delay = self.mean_delay(parse(label))
            except TrafficError:  # it cannot keep the rules of one of the scenarios
                continue
            if delay is not None:
                delays.append((label, delay))
        return tuple(sorted(delays, key=lambda each: each[1]))

    def _means(self, strategy: NamedStrategy) -> Floats:
        """[s/veh] Mean delay for each scenario, over its seeds. nan where no vehicle departs."""
        found = (run(scenario, strategy, seeds).measures.mean_delay for scenario, seeds in self.runs)
        return np.array([mean_over_known(delays) for delays in found], np.float64)

    @cached_property
    def _weights(self) -> Floats:
        """Factor on the delays of each scenario. nan where no vehicle departs."""
        return weights(self._means(parse(REFERENCE)), self._mean)


def _seeds_of(scenario: Scenario, seeds: Sequence[int]) -> tuple[int, ...]:
    """The validation seeds of a named scenario. Only one if the trips are the same for every seed."""
    return tuple(seeds if scenario.build_demand().is_random else seeds[:1])
