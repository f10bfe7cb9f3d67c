"""LiveRun: a strategy at work on one draw of a scenario, second by second. A person may take over signals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.branching import copied
from traffic_marl.kernels.tables import NONE
from traffic_marl.rollout import DecisionLoop, decision_interval
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Simulation
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import CheckedController, NamedStrategy
from traffic_marl.strategies.strategy import Conditions
from traffic_marl.viewer.scene.moment import Moment, moment
from traffic_marl.viewer.scene.street_map import StreetMap, street_map

Change: TypeAlias = Callable[[int, Ints], Ints]  # of the phases asked for (1, N) at a second
ADVISERS = ("longest_queue", "max_pressure")  # strategies whose choices are shown for comparison


@dataclass(frozen=True, eq=False)
class Inspection:
    """The traffic and signals at one intersection, and which phases are asked for."""

    asked: int  # phase that the strategy asked for
    held: int  # phase that a person holds instead, or NONE
    next_decision: int  # [s] until the strategy is asked again
    may_switch: bool  # a request for another phase would be granted now
    lanes: Ints  # (l,) that end here
    vehicles: Ints  # [veh] (l,)
    queue: Ints  # [veh] (l,) halted
    longest_wait: Ints  # [s] (l,)
    advice: dict[str, int]  # phase that each of ADVISERS would choose now
    probabilities: Floats | None  # (P,) of the phases at the last decision, None if the strategy has none


class LiveRun:
    """One run, made while it is watched: a source of moments.

    It moves by the loop of `rollout.run`, so readings and traffic are the same as there as long as no signal is held.

    Args:
        scenario: network, demand and rules.
        strategy: decides.
        seed: the draw of the demand.
        interval: [s] between decisions. None takes the scenario's.
        until: [s] second at which demand and run end. None takes the scenario's.
        streets: the map of the scenario's network. None makes it.

    Raises:
        TrafficError: one of them cannot be used.
    """

    def __init__(
        self,
        scenario: Scenario,
        strategy: NamedStrategy,
        seed: int,
        *,
        interval: int | None = None,
        until: int | None = None,
        streets: StreetMap | None = None,
    ) -> None:
        self.scenario = scenario = scenario.narrowed(None, until)
        self.strategy = strategy
        self.seed = seed
        self.interval = decision_interval(scenario, strategy, interval)
        self.horizon = scenario.horizon
        self.end = self.horizon + scenario.clearing_s  # [s] of the longest run
        self.last = self.end
        self.street_map = street_map(scenario.build_network()) if streets is None else streets
        self.delays: list[float] = []
        self.holds: list[tuple[int, int, int]] = []  # second, intersection, phase or NONE
        self._interval = interval
        self._restart()
        self._advisers = {name: parse(name).start(self._conditions()) for name in ADVISERS}

    @property
    def label(self) -> str:
        """The strategy, as the user wrote it."""
        return self.strategy.label

    @property
    def time(self) -> int:
        """[s] time that the run has reached."""
        return self._simulation.time

    def moment_at(self, second: int) -> Moment:
        """The moment at a second from 0 to `last`. To go back, the run is repeated with the same holds."""
        assert 0 <= second <= self.last, f"{second} s is not within the run"
        if second < self._before.time:
            self._restart()
        while self.time < second:
            self._step(seen=self.time >= second - 2)
            if self.time >= self.horizon and bool(self._simulation.is_clear()[0]):
                self.last = self.time
                return self._now
        return self._before if second == self._before.time else self._now

    def delay_at(self, second: int) -> float:
        """[s/veh] mean delay at a second. Runs on as far as needed, never back."""
        if second >= len(self.delays):
            self.moment_at(min(second, self.last))
        return self.delays[min(second, len(self.delays) - 1)]

    def untouched(self) -> "LiveRun":
        """The same run without any hold, at its start. It already knows its delays up to the first hold."""
        other = LiveRun(self.scenario, self.strategy, self.seed, interval=self._interval, streets=self.street_map)
        other.delays = self.delays[: self.holds[0][0] + 1] if self.holds else self.delays.copy()
        return other

    def parted(self) -> Callable[[Change | None], DecisionLoop]:
        """A maker of loops that go on from the present second by themselves, with the same vehicles, memory and holds.

        The maker takes a change of the phases that are asked for. Its loops share a simulation, so that each ends the
        use of the one before. The run stays as it is.
        """
        state, simulation = self._simulation.snapshot(), self.scenario.simulation([self.seed], threads=1)

        def part(change: Change | None) -> DecisionLoop:
            def override(asked: Ints) -> Ints:
                kept = self._overridden(asked)
                return kept if change is None else change(simulation.time, kept)

            simulation.restore(state)
            loop = DecisionLoop(simulation, self._copied_controller(), self.interval, override=override)
            loop.asked = self._loop.asked.copy()
            return loop

        return part

    def _copied_controller(self) -> CheckedController:
        """The controller with its present memory. One of a user's own is started again and led through the run."""
        made: CheckedController | None = copied(self._controller, (self._simulation.network, self._simulation.timing))
        if made is None:
            again = LiveRun(self.scenario, self.strategy, self.seed, interval=self._interval, streets=self.street_map)
            again.holds = self.holds.copy()
            again.moment_at(self.time)
            made = again._controller
        return made

    def hold(self, intersection: int, phase: int) -> None:
        """Asks for this phase at an intersection from now on, in place of the strategy's.

        The signals grant it like any other request: min green, yellow and all-red are kept.

        Args:
            intersection: its index.
            phase: the phase, or NONE to give the intersection back to the strategy.
        """
        count = int(self._simulation.network.tables.phase_count[intersection])
        assert phase == NONE or 0 <= phase < count, f"phase {phase} of {count}"
        self.holds = [hold for hold in self.holds if hold[0] <= self.time]  # later ones are void
        self.holds.append((self.time, intersection, phase))
        if self.time < self.last:
            self.last = self.end  # the network may be clear sooner or later than before
        del self.delays[self.time + 1 :]
        self._held[intersection] = phase

    @property
    def held(self) -> Ints:
        """(N,) phases that a person holds now, NONE where the strategy decides."""
        return self._held.copy()

    def inspect(self, intersection: int) -> Inspection:
        """The traffic and signals at one intersection now, and which phases are asked for."""
        truth, readings = self._simulation.readings(), self._simulation.detected()
        lanes = self.street_map.incoming_lanes[intersection]
        probabilities = self._probabilities()
        return Inspection(
            asked=int(self._loop.asked[0, intersection]),
            held=int(self._held[intersection]),
            next_decision=-self.time % self.interval,
            may_switch=bool(readings.may_switch[0, intersection]),
            lanes=lanes,
            vehicles=truth.vehicles[0, lanes],
            queue=truth.queue[0, lanes],
            longest_wait=truth.longest_wait[0, lanes],
            advice={name: int(each.decide(readings)[0, intersection]) for name, each in self._advisers.items()},
            probabilities=None if probabilities is None else probabilities[intersection],
        )

    def _conditions(self) -> Conditions:
        return conditions_of(self.scenario, self.interval, (self.seed,))

    def _restart(self) -> None:
        """Goes back to second 0. The holds are kept, and take effect again at their seconds."""
        self._simulation: Simulation = self.scenario.simulation([self.seed], threads=1)
        self._controller = self.strategy.start(self._conditions())
        self._loop = DecisionLoop(self._simulation, self._controller, self.interval, override=self._overridden)
        self._held: Ints = np.full(len(self.street_map.intersections), NONE, np.int32)
        self._before = self._now = moment(self._simulation)
        self._note()

    def _step(self, *, seen: bool) -> None:
        """Moves on by one second. Makes its moment if it will be seen or its delay is not yet known."""
        for second, intersection, phase in self.holds:
            if second == self.time:
                self._held[intersection] = phase
        self._loop.advance_to(self.time + 1)
        if seen or self.time == len(self.delays):
            self._before, self._now = self._now, moment(self._simulation)
            self._note()

    def _overridden(self, asked: Ints) -> Ints:
        """(1, N) phases to ask for: those that a person holds, and the strategy's elsewhere."""
        return np.where(self._held == NONE, asked, self._held)

    def _note(self) -> None:
        """Keeps the mean delay of the present second if it is new."""
        if len(self.delays) == self.time:
            self.delays.append(self._now.mean_delay)

    def _probabilities(self) -> Floats | None:
        """(N, P) of the phases at the last decision. None if the strategy has no probabilities."""
        method = getattr(self._controller.started, "probabilities", None)
        if method is None:
            return None
        found: Floats = np.asarray(method(self._loop.readings), np.float64)[0]
        return found
