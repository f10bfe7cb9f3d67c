"""The explanation of a strategy on a scenario: its decisions at some moments of several seeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.branching import Trunk
from traffic_marl.checks import LONGEST_RUN, at_least_one, shown, whole_number
from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.explaining.decisions import Decisions, examine
from traffic_marl.explaining.seeds import some_seeds
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.strategies.named import NamedStrategy

MOMENTS = 6  # of each seed
STREAM = 0x3A0D1E  # keeps these draws apart from others made from the same seed
AHEAD = 120  # [s] that a branch is followed: much later, chance differences outweigh the decision's effect
RIVALS = ("max_pressure", "longest_queue", "actuated_longest_queue")  # that branches may follow from a moment on

Progress: TypeAlias = Callable[[str, float], None]  # what is worked at, share done


@dataclass(frozen=True, eq=False)
class Explanation:
    """The decisions of a strategy, examined at some moments of each seed, and what came of the other ones."""

    scenario: Scenario
    strategy: NamedStrategy
    interval: int  # [s] between decisions
    seeds: tuple[int, ...]
    ahead: int  # [s] that a branch is followed
    rivals: tuple[str, ...]  # strategies that branches followed from a moment on
    decisions: tuple[tuple[Decisions, ...], ...]  # by seed, then by moment

    @property
    def intersections(self) -> tuple[str, ...]:
        """(N,) names of the intersections."""
        return tuple(self.scenario.build_network().intersections)

    def by_seed(self, name: str) -> Floats:
        """(seeds,) or (seeds, N) a field of the decisions, mean over the moments of each seed."""
        return np.array([np.mean([getattr(each, name) for each in row], axis=0) for row in self.decisions], np.float64)

    def per_choice(self, name: str) -> Floats:
        """(seeds, N) a field of the decisions, mean over the moments with a choice. nan without one."""
        return np.array([_mean_of_choices(row, name) for row in self.decisions])

    def gain(self) -> Floats:
        """(seeds,) share of the delay after the moments by which the best branches lie below the strategy."""
        cost, best = self.by_seed("cost"), self.by_seed("best")
        share: Floats = np.divide(cost - best, cost, out=np.full(len(cost), np.nan), where=cost > 0)
        return share


def _mean_of_choices(row: Sequence[Decisions], name: str) -> Floats:
    """(N,) a field of the decisions of a seed, mean over the moments with a choice."""
    could = np.array([each.could for each in row])
    values = np.array([getattr(each, name) for each in row], np.float64)
    count = could.sum(axis=0)
    total = np.where(could, values, 0.0).sum(axis=0)
    mean: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean


def explain(
    scenario: Scenario | str | Path,
    strategy: StrategyLike,
    seeds: Sequence[int],
    *,
    moments: int = MOMENTS,
    ahead: int = AHEAD,
    interval: int | None = None,
    rivals: Sequence[StrategyLike] = RIVALS,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Examines the decisions of a strategy by branching its runs.

    At each moment the state of the traffic and the memory of the strategy are copied. In each branch one intersection,
    or several, ask for another phase at this decision, and the strategy goes on from there. All branches of a moment
    meet the same vehicles.

    Args:
        scenario: network, demand and rules.
        strategy: as for `compare`.
        seeds: one run each.
        moments: of each run, one drawn within each of so many equal parts of the demand.
        ahead: [s] how far the branches of a moment are followed.
        interval: [s] between decisions. None takes what a run of the strategy would.
        rivals: strategies that take over in a branch of their own. They can only lower the best delay that is found.
            Those that cannot keep the rules of the scenario are left out.
        threads: most threads. None takes the CPUs this process may use.
        progress: called as the work proceeds.

    Raises:
        UsageError: an argument is wrong.
        TrafficError: the scenario or the strategy cannot be used.
    """
    scenario, named, draws = load_scenario(scenario), choose_strategy(strategy), some_seeds(seeds)
    if at_least_one("moments", moments) > scenario.horizon:
        what = f"{shown(moments)} are more than the demand has seconds"
        raise UsageError("moments", what, f"give at most {scenario.horizon}")
    ahead = whole_number("ahead", ahead, 1, LONGEST_RUN)
    taking_over = {each.label: each for each in map(choose_strategy, rivals) if each.label != named.label}
    others = _usable(scenario, list(taking_over.values()))
    rows = []
    for place, seed in enumerate(draws):
        trunk = Trunk(scenario, [named, *others], seed, interval=interval, threads=threads)
        row = []
        for count, time in enumerate(moments_of(scenario.horizon, trunk.interval, moments, seed)):
            if progress is not None:
                progress(f"seed {seed}, second {time}", (place + count / moments) / len(draws))
            trunk.advance_to(time)
            row.append(examine(trunk, ahead))
        rows.append(tuple(row))
    labels = tuple(each.label for each in others)
    return Explanation(scenario, named, trunk.interval, draws, ahead, labels, tuple(rows))


def moments_of(horizon: int, interval: int, count: int, seed: int) -> list[int]:
    """[s] Times of so many decisions, each once: one drawn within each of so many equal parts of the horizon.

    They are drawn because moments at equal distances could all meet the same second of a signal's cycle.
    """
    generator = np.random.default_rng((seed, STREAM))
    drawn = (np.arange(count) + generator.random(count)) * (horizon / count)
    return sorted({int(time) // interval * interval for time in drawn})


def _usable(scenario: Scenario, strategies: Sequence[NamedStrategy]) -> list[NamedStrategy]:
    """The strategies that can keep the rules of a scenario."""
    found = []
    for each in strategies:
        try:
            Trunk(scenario, [each], 0, threads=1)
        except TrafficError:
            continue
        found.append(each)
    return found
