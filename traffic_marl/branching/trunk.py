"""Trunk: one run of a strategy that can be branched at its decisions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.branching.branches import Branch, Following, Futures, first_phases, repeated
from traffic_marl.branching.widening import UnlikeError, Widening
from traffic_marl.kernels.tables import NONE
from traffic_marl.observation import allowed_phases
from traffic_marl.rollout import DecisionLoop, decision_interval
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Readings, Simulation
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import CheckedController, NamedStrategy

WIDTH = 64  # most branches that are moved at once


class Trunk:
    """One run of a strategy on one draw of a scenario. Branches leave it at decisions, and it stays as it is.

    The state of the traffic is copied for all branches at once, so that they meet the same vehicles. So is the memory
    of the controllers. A controller of a user's own is started again instead, and shown all readings so far.

    Args:
        scenario: network, demand and rules.
        strategies: the first one decides on the trunk. Branches may follow the others, which have seen the same
            readings until then and are asked at the same moments.
        seed: the draw of the demand.
        interval: [s] between decisions. None takes what a run of the first strategy would.
        threads: most threads to step branches on. None takes the CPUs this process may use.

    Raises:
        TrafficError: the scenario or a strategy cannot be used.
    """

    def __init__(
        self,
        scenario: Scenario,
        strategies: Sequence[NamedStrategy],
        seed: int,
        *,
        interval: int | None = None,
        threads: int | None = None,
    ) -> None:
        self.scenario = scenario
        self.strategies = tuple(strategies)
        self.seed = seed
        self.interval = decision_interval(scenario, strategies[0], interval)
        alone = conditions_of(scenario, self.interval, (seed,))
        self.network, self.timing = alone.network, alone.timing
        self._threads = threads
        self._conditions = alone, replace(alone, seeds=(seed, seed))
        started = [[each.start(conditions) for each in strategies] for conditions in self._conditions]
        self._ones, self._twos = started  # controllers of one copy, and of two that are alike: see `widening`
        self._seen: list[Readings] = []  # at the decisions so far
        self._copied: Simulation | None = None  # that was branched last
        self.simulation = self._simulation(1)
        self._loop = DecisionLoop(self.simulation, self, self.interval)

    @property
    def time(self) -> int:
        """[s] time that the trunk has reached."""
        return self.simulation.time

    def advance_to(self, decision: int) -> None:
        """Moves the trunk on until a decision [s] is due, a multiple of the interval. It is not taken yet."""
        assert decision % self.interval == 0, f"no decision falls on second {decision}"
        assert decision >= self.time, "a trunk does not go back"
        self._loop.advance_to(decision)

    def decide(self, readings: Readings) -> Ints:
        """Phases that the first strategy asks for, (1, N). All strategies see the readings."""
        self._seen.append(readings)
        double = repeated(readings, 2)
        for controller in self._twos:
            controller.decide(double)
        asked = [controller.decide(readings) for controller in self._ones]
        return asked[0]

    def choices(self) -> Bools:
        """(N, P) phases that each intersection could ask for now and that its signals would grant."""
        allowed: Bools = allowed_phases(self.network, self.timing, self.interval, self.simulation.detected())[0]
        return allowed

    def next_phases(self) -> Ints:
        """(N,) phases that the first strategy asks for now. The trunk does not move."""
        following: Ints = self._forked(0, 1).decide(self.simulation.detected())[0]
        return following

    def futures(self, branches: Sequence[Branch], seconds: int, every: int | None = None) -> Futures:
        """The delay of the network along each branch, from now on.

        Args:
            branches: W ways to go on.
            seconds: [s] how far.
            every: [s] between two times at which the delay is taken. None takes it at the end alone.
        """
        step = seconds if every is None else min(every, seconds)
        times = np.array([*range(step, seconds, step), seconds], np.int32)
        parts = [self._part(branches[k : k + WIDTH], times) for k in range(0, len(branches), WIDTH)]
        return Futures(times, np.concatenate(parts) if parts else np.zeros((0, len(times))))

    def _part(self, branches: Sequence[Branch], times: Ints) -> Floats:
        """[veh s] (w, T) delay along so many branches as are moved at once."""
        simulation, begin = self._branched(len(branches)), self.time
        before = float(self.simulation.total_delay()[0])
        changed = first_phases(branches, len(self.network.intersections))
        follows = np.array([branch.follows for branch in branches])
        controllers = {int(place): self._forked(place, len(branches)) for place in np.unique(follows)}

        def override(asked: Ints) -> Ints:
            is_first = simulation.time < begin + self.interval
            return np.where(changed == NONE, asked, changed) if is_first else asked

        loop = DecisionLoop(simulation, Following(controllers, follows), self.interval, override=override)
        delays = []
        for time in times.tolist():
            loop.advance_to(begin + time)
            delays.append(simulation.total_delay() - before)
        return np.stack(delays, axis=1)

    def _branched(self, copies: int) -> Simulation:
        """A simulation with so many copies of the present state."""
        if self._copied is None or self._copied.copies != copies:
            self._copied = self._simulation(copies)
        self._copied.restore(self.simulation.snapshot().of(np.zeros(copies, np.int32)))
        return self._copied

    def _forked(self, place: int, copies: int) -> CheckedController:
        """A controller of so many copies that goes on as the one of a strategy would."""
        alone = self._conditions[0]
        shared = (*self._conditions, self.network, self.timing)
        try:
            made: CheckedController = Widening(copies, shared)(self._ones[place], self._twos[place])
        except UnlikeError:
            made = self.strategies[place].start(replace(alone, seeds=(self.seed,) * copies))
            for readings in self._seen:
                made.decide(repeated(readings, copies))
        return made

    def _simulation(self, copies: int) -> Simulation:
        """So many copies of the run's traffic at time 0."""
        return self.scenario.simulation((self.seed,) * copies, threads=self._threads)
