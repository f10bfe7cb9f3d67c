"""Tabular Q-learning: each intersection fills a table of its own over discrete states of its traffic.

Source: Watkins and Dayan 1992, doi 10.1007/BF00992698. Sutton and Barto 2018, Reinforcement Learning, 2nd ed., section
6.5. All copies of an intersection fill one table. If several copies update the same cell in one step, the cell moves by
their mean error, so that a step is never longer than the learning rate.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints, Singles
from traffic_marl.files import read_arrays, read_object, replace_text
from traffic_marl.learning.algorithms import TABULAR_Q
from traffic_marl.learning.discretise import State, discretise, state_count
from traffic_marl.learning.environment import Environment, ScenarioEnvironment
from traffic_marl.learning.iterations import Arrays, Iteration
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.measures import mean_over_known
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import Scenario

TABLES, DRAWS = "tables.npz", "draws.json"  # files of a checkpoint
EXPLORATION = TABULAR_Q.exploration


@dataclass(frozen=True, eq=False)
class QTable:
    """A policy in tables: the best of the phases tried in a state, otherwise the phase with most demand."""

    kind: ClassVar[str] = "table"

    layout: ObservationLayout
    intersections: tuple[str, ...]  # (N,) names
    values: Floats  # (N, states, P) expected discounted return
    tries: Ints  # (N, states, P) number of updates of each value

    @classmethod
    def empty(cls, layout: ObservationLayout, intersections: tuple[str, ...]) -> "QTable":
        """A table of zeros: the highest value of rewards below 0, so that every phase is tried."""
        shape = (len(intersections), state_count(layout.phases), layout.phases)
        return cls(layout, intersections, np.zeros(shape), np.zeros(shape, np.int32))

    def greedy(self, observations: Singles) -> Ints:
        """(B, N) the best phases to choose."""
        state = discretise(self.layout, observations)
        agents = _agents(state.numbers)
        values, tries = self.values[agents, state.numbers], self.tries[agents, state.numbers]
        known = state.choices & (tries > 0)
        fallback = np.where(state.choices, state.demands, -np.inf)
        best = np.where(known, values, -np.inf)
        score = np.where(known.any(axis=2, keepdims=True), best, fallback)
        return np.asarray(score.argmax(axis=2), dtype=np.int32)

    def probabilities(self, observations: Singles) -> Singles:
        """(B, N, P): 1 for the best phase, 0 for the others."""
        return np.asarray(self.greedy(observations)[:, :, None] == np.arange(self.layout.phases), dtype=np.float32)

    def architecture(self) -> dict[str, Any]:
        """The intersections and the number of phases that it was made for."""
        return {"intersections": list(self.intersections), "phases": self.layout.phases}

    def arrays(self) -> dict[str, Any]:
        """The tables by name."""
        return {"values": self.values, "tries": self.tries}

    def learn(self, step: "Step", rate: float, discount: float) -> float:
        """Updates the values of the chosen phases in place. Gives the mean absolute TD error before the update.

        Q(s, a) += rate (r + discount max Q(s', .) - Q(s, a)), the maximum over the phases to choose from in s'.
        """
        agents = _agents(step.states)
        next_values = np.where(step.next_choices, self.values[agents, step.next_states], -np.inf).max(axis=2)
        where = (np.broadcast_to(agents, step.states.shape), step.states, step.actions)
        td_errors = step.rewards + discount * next_values - self.values[where]
        cells, which = np.unique(np.ravel_multi_index(where, self.values.shape), return_inverse=True)
        count = np.bincount(which.ravel())
        self.values.flat[cells] += rate * np.bincount(which.ravel(), td_errors.ravel()) / count
        self.tries.flat[cells] += count.astype(np.int32)
        return float(np.abs(td_errors).mean())


@dataclass(frozen=True, eq=False)
class Step:
    """One transition of all agents in all copies."""

    states: Ints  # (B, N)
    actions: Ints  # (B, N)
    rewards: Singles  # (B, N)
    next_states: Ints  # (B, N)
    next_choices: Bools  # (B, N, P)


class TabularLearner:
    """Fills the tables. It takes the best phase so far or, with the probability of exploration, a random one.

    An iteration is one episode.
    """

    def __init__(self, scenario: Scenario, settings: TrainingSettings) -> None:
        self.settings = settings
        self.env: Environment = ScenarioEnvironment(scenario, settings)(settings.copies)
        self.table = QTable.empty(self.env.layout, self.env.intersections)
        self._generator = np.random.default_rng(settings.seed)
        self._state = discretise(self.env.layout, self.env.reset())

    def take(self, policy: Arrays, critic: Arrays | None = None) -> None:
        """Begins with the tables of a policy.

        Raises:
            ValueError: they have another shape.
        """
        self.table = self._filled(policy)

    def iterate(self, share: float, *, critic_alone: bool = False) -> Iteration:
        """Learns from one episode of every copy. There is no critic."""
        exploration = exploration_at(share)
        rate = self.settings.learning_rate_at(share)
        errors = []
        over = False
        while not over:
            step, over, infos = self._step(exploration)
            errors.append(self.table.learn(step, rate, self.settings.discount**self.settings.interval))
        episode = infos["episode"]
        return Iteration(
            agent_steps=self.env.steps * episode["return"].size,
            mean_return=float(episode["return"].mean()),
            training_delay=mean_over_known(episode["mean_delay"]),
            scalars={"exploration": exploration, "learning_rate": rate, "value_error": float(np.mean(errors))},
        )

    def policy(self) -> QTable:
        """The tables as they are now."""
        return self.table

    def save(self, folder: Path) -> None:
        """Writes the tables, the random state and the next seed of the traffic."""
        np.savez_compressed(folder / TABLES, **self.table.arrays())
        first = self.settings.first_seed + self.env.next_seed - self.env.copies  # among all training seeds
        content = {"first_seed": first, "draws": self._generator.bit_generator.state}
        replace_text(folder / DRAWS, None, json.dumps(content) + "\n", is_synced=False)

    def restore(self, folder: Path, *, is_trusted: bool = False) -> None:
        """Restores the state that `save` wrote. Its files execute nothing, so that they need no trust.

        Raises:
            FileError, KeyError, TypeError, ValueError: the folder holds something else.
        """
        self.table = self._filled(read_arrays(folder, TABLES))
        content = read_object(folder, DRAWS)
        self._generator.bit_generator.state = content["draws"]
        first, first_of_run = content["first_seed"], self.settings.first_seed
        if type(first) is not int or first < first_of_run:
            raise ValueError("no place of a seed")
        self.env.next_seed = first - first_of_run
        self._state = discretise(self.env.layout, self.env.reset())

    def close(self) -> None:
        """Does nothing. There are no processes to stop."""

    def _filled(self, arrays: Arrays) -> QTable:
        """A table of these numbers.

        Raises:
            KeyError, ValueError: they are of another table.
        """
        for name, own in self.table.arrays().items():
            if (arrays[name].shape, arrays[name].dtype) != (own.shape, own.dtype):
                raise ValueError("tables of another shape")
        return QTable(self.env.layout, self.env.intersections, arrays["values"], arrays["tries"])

    def _step(self, exploration: float) -> tuple[Step, bool, dict[str, Any]]:
        """One decision of all agents. Gives the transition, whether the episode is over, and its infos."""
        before = self._state
        actions = self._actions(before, exploration)
        observations, rewards, _, truncated, infos = self.env.step(actions)
        self._state = after = discretise(self.env.layout, observations)
        over = bool(truncated.all())
        if over:
            after = discretise(self.env.layout, infos["final_obs"])
        return Step(before.numbers, actions, rewards, after.numbers, after.choices), over, infos

    def _actions(self, state: State, exploration: float) -> Ints:
        """(B, N) phases of greatest value, the first of equals, or random ones of those to choose from."""
        values = self.table.values[_agents(state.numbers), state.numbers]
        best = np.where(state.choices, values, -np.inf).argmax(axis=2)
        random_choice = np.where(state.choices, self._generator.random(state.choices.shape), -1.0).argmax(axis=2)
        explores = self._generator.random(state.numbers.shape) < exploration
        return np.asarray(np.where(explores, random_choice, best), dtype=np.int32)


def exploration_at(share: float) -> float:
    """Probability of a random decision when this share of the budget is used."""
    assert EXPLORATION is not None, "tables are filled by exploration"
    return EXPLORATION.at(share)


def _agents(states: Ints) -> Ints:
    """(1, N) indices of the agents, to look up their tables together with their states (B, N)."""
    return np.arange(states.shape[1], dtype=np.int32)[None, :]
