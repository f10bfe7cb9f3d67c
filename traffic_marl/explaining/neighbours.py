"""The worth of neighbour information: how much longer delays are if intersections see nothing of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.arrays import Floats, Ints
from traffic_marl.explaining.alone import Alone
from traffic_marl.explaining.held import Held, Noting, NotingEncoder, hears, neighbour_columns
from traffic_marl.explaining.means import ReadingMeans
from traffic_marl.explaining.seeds import some_seeds
from traffic_marl.imported import is_reference
from traffic_marl.learning.acting import Learned
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.observation.layout import tells_plan
from traffic_marl.rollout import decision_interval, run
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.simulation import Readings, Simulator
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.strategies.named import NamedStrategy

READINGS = "readings of the lanes and signals of other intersections"
PLANS = "what plans hear"
MESSAGES = "what the others observe in messages and attention"


@dataclass(frozen=True, eq=False)
class Worth:
    """A strategy on some seeds with and without information of neighbours."""

    held: tuple[str, ...]  # at its mean; PLANS hear nothing. Empty if the strategy sees nothing of neighbours
    delay: Floats  # [s/veh] (seeds,) mean delay of the strategy
    without: Floats  # [s/veh] (seeds,) mean delay of the same strategy without the information

    @property
    def saved(self) -> Floats:
        """[s/veh] (seeds,) delay that the information saves."""
        return self.without - self.delay


def worth_of_neighbours(
    scenario: Scenario | str | Path,
    strategy: StrategyLike,
    seeds: Sequence[int],
    *,
    interval: int | None = None,
    threads: int | None = None,
) -> Worth:
    """The delay of a strategy, and of the same one with all that tells of neighbours held at its mean.

    Of a trained policy with features of the package, the features of neighbours are held, and the observations of
    the others where they reach an intersection by messages or attention. Plans hear of no vehicles that neighbours
    let go. Of any other strategy, the readings of all lanes that do not end at the intersection and of all other
    signals are held, rounded to whole vehicles and seconds.

    Args:
        scenario: network, demand and rules.
        strategy: given as for `compare`.
        seeds: one run each.
        interval: [s] between decisions. None takes what a run of the strategy would.
        threads: most threads to step copies on. None takes the CPUs this process may use.

    Raises:
        UsageError: there is no seed, or an argument has a wrong type.
        TrafficError: the scenario or the strategy cannot be used.
    """
    scenario, strategy, seeds = load_scenario(scenario), choose_strategy(strategy), some_seeds(seeds)
    between = decision_interval(scenario, strategy, interval)
    learned = strategy.strategy
    if isinstance(learned, Learned) and not is_reference(learned.policy.facts.observation):
        return _of_features(scenario, strategy, learned, seeds, between, threads)
    means = ReadingMeans(scenario.build_network())

    def note(simulation: Simulator, readings: Readings, phases: Ints) -> None:
        means.add(readings)

    told = run(scenario, strategy, seeds, interval=between, threads=threads, each_decision=note)
    alone = NamedStrategy(strategy.label, Alone(strategy, between, means.typical()))
    silent = run(scenario, alone, seeds, threads=threads)
    return Worth((READINGS,), told.measures.mean_delay, silent.measures.mean_delay)


def _of_features(
    scenario: Scenario,
    strategy: NamedStrategy,
    learned: Learned,
    seeds: Sequence[int],
    interval: int,
    threads: int | None,
) -> Worth:
    """The worth of the features of neighbours, and of messages, to a trained policy."""
    notes: list[NotingEncoder] = []
    told = run(scenario, NamedStrategy(strategy.label, Noting(learned, notes), interval), seeds, threads=threads)
    layout = notes[0].layout
    features = tuple(layout.movement_features[place] for place in neighbour_columns(layout))
    heard = ((PLANS, tells_plan(layout)), (MESSAGES, hears(learned)))
    held = (*features, *(name for name, is_heard in heard if is_heard))
    if not held:
        return Worth((), told.measures.mean_delay, told.measures.mean_delay)
    deaf = NamedStrategy(strategy.label, Held(learned, notes[0].mean), interval)
    silent = run(scenario, deaf, seeds, threads=threads)
    return Worth(held, told.measures.mean_delay, silent.measures.mean_delay)
