"""What each intersection's control is worth against another strategy: it alone is handed over, for a whole run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from traffic_marl.arrays import Bools, Floats
from traffic_marl.explaining.handing import Divided, OwnInterval
from traffic_marl.explaining.seeds import some_seeds
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.measures import summarise
from traffic_marl.rollout import DecisionLoop, decision_interval
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.conversion import StrategyLike
from traffic_marl.strategies.named import NamedStrategy

WIDTH = 64  # copies that are moved at once


@dataclass(frozen=True, eq=False)
class Handover:
    """Mean delays with every intersection, none, and one at a time handed over to another strategy."""

    other: str  # label of the other strategy
    interval: int  # [s] between its decisions
    delay: Floats  # [s/veh] (seeds,) under the strategy
    other_delay: Floats  # [s/veh] (seeds,) under the other strategy
    handed: Floats  # [s/veh] (seeds, N) with one intersection handed over

    @property
    def saved(self) -> Floats:
        """[s/veh] (seeds, N) delay that the strategy saves by its control of each intersection."""
        saved: Floats = self.handed - self.delay[:, None]
        return saved

    @property
    def together(self) -> Floats:
        """[s/veh] (seeds,) delay that it saves by its control of all intersections."""
        together: Floats = self.other_delay - self.delay
        return together

    @property
    def not_explained(self) -> Floats:
        """[s/veh] (seeds,) the part of this that is not the sum over the intersections."""
        rest: Floats = self.together - self.saved.sum(axis=1)
        return rest


def hand_over(
    scenario: Scenario | str | Path,
    strategy: StrategyLike,
    other: StrategyLike,
    seeds: Sequence[int],
    *,
    interval: int | None = None,
    threads: int | None = None,
) -> Handover:
    """Runs a strategy with each intersection handed over to another one, one at a time, on the same trips.

    Each strategy keeps its interval between decisions, and sees the whole network as in a run of its own.

    Args:
        scenario: network, demand and rules.
        strategy: decides everywhere else, given as for `compare`.
        other: decides at the intersection that is handed over, given likewise.
        seeds: one run each.
        interval: [s] between decisions. None takes what a run of each strategy would.
        threads: most threads to step copies on. None takes the CPUs this process may use.

    Raises:
        UsageError: there is no seed, or an argument has a wrong type.
        TrafficError: the scenario or a strategy cannot be used.
    """
    scenario, seeds = load_scenario(scenario), some_seeds(seeds)
    count = len(scenario.build_network().intersections)
    pair = choose_strategy(strategy), choose_strategy(other)
    intervals = [decision_interval(scenario, each, interval) for each in pair]
    divisions = np.concatenate([np.zeros((1, count)), np.ones((1, count)), np.eye(count)]).astype(np.bool_)
    runs = list(product(seeds, divisions))
    delays = np.concatenate(
        [_delays(scenario, pair, intervals, runs[k : k + WIDTH], threads) for k in range(0, len(runs), WIDTH)]
    ).reshape(len(seeds), -1)
    return Handover(pair[1].label, intervals[1], delays[:, 0], delays[:, 1], delays[:, 2:])


def _delays(
    scenario: Scenario,
    pair: tuple[NamedStrategy, NamedStrategy],
    intervals: Sequence[int],
    runs: Sequence[tuple[int, Bools]],
    threads: int | None,
) -> Floats:
    """[s/veh] Mean delays of runs, each with its seed and where the second strategy decides."""
    seeds = tuple(seed for seed, _ in runs)
    simulation = scenario.simulation(seeds, threads=threads)
    controllers = [
        OwnInterval(each.start(conditions_of(scenario, between, seeds)), between)
        for each, between in zip(pair, intervals, strict=True)
    ]
    divided = Divided(controllers, np.stack([by_second for _, by_second in runs]))
    loop = DecisionLoop(simulation, divided, math.gcd(*intervals))
    loop.advance_to(scenario.horizon)
    at_horizon = simulation.records(gridlock=False)
    loop.advance_to(scenario.horizon + scenario.clearing_s, stop_when_clear=True)
    delays: Floats = summarise(at_horizon, simulation.records(gridlock=False), scenario.horizon).mean_delay
    return delays
