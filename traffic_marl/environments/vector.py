"""VectorEnv: the environment for learners, whole batches of copies at once. All other forms are views of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.actions import (
    LONGEST_GREEN,
    LONGEST_WAIT,
    checked_actions,
    ensure_foresight,
    interval_for,
    make_actions,
    planned_change,
    write_masks,
)
from traffic_marl.actions.moment import Moment
from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import MOST_COPIES, at_least_one, boolean, checked_seeds
from traffic_marl.detection import DetectorWatch
from traffic_marl.errors import ScenarioError, UsageError
from traffic_marl.measures import summarise
from traffic_marl.messages import Channel
from traffic_marl.observation import Encoder, Observation, allowed_phases, make_encoder
from traffic_marl.observation.told import ToldEncoder
from traffic_marl.reward import MakeReward, make_reward
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.seeds import TRAINING
from traffic_marl.simulation import Readings, Simulation


class VectorEnv:
    """B copies of a scenario in which each of the N intersections is an agent.

    Episodes end by truncation at the scenario's horizon, for all copies together. With `autoreset` the next episode
    begins in the same step, each copy with the traffic of the next seed: the step returns the first observations of the
    new episode, and its infos hold the last ones of the old. Without it the step returns the last observations, and
    reset() begins the next episode.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        copies: B.
        seeds: of the traffic, taken in turn, and again from the first after the last. None takes those for training.
        interval: [s] between decisions. None takes the scenario's, and 1 with the action spaces `gap_out` and `plan`.
        observation: a name of `observation.OBSERVATIONS`, groups such as `queue+exit`, or an encoder of your own, as
            for `observation.make_encoder`.
        reward: a name of `reward.REWARDS`, or a function of your own, as for `reward.make_reward`.
        neighbour_weight: share of the neighbours' mean reward that is added to each reward.
        shared_reward: every agent gets the mean of all rewards instead.
        action: a name of `actions.ACTIONS`.
        longest_wait: [s] bound of the wait of a call in the action spaces `gap_out` and `plan`. None sets none.
        longest_green: [s] after which a green ends there if there is a call elsewhere.
        autoreset: begin the next episode in the step that ends one.
        threads: most threads to step copies on. None takes the CPUs that this process may use.
        told: whether what the neighbours know of an intersection stands behind its observation.

    Raises:
        UsageError: an argument is of the wrong type, out of its range, or an unknown name.
        TrafficError: the scenario cannot be built, or has no signals.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        copies: int,
        seeds: Sequence[int] | None = None,
        *,
        interval: int | None = None,
        observation: Observation = "upstream",
        reward: str | MakeReward = "delay",
        neighbour_weight: float = 0.0,
        shared_reward: bool = False,
        action: str = "phase",
        longest_wait: int | None = LONGEST_WAIT,
        longest_green: int = LONGEST_GREEN,
        autoreset: bool = True,
        threads: int | None = None,
        told: bool = False,
    ) -> None:
        self.scenario = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self.copies = at_least_one("copies", copies, MOST_COPIES)
        self.interval = interval_for(action, self.scenario.decision_interval_s, interval)
        self.seeds: Sequence[int] = TRAINING if seeds is None else checked_seeds(seeds)
        self.network = self.scenario.build_network()
        self.intersections = self.network.intersections
        if not self.intersections:
            raise ScenarioError("network", "has no signals, so there is no agent", "give one with an intersection")
        self.encoder = self._make_encoder(observation, told)
        self.reward = make_reward(self.network, reward, neighbour_weight=neighbour_weight, shared=shared_reward)
        limits = longest_wait, longest_green
        self._actions = make_actions(action, self.copies, self.network, self.scenario.timing(), *limits)
        self.layout = self.encoder.layout
        ensure_foresight(action, self.layout)
        self.num_actions = self._actions.count
        self.steps = -(-self.scenario.horizon // self.interval)
        self.next_seed = 0  # place in `seeds` of the next episode's first
        self._faults = self.scenario.sensors.faults()
        self._watch: DetectorWatch | None = None
        self._channel: Channel | None = None
        self.autoreset = boolean("autoreset", autoreset)
        self._threads = None if threads is None else at_least_one("threads", threads)
        self._simulation: Simulation | None = None
        self._readings: Readings | None = None
        self._masks: Bools | None = None
        self._returns = np.zeros((self.copies, len(self.intersections)))

    def _make_encoder(self, observation: Observation, told: bool) -> Encoder:
        """The encoder of the agents."""
        seen = self.network, self.scenario.timing(), self.interval, observation, "observation", self.scenario.flow()
        return ToldEncoder(make_encoder(*seen), make_encoder(*seen)) if told else make_encoder(*seen)

    @property
    def scenario_of(self) -> Ints:
        """(N,) number of the scenario that each intersection belongs to. Here there is one, so that all are 0."""
        return np.zeros(len(self.intersections), np.int32)

    @property
    def simulation(self) -> Simulation:
        """The traffic of the present episode.

        Raises:
            UsageError: no episode has begun.
        """
        if self._simulation is None:
            raise _not_begun()
        return self._simulation

    @property
    def readings(self) -> Readings:
        """What its detectors and signals report now. Blind lanes hold the queue that is expected there.

        Where messages fail, `neighbours` holds what came of them.

        Raises:
            UsageError: no episode has begun.
        """
        if self._readings is None:
            raise _not_begun()
        return self._readings

    @property
    def episode_seeds(self) -> tuple[int, ...]:
        """(B,) of the present episode's traffic."""
        first = self.next_seed - self.copies
        return tuple(self.seeds[(first + b) % len(self.seeds)] for b in range(self.copies))

    def reset(self, seeds: Sequence[int] | None = None) -> Singles:
        """Begins an episode in every copy.

        Args:
            seeds: seeds for this episode and the next ones. None goes on after those of the last episode.

        Returns:
            Observations (B, N, F).
        """
        if seeds is not None:
            self.seeds, self.next_seed = checked_seeds(seeds), 0
        self.next_seed += self.copies
        self._simulation = self.scenario.simulation(self.episode_seeds, threads=self._threads)
        self._watch, self._channel = self._new_watch(), self._new_channel()
        self._readings = self._detected(self._simulation)
        self._actions.reset()
        self._returns[:] = 0.0
        return self._observe()

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Requests the phases of the actions and moves the traffic on to the next decision.

        Args:
            actions: (B, N), each in 0 .. A - 1.

        Returns:
            Observations (B, N, F), rewards (B, N), terminated (B,) (never), truncated (B,), and infos:
            `action_masks` (B, N, A) and `phase` (B, N) of the observations. At the end of an episode also `final_obs`,
            `final_action_masks` and `final_phase` of its last moment, and in `episode` its result in each copy:
            `return` (B, N), `mean_delay` [s/veh] and `travel_time_cityflow` [s/veh] (B,).

        Raises:
            UsageError: the actions have another shape or lie outside the space, or no episode is under way.
        """
        simulation = self.simulation
        wanted = checked_actions(actions, self._returns.shape, self.num_actions)
        if simulation.time >= self.scenario.horizon:
            raise UsageError("step()", "the episode is over", "call reset() first")
        phases = self._actions.phases(wanted, self.readings.phase)
        simulation.advance(phases, min(self.interval, self.scenario.horizon - simulation.time))
        self._readings = self._detected(simulation)
        observations = self._observe()
        rewards = self.reward(simulation.readings() if self._faults.any else self._readings)
        self._returns += rewards
        infos: dict[str, Any] = {}
        over = simulation.time >= self.scenario.horizon
        if over:
            infos = self._last_moment(observations)
            if self.autoreset:
                observations = self.reset()
        infos["action_masks"] = self.action_masks()
        infos["phase"] = self.readings.phase
        return observations, rewards, np.zeros(self.copies, np.bool_), np.full(self.copies, over), infos

    def action_masks(self) -> Bools:
        """(B, N, A) actions that have an effect now.

        Raises:
            UsageError: no episode has begun.
        """
        if self._masks is None:
            raise _not_begun()
        return self._masks.copy()

    def _observe(self) -> Singles:
        """Observations (B, N, F) of the present readings, with the masks of the action space."""
        readings = self.readings
        allowed = allowed_phases(self.network, self.scenario.timing(), self.interval, readings)
        observations = self.encoder(readings)
        self._masks = self._actions.masks(Moment(readings, allowed, planned_change(self.layout, observations)))
        if self._actions.narrows_phases:
            write_masks(self.layout, observations, self._masks)
        return observations

    def _new_watch(self) -> DetectorWatch | None:
        """A watch over the detectors of an episode, if lanes may be blind or stuck."""
        if not self._faults.breaks:
            return None
        return DetectorWatch(self.network, self.scenario.flow(), self._faults.unnoticed)

    def _new_channel(self) -> Channel | None:
        """The messages of an episode, if some of them may fail."""
        faults = self.scenario.messages.faults()
        return Channel(self.network, faults, self.episode_seeds) if faults.any else None

    def _detected(self, simulation: Simulation) -> Readings:
        """What detectors and signals report, with the queue that is expected on blind lanes, and what messages tell."""
        reported = simulation.detected()
        watched = reported if self._watch is None else self._watch(reported)
        return watched if self._channel is None else self._channel(watched)

    def _last_moment(self, observations: Singles) -> dict[str, Any]:
        """Infos of the step that ends an episode."""
        records = self.simulation.records(gridlock=False)
        measures = summarise(records, records, self.scenario.horizon, audited=False)
        return {
            "final_obs": observations,
            "final_action_masks": self.action_masks(),
            "final_phase": self.readings.phase,
            "episode": {
                "return": self._returns.copy(),
                "mean_delay": measures.mean_delay,
                "travel_time_cityflow": measures.travel_time_cityflow,
            },
        }


def _not_begun() -> UsageError:
    return UsageError("the environment", "no episode has begun", "call reset() first")
