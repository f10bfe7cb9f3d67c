"""Strategies whose finished runs are taken from a results folder, and whose missing runs are made and kept there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traffic_marl.comparison.outcomes import Course, Outcome, Terms, rollouts_of
from traffic_marl.comparison.results.folder import ResultsFolder
from traffic_marl.comparison.results.identity import identity_of
from traffic_marl.comparison.results.scope import Entry
from traffic_marl.errors import StrategyError
from traffic_marl.rollout import decision_interval
from traffic_marl.simulation import usable_cpus
from traffic_marl.simulators import OWN
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.origin import origin_of
from traffic_marl.strategies.strategy import Conditions, Controller, Decide

TOGETHER = 20  # most seeds that run as one batch, and are lost together if the process is killed

Load = Callable[[str], NamedStrategy]  # from a label to its strategy


@dataclass(frozen=True, eq=False)
class Recalled:
    """A strategy of a results folder, which is loaded only if some of its runs are missing."""

    entry: Entry
    load: Load

    @property
    def interval(self) -> int:
        """[s] between decisions."""
        return self.entry.interval

    @property
    def longest_wait(self) -> int | None:
        """[s] bound of the wait of a call that the strategy keeps by itself, None if it has none."""
        return self.entry.longest_wait

    def start(self, conditions: Conditions) -> Controller | Decide:
        """A controller of the strategy.

        Raises:
            StrategyError: it has changed since its runs were made.
            TrafficError: it cannot be loaded.
        """
        found = self.load(self.entry.label)
        if identity_of(found) != self.entry.identity:
            what = "has changed since its runs were made"
            raise StrategyError(self.entry.label, what, "name it among the strategies, and all its runs are made again")
        return found.start(conditions)


def recalled(entry: Entry, load: Load) -> NamedStrategy:
    """A strategy of a results folder as one of a comparison."""
    return NamedStrategy(entry.label, Recalled(entry, load))


def entry_of(terms: Terms, strategy: NamedStrategy) -> Entry:
    """A strategy as a results folder remembers it.

    Raises:
        StrategyError: its runs cannot be kept.
    """
    if isinstance(strategy.strategy, Recalled):
        return strategy.strategy.entry
    interval = decision_interval(terms.scenario, strategy, terms.interval)
    return Entry(strategy.label, identity_of(strategy), interval, strategy.longest_wait, origin_of(strategy))


def kept_outcome(folder: ResultsFolder, terms: Terms, strategy: NamedStrategy, course: Course) -> Outcome:
    """The results of a strategy on all seeds. Each batch of missing runs is kept as soon as it is finished.

    Raises:
        FailedError: it cannot run on a seed. Its finished runs are kept.
    """
    entry = entry_of(terms, strategy)
    batches = list(_batches(folder.missing(entry, terms.simulator, terms.seeds), terms))
    for seeds, part in zip(batches, course.parts(map(len, batches)), strict=True):
        for rollout in rollouts_of(terms, strategy, seeds, part):
            folder.keep(entry, rollout.run_records())
            if terms.each_rollout is not None:
                terms.each_rollout(rollout)
    found = folder.outcome(entry, terms.simulator, terms.seeds)
    assert found is not None, "all runs were made"
    return found


def _batches(seeds: tuple[int, ...], terms: Terms) -> Iterator[tuple[int, ...]]:
    """Seeds that run together: many in our own simulator, else one for each process."""
    together = TOGETHER if terms.simulator == OWN else terms.threads or usable_cpus()
    for first in range(0, len(seeds), together):
        yield seeds[first : first + together]
