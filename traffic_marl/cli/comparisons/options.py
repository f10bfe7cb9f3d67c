"""The options of `compare`, and their checks."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from traffic_marl.cli.arguments import (
    at_least_one,
    check_seeds,
)
from traffic_marl.cli.choosing.elsewhere import check_address
from traffic_marl.cli.comparisons.defining import check_definitions
from traffic_marl.cli.comparisons.degrading import Degrading
from traffic_marl.cli.comparisons.keeping import former_simulator
from traffic_marl.cli.comparisons.results import Files
from traffic_marl.comparison.comparison import check
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategies, choose_strategy
from traffic_marl.simulators import OWN, SUMO, chosen_simulators
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.strategies import NamedStrategy, StrategyLike

DEFAULT_SEEDS = 10


@dataclass(frozen=True)
class CompareOptions:
    """Options of `compare` as given on the command line, None for those that are not given."""

    strategies: str | Iterable[StrategyLike] | None = None  # a comma list, or from Python a sequence
    seeds: int | None = None
    reference: str | None = None
    interval: int | None = None  # [s]
    threads: int | None = None
    wide: bool = False
    explain: bool = False
    files: Files = field(default_factory=Files)
    trust: bool = False
    tune: bool = False
    tuned: bool = False
    trials: int | None = None
    simulator: str | None = None
    results: tuple[Path, ...] = ()  # folders of finished runs; the first one grows
    degrading: Degrading = field(default_factory=Degrading)
    definitions: bool = False
    address: str | None = None  # of the machines on which the seeds run; None runs them in this process

    def check(self) -> list[NamedStrategy]:
        """The strategies, after all checks that need no scenario.

        Raises:
            TrafficError: an option is wrong, alone or with the others.
        """
        check_seeds(DEFAULT_SEEDS if self.seeds is None else self.seeds)
        at_least_one("--interval", self.interval)
        at_least_one("--threads", self.threads)
        simulators = self.simulators()
        at_least_one("--trials", self.trials)
        if self.trials is not None and not self.tuned:
            raise UsageError("--trials", "they are those of --tuned", "give --tuned as well")
        if self.tune and self.tuned:
            raise UsageError("--tuned", "--tune tries a few settings of the same strategies", "give one of the two")
        if self.tuned and self.interval is not None:
            raise UsageError("--tuned", "it chooses the intervals, and --interval states one", "leave out one of them")
        if self.tune and self.interval is not None:
            raise UsageError("--tune", "it chooses the intervals, and --interval states one", "leave out one of them")
        strategies = choose_strategies(self.strategies, "--strategies", trust=self.trust)
        if self.strategies is None and SUMO in simulators:
            strategies.append(choose_strategy(SumoActuated()))
        check(strategies, (0,), None if self.results else self.reference)
        self.files.check(len(simulators))
        self.degrading.check(self.simulator, self.results, wide=self.wide)
        check_address(self.address)
        if self.address is not None and self.definitions:
            what = "the runs of other processes do not keep all that --definitions needs"
            raise UsageError("--address", what, "leave one of them out")
        check_definitions(self.definitions, self.simulator, self.results, self.degrading.perturbations)
        return strategies

    def simulators(self) -> tuple[str, ...]:
        """The simulators that are asked for, if they are installed.

        Raises:
            UsageError: one is not, or there is none of this name.
        """
        return chosen_simulators(OWN if self.simulator is None else self.simulator, "--simulator")

    def continuing(self, former: ResultsFolder) -> Self:
        """The options, with those of the earlier comparison in a results folder in place of the ones not given."""
        kept = former.scope
        return replace(
            self,
            strategies=self.strategies or [each.label for each in kept.strategies] or None,
            interval=kept.interval if self.interval is None else self.interval,
            reference=kept.reference if self.reference is None else self.reference,
            simulator=former_simulator(former) if self.simulator is None else self.simulator,
        )
