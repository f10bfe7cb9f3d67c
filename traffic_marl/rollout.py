"""The one loop: a strategy decides, the traffic moves, over all seeds of a scenario at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl import __version__
from traffic_marl.arrays import Ints
from traffic_marl.errors import UsageError
from traffic_marl.measures import Measures, on_network, summarise
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Readings, Records, Simulation
from traffic_marl.strategies.catalogue import NamedStrategy
from traffic_marl.strategies.strategy import Controller, Setting

Observer = Callable[[Simulation, Readings, Ints], None]  # sees each decision before the traffic moves on it


@dataclass(frozen=True)
class RunRecord:
    """One run of one seed, with all that is needed to do it again."""

    scenario: str
    scenario_hash: str
    strategy: str
    interval: int  # [s] between decisions
    horizon: int  # [s]
    seed: int
    measures: dict[str, float | int | bool | None]  # None: a mean over no vehicle, or not counted
    version: str  # of this package


@dataclass(frozen=True, eq=False)
class Rollout:
    """What came of a strategy on the seeds of a scenario; copy b of the simulation met seed b."""

    scenario: Scenario
    strategy: NamedStrategy
    seeds: tuple[int, ...]  # (B,)
    interval: int  # [s] between decisions
    horizon: int  # [s] when the demand ended
    measures: Measures
    at_horizon: Records
    at_end: Records
    simulation: Simulation

    def run_records(self) -> list[RunRecord]:
        """One record a seed."""
        return [
            RunRecord(
                scenario=self.scenario.name,
                scenario_hash=self.scenario.hash(),
                strategy=self.strategy.label,
                interval=self.interval,
                horizon=self.horizon,
                seed=seed,
                measures={name: _plain(value) for name, value in self.measures.of(copy).items()},
                version=__version__,
            )
            for copy, seed in enumerate(self.seeds)
        ]


def run(
    scenario: Scenario,
    strategy: NamedStrategy,
    seeds: Sequence[int],
    *,
    interval: int | None = None,
    until: int | None = None,
    threads: int | None = None,
    audit: bool = False,
    log_signals: bool = False,
    observer: Observer | None = None,
) -> Rollout:
    """Runs a strategy on all seeds of a scenario, one copy a seed.

    The run passes the horizon, at which the demand ends, and goes on until every copy is clear or the scenario's
    clearing time is over.

    Args:
        scenario: network, demand and rules.
        strategy: who decides; an interval of its own comes before `interval`.
        seeds: one a copy, at least one.
        interval: [s] between decisions; None takes the scenario's.
        until: [s] end demand and run here instead; at least 1.
        threads: most threads to step copies on; None takes the CPUs this process may use.
        audit: count overlaps each second (slower).
        log_signals: keep what the signals showed in each second.
        observer: called at each decision with the simulation, the readings and the phases asked for.

    Raises:
        UsageError: there is no seed, or a duration is below 1 s.
        TrafficError: the scenario or the strategy cannot be used.
    """
    if not seeds:
        raise UsageError("seeds", "there are none", "give at least one")
    between = decision_interval(scenario, strategy, interval)
    horizon = _at_least_one("until", scenario.duration_s if until is None else until)
    end = horizon + (scenario.clearing_s if until is None else 0)
    simulation = scenario.simulation(seeds, threads=threads, audit=audit, log_until=end if log_signals else 0)
    controller = strategy.strategy.start(
        Setting(simulation.network, simulation.timing, between, scenario.flow(), tuple(seeds))
    )
    loop = _Loop(simulation, controller, between, observer)
    loop.advance_to(horizon)
    at_horizon = simulation.records()
    loop.advance_to(end, stop_when_clear=True)
    at_end = simulation.records()
    assert np.array_equal(on_network(at_end), simulation.under_way()), "a vehicle appeared or vanished"
    measures = summarise(at_horizon, at_end, horizon, audited=audit)
    return Rollout(scenario, strategy, tuple(seeds), between, horizon, measures, at_horizon, at_end, simulation)


def decision_interval(scenario: Scenario, strategy: NamedStrategy, interval: int | None = None) -> int:
    """[s] between decisions: named with the strategy, else the strategy's own, else `interval`, else the scenario's.

    Raises:
        UsageError: it is below 1 s.
    """
    wishes = (strategy.interval, strategy.strategy.interval, interval)
    return _at_least_one("interval", next((wish for wish in wishes if wish is not None), scenario.decision_interval_s))


@dataclass(frozen=True)
class _Loop:
    """Readings, decision, traffic, and again."""

    simulation: Simulation
    controller: Controller
    interval: int  # [s]
    observer: Observer | None

    def advance_to(self, end: int, *, stop_when_clear: bool = False) -> None:
        """Decides and moves until `end` [s]; the last step is shorter if the interval does not fit."""
        while self.simulation.time < end:
            if stop_when_clear and self.simulation.is_clear().all():
                return
            readings = self.simulation.readings()
            phases = self.controller.decide(readings)
            if self.observer is not None:
                self.observer(self.simulation, readings, phases)
            self.simulation.advance(phases, min(self.interval, end - self.simulation.time))


def _at_least_one(where: str, seconds: int) -> int:
    if seconds < 1:
        raise UsageError(where, f"{seconds} is not a duration", "give whole seconds, at least 1")
    return seconds


def _plain(value: float | int | bool) -> float | int | bool | None:
    """The value, or None for nan, which JSON does not know."""
    return None if value != value else value
