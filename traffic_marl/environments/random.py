"""RandomEnv: random scenarios side by side, new ones in every episode, for policies that shall work anywhere."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import MOST_COPIES, at_least_one, boolean, checked_seeds, ensure_kind, shown
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.environments.joint import JointEnv, check_alike
from traffic_marl.environments.options import EnvironmentOptions
from traffic_marl.environments.padding import widest
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.network.generators.phase_sets import PhaseSet
from traffic_marl.scenario import GridNetwork, Ranges, Scenario, Signals, TurningFlows, random_scenario
from traffic_marl.scenario.seeds import TRAINING

MOST_SCENARIOS = 1000  # side by side
EXAMPLE = "random scenarios"  # name of the examples in messages
SMALLEST = 0.7  # of the places of a scenario that its intersections take at least


class RandomEnv:
    """K random scenarios side by side, each with B copies, all of them replaced by new ones after each episode.

    Shapes never change. Scenario k has a number of places for intersections, from few for the first to many for the
    last, and all episodes fill most of them. Places that are left have no reward and no choice. Observations have room
    for the phases and movements of any network. `scenario_of` (N,) is the number of the scenario of each place.

    Scenarios `beside` the random ones are the same in every episode, with the traffic of the next seeds. Their places
    come last, and their numbers go on from K.

    The scenarios of an episode follow from the number of episodes before it, so that training may be resumed. Episodes
    and infos are those of `VectorEnv`. Measures of episodes are means over the scenarios.

    Args:
        scenarios: K.
        copies: B of each scenario.
        seeds: of the scenarios and of their traffic. None takes those for training.
        ranges: within which the scenarios are drawn. None takes the defaults.
        beside: scenarios that are not drawn. They last as long as the random ones, with the same interval.
        duration: [s] of an episode.
        autoreset: begin the next episode in the step that ends one.
        options: `interval` [s], `observation`, `reward`, `neighbour_weight`, `shared_reward`, `action` and `threads`,
            as for `VectorEnv`.

    Raises:
        UsageError: an argument is wrong, or a scenario cannot stand beside random ones.
    """

    def __init__(
        self,
        scenarios: int,
        copies: int,
        seeds: Sequence[int] | None = None,
        *,
        ranges: Ranges | None = None,
        beside: Sequence[Scenario] = (),
        duration: int = 3600,
        autoreset: bool = True,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        count = at_least_one("scenarios", scenarios, MOST_SCENARIOS)
        self.copies = at_least_one("copies", copies, MOST_COPIES)
        self.seeds: Sequence[int] = TRAINING if seeds is None else checked_seeds(seeds)
        ranges = Ranges() if ranges is None else ranges
        ensure_kind("ranges", ranges, Ranges, "Ranges()")
        self.duration = at_least_one("duration", duration, LONGEST_DURATION)
        self.autoreset = boolean("autoreset", autoreset)
        self.next_seed = 0  # place in `seeds` of the next episode's first
        self._options = options
        self._ranges = [replace(ranges, intersections=bounds) for bounds in bounds_of(ranges.intersections, count)]
        examples = [VectorEnv(_example(phases, self.duration), self.copies, **options) for phases in ranges.phases]
        self._beside = [self._part(scenario) for scenario in _checked(beside)]
        for part in self._beside:
            check_alike(examples[0], part)
        self.interval, self.steps = examples[0].interval, examples[0].steps
        self.layout = widest([example.layout for example in (*examples, *self._beside)])
        self.num_actions = max(example.num_actions for example in (*examples, *self._beside))
        sizes = [each.intersections[1] for each in self._ranges]
        self._sizes = [*sizes, *(len(part.intersections) for part in self._beside)]
        self.scenario_of = np.repeat(np.arange(len(self._sizes), dtype=np.int32), self._sizes)  # (N,)
        drawn = [f"{k}/{n}" for k, size in enumerate(sizes) for n in range(size)]
        named = [f"{part.scenario.name}/{name}" for part in self._beside for name in part.intersections]
        self.intersections = (*drawn, *named)
        self._joint: JointEnv | None = None

    @property
    def parts(self) -> tuple[VectorEnv, ...]:
        """The environments of the scenarios of the present episode.

        Raises:
            UsageError: no episode has begun.
        """
        return self._running.parts

    def reset(self, seeds: Sequence[int] | None = None) -> Singles:
        """Begins an episode with new scenarios. Gives observations (B, N, F).

        Args:
            seeds: seeds for this episode and the next ones. None goes on after those of the last episode.
        """
        if seeds is not None:
            self.seeds, self.next_seed = checked_seeds(seeds), 0
        for part in self._beside:
            part.seeds = self.seeds
        parts = [*map(self._part, self._scenarios()), *self._beside]
        self._joint = JointEnv(parts, layout=self.layout, num_actions=self.num_actions, sizes=self._sizes)
        self._joint.next_seed = self.next_seed
        self.next_seed += self.copies
        return self._joint.reset()

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Does what `JointEnv.step` does."""
        observations, rewards, terminated, truncated, infos = self._running.step(actions)
        if truncated[0] and self.autoreset:
            observations = self.reset()
            infos["action_masks"] = self.action_masks()
            infos["phase"] = self._running.phases()
        return observations, rewards, terminated, truncated, infos

    def action_masks(self) -> Bools:
        """(B, N, A) actions that have an effect now.

        Raises:
            UsageError: no episode has begun.
        """
        return self._running.action_masks()

    @property
    def _running(self) -> JointEnv:
        if self._joint is None:
            raise UsageError("the environment", "no episode has begun", "call reset() first")
        return self._joint

    def _scenarios(self) -> list[Scenario]:
        """The scenarios of the next episode."""
        first = self.next_seed // self.copies * len(self._ranges)
        places = [(first + k) % len(self.seeds) for k in range(len(self._ranges))]
        pairs = zip(places, self._ranges, strict=True)
        return [random_scenario(self.seeds[place], ranges, self.duration) for place, ranges in pairs]

    def _part(self, scenario: Scenario) -> VectorEnv:
        return VectorEnv(scenario, self.copies, self.seeds, autoreset=False, **self._options)


def bounds_of(intersections: tuple[int, int], count: int) -> list[tuple[int, int]]:
    """Least and most intersections of each of several scenarios, so that together they cover all sizes evenly.

    Args:
        intersections: least and most of any scenario.
        count: of the scenarios.
    """
    least, most = intersections
    upper = [math.ceil(least + (most - least) * (k + 1) / count) for k in range(count)]
    return [(max(least, math.ceil(SMALLEST * each)), each) for each in upper]


def _example(phases: PhaseSet, duration: int) -> Scenario:
    """A scenario with one intersection, with as many phases and movements as any with these phases."""
    network, signals = GridNetwork(rows=1, columns=1), Signals(phases=phases)
    demand = TurningFlows(inflow_vph=100.0)
    return Scenario(name=EXAMPLE, network=network, demand=demand, signals=signals, duration_s=duration)


def _checked(beside: Any) -> tuple[Scenario, ...]:
    """The scenarios beside random ones.

    Raises:
        UsageError: one is of another kind.
    """
    if not isinstance(beside, list | tuple) or not all(isinstance(each, Scenario) for each in beside):
        raise UsageError("beside", f"{shown(beside)} is not a list of scenarios", "give a list of Scenario")
    return tuple(beside)
