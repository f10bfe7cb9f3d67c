"""The one loop over time, for all seeds of a scenario at once: a strategy decides, then the traffic moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl import local_measures
from traffic_marl.arrays import Ints
from traffic_marl.checks import at_least_one, boolean, checked_seeds, ensure_function, whole_number
from traffic_marl.errors import UsageError
from traffic_marl.measures import Measures, summarise
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.simulation import Readings, Records, Simulator, Visits
from traffic_marl.simulation.conservation import check_counters
from traffic_marl.simulators import OWN, start_simulator
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.conversion import StrategyLike, named_strategy
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.strategy import Controller
from traffic_marl.version import __version__

DecisionObserver = Callable[[Simulator, Readings, Ints], None]  # sees the readings and the phases asked for
SecondObserver = Callable[[Simulator], None]
Override = Callable[[Ints], Ints]  # from the phases the strategy asks for to those asked of the signals, both (B, N)


@dataclass(frozen=True)
class RunRecord:
    """One run of one seed, with everything needed to repeat it."""

    scenario: str
    scenario_hash: str
    strategy: str
    interval: int  # [s] between decisions
    horizon: int  # [s]
    seed: int
    measures: dict[str, float | int | bool | None]  # None where there is no number
    version: str  # of this package
    simulator: str = OWN  # that moved the vehicles


@dataclass(frozen=True, eq=False)
class Rollout:
    """The result of a strategy on the seeds of a scenario. Copy b of the simulation met seed b."""

    scenario: Scenario
    strategy: NamedStrategy
    seeds: tuple[int, ...]  # (B,)
    interval: int  # [s] between decisions
    horizon: int  # [s] when the demand ended
    measures: Measures
    at_horizon: Records
    at_end: Records
    simulation: Simulator
    simulator: str = OWN  # that moved the vehicles
    local: local_measures.LocalMeasures | None = None  # by intersection, approach and movement, if asked for

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
                simulator=self.simulator,
            )
            for copy, seed in enumerate(self.seeds)
        ]


def run(
    scenario: Scenario | str | Path,
    strategy: StrategyLike,
    seeds: Sequence[int],
    *,
    interval: int | None = None,
    until: int | None = None,
    threads: int | None = None,
    simulator: str = OWN,
    audit: bool = False,
    log_signals: bool = False,
    by_movement: bool = False,
    each_decision: DecisionObserver | None = None,
    each_second: SecondObserver | None = None,
) -> Rollout:
    """Runs a strategy on all seeds of a scenario, one copy a seed.

    The run passes the horizon, at which the demand ends, and goes on until every copy is clear or the scenario's
    clearing time is over. Decisions fall on the multiples of the interval throughout.

    Args:
        scenario: network, demand and rules: a scenario, or what `load_scenario` takes.
        strategy: decides; given as for `strategies.named_strategy`. Its own interval comes before `interval`.
        seeds: one a copy, at least one.
        interval: [s] between decisions. None takes the scenario's, or else that of the strategy.
        until: [s] end demand and run at this second of the demand instead. At least 1, at most the demand's duration.
            To begin at a later second than the first, give `scenario.within(from_s=...)`.
        threads: most threads to step copies on, or processes for another simulator. None takes the CPUs this process
            may use.
        simulator: what moves the vehicles: `own`, or `sumo` or `cityflow` where it is installed.
        audit: count overlaps and disorders each second, which takes more time.
        log_signals: keep the row of the phase table shown in each second.
        by_movement: measure by intersection, approach and movement too, which takes up to 10 % more time.
        each_decision: called at each decision, before the traffic moves, with the simulation, the readings and the
            phases asked for.
        each_second: called with the simulation at every second of the run, the first and the last included.

    Raises:
        UsageError: an argument has the wrong type, there is no seed, a duration is below 1 s, or `until` is past the
            end of the demand.
        TrafficError: the scenario or the strategy cannot be used.
    """
    scenario = load_scenario(scenario)
    part = scenario.narrowed(None, until)
    named = named_strategy(strategy)
    seeds = checked_seeds(seeds)
    threads = None if threads is None else at_least_one("threads", threads)
    audit, log_signals = boolean("audit", audit), boolean("log_signals", log_signals)
    by_movement = boolean("by_movement", by_movement)
    if each_decision is not None:
        ensure_function("each_decision", each_decision, ("simulation", "readings", "phases"))
    if each_second is not None:
        ensure_function("each_second", each_second, ("simulation",))
    between = decision_interval(scenario, named, interval)
    horizon = part.horizon
    end = horizon + part.clearing_s
    moved = start_simulator(
        simulator,
        part,
        named,
        seeds,
        threads=threads,
        audit=audit,
        log_until=end if log_signals or by_movement else 0,
        places_until=horizon if by_movement else 0,
    )
    controller = named.start(conditions_of(part, between, seeds))
    loop = DecisionLoop(moved, controller, between, each_decision=each_decision, each_second=each_second)
    loop.advance_to(horizon)
    at_horizon = moved.records()
    visits = moved.visits() if by_movement else None
    loop.advance_to(end, stop_when_clear=True)
    at_end = moved.records()
    check_counters(at_end, moved.completed(), moved.under_way())
    measures = summarise(at_horizon, at_end, horizon, audited=audit)
    local = None if visits is None else _local_measures(moved, horizon, visits, at_end)
    return Rollout(
        scenario, named, tuple(seeds), between, horizon, measures, at_horizon, at_end, moved, simulator, local
    )


def _local_measures(
    simulator: Simulator, horizon: int, at_horizon: Visits, at_end: Records
) -> local_measures.LocalMeasures:
    """The measures by place, of the visits at the horizon and now."""
    shown = simulator.signal_log()
    found = local_measures.Run(simulator.network, horizon, at_horizon, simulator.visits(), at_end, shown)
    return local_measures.measure(found)


def decision_interval(scenario: Scenario, strategy: NamedStrategy, interval: int | None = None) -> int:
    """[s] between decisions, by the first of these that says one.

    The name of the strategy, the strategy if it needs a certain interval, `interval`, the scenario, the default of the
    strategy, and the default of all scenarios.

    Raises:
        UsageError: it is no whole number, or below 1 s.
    """
    asked = None if interval is None else _duration("interval", interval)
    given = (strategy.own_interval, asked, scenario.stated_interval, strategy.default_interval)
    return _duration("interval", next((each for each in given if each is not None), scenario.decision_interval_s))


class DecisionLoop:
    """The loop of every run, watched or not: readings, decision, movement, and so on.

    Decisions fall on the multiples of the interval. An interval may be moved in pieces: its readings add up over all of
    them.

    Args:
        simulation: the traffic, at time 0.
        controller: decides at the start of each interval.
        interval: [s] between decisions.
        each_decision: see `run`.
        each_second: see `run`.
        override: may change the phases that the controller asks for. Called each time before the traffic moves.
    """

    def __init__(
        self,
        simulation: Simulator,
        controller: Controller,
        interval: int,
        *,
        each_decision: DecisionObserver | None = None,
        each_second: SecondObserver | None = None,
        override: Override | None = None,
    ) -> None:
        self.simulation = simulation
        self.controller = controller
        self.interval = interval
        self.readings = simulation.detected()  # of the last decision
        self.asked: Ints = np.zeros_like(self.readings.phase)  # (B, N) at the last decision
        self._each_decision = each_decision
        self._each_second = each_second
        self._override = override
        if each_second is not None:
            each_second(simulation)

    def advance_to(self, end: int, *, stop_when_clear: bool = False) -> None:
        """Decides and moves until `end` [s]. That may lie within an interval, with which the next call goes on."""
        while self.simulation.time < end and not (stop_when_clear and self.simulation.is_clear().all()):
            elapsed = self.simulation.time % self.interval
            if elapsed == 0:
                self._decide()
            self._move_to(min(self.simulation.time - elapsed + self.interval, end))

    def _decide(self) -> None:
        """Asks the controller for its phases now."""
        self.readings = self.simulation.detected()
        self.asked = self.controller.decide(self.readings)
        if self._each_decision is not None:
            self._each_decision(self.simulation, self.readings, self.asked)

    def _move_to(self, end: int) -> None:
        """Moves to `end` [s] within the interval: by single seconds if each is observed, otherwise in one piece."""
        simulation = self.simulation
        while simulation.time < end:
            phases = self.asked if self._override is None else self._override(self.asked)
            seconds = end - simulation.time if self._each_second is None else 1
            simulation.advance(phases, seconds, continues=simulation.time % self.interval > 0)
            if self._each_second is not None:
                self._each_second(simulation)


def _duration(where: str, value: Any) -> int:
    """[s] the value as a duration."""
    seconds = whole_number(where, value)
    if seconds < 1:
        raise UsageError(where, f"{seconds} is not a duration", "give whole seconds, at least 1")
    return seconds


def _plain(value: float | int | bool) -> float | int | bool | None:
    """The value, or None for nan, which JSON does not know."""
    return None if value != value else value
