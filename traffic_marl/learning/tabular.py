"""Tabular Q-learning: each intersection fills a table of its own, over a coarse view of its own traffic.

Source: Watkins and Dayan 1992, doi 10.1007/BF00992698; Sutton and Barto 2018, Reinforcement Learning, 2nd ed., section
6.5. All copies of an intersection fill one table; where several meet the same state and action in one step, their mean
error counts, so that a step is never longer than the learning rate.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints, Singles
from traffic_marl.environments import VectorEnv
from traffic_marl.files import replace_text
from traffic_marl.kernels.observing import COUNT
from traffic_marl.learning.iterations import Iteration
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout
from traffic_marl.scenario import Scenario

LEVELS = (1, 3, 6, 11, 21)  # [veh] waiting or near, from which on a phase's demand counts as the next level
DEMAND = ("queue", "moving_0_60", "moving_60_120", "backlog")  # features of a movement that its demand adds up
FIRST_EXPLORATION, LAST_EXPLORATION = 0.2, 0.02  # share of decisions drawn by lot
TABLES, DRAWS = "tables.npz", "draws.json"  # files of a checkpoint
EXPLORED = 0.7  # share of the budget over which the first falls to the last
USUAL_RATE = 0.2  # learning rate to begin with
USUAL_COPIES = 64  # more than networks of neurons have: a step of many costs little more than one of few


def state_count(phases: int) -> int:
    """Number of states that `look` tells apart."""
    return 2 * (phases * (len(LEVELS) + 1)) ** 2


@dataclass(frozen=True, eq=False)
class Sight:
    """What the tables see of one moment."""

    states: Ints  # (B, N) 0 .. state_count - 1
    choices: Bools  # (B, N, P) what may be chosen
    demands: Floats  # [veh] (B, N, P) standing or near on the movements of each phase, waiting outside included


def look(layout: ObservationLayout, observations: Singles) -> Sight:
    """What the tables see in observations (B, N, F).

    A state is made of the phase shown and how much waits for it, the other phase with most waiting and how much that
    is, and whether a change would be granted now. To choose from are these two phases, as far as they are allowed;
    where neither is, all that are.
    """
    phases, levels = layout.phases, len(LEVELS) + 1
    demands = _demands(layout, observations)
    shown = layout.split(observations)[1][..., layout.phase_features.index("shown")].argmax(axis=2)
    allowed = layout.allowed(observations) > 0.0
    is_shown = np.arange(phases) == shown[:, :, None]
    other = np.where(is_shown, -1.0, demands).argmax(axis=2)
    level = np.digitize(np.round(demands), LEVELS)
    here, there = (np.take_along_axis(level, phase[:, :, None], axis=2)[:, :, 0] for phase in (shown, other))
    may_change = (allowed & ~is_shown).any(axis=2)
    place = ((shown * phases + other) * levels + here) * levels + there
    pair = allowed & (is_shown | (np.arange(phases) == other[:, :, None]))
    choices = np.where(pair.any(axis=2, keepdims=True), pair, allowed)
    return Sight(np.asarray(2 * place + may_change, dtype=np.int32), choices, demands)


def _demands(layout: ObservationLayout, observations: Singles) -> Floats:
    columns = [layout.movement_features.index(name) for name in DEMAND]
    movements = layout.split(observations)[0]
    return np.asarray(COUNT * sum(movements[..., column].sum(axis=3) for column in columns), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Table:
    """The policy of a table: of the actions tried in a state the best, else the phase with most demand."""

    kind: ClassVar[str] = "table"

    layout: ObservationLayout
    intersections: tuple[str, ...]  # (N,) names
    values: Floats  # (N, states, P) expected discounted reward
    tries: Ints  # (N, states, P) updates that each value has had

    @classmethod
    def empty(cls, layout: ObservationLayout, intersections: tuple[str, ...]) -> "Table":
        """A table of zeros: the best that rewards below 0 can come to, so everything is tried."""
        shape = (len(intersections), state_count(layout.phases), layout.phases)
        return cls(layout, intersections, np.zeros(shape), np.zeros(shape, np.int32))

    def greedy(self, observations: Singles) -> Ints:
        """(B, N) best phases of those to choose from."""
        sight = look(self.layout, observations)
        agents = _agents(sight.states)
        values, tries = self.values[agents, sight.states], self.tries[agents, sight.states]
        known = sight.choices & (tries > 0)
        fallback = np.where(sight.choices, sight.demands, -np.inf)
        best = np.where(known, values, -np.inf)
        score = np.where(known.any(axis=2, keepdims=True), best, fallback)
        return np.asarray(score.argmax(axis=2), dtype=np.int32)

    def probabilities(self, observations: Singles) -> Singles:
        """(B, N, P): all on the best phase."""
        return np.asarray(self.greedy(observations)[:, :, None] == np.arange(self.layout.phases), dtype=np.float32)

    def plan(self) -> dict[str, Any]:
        """Where it can work."""
        return {"intersections": list(self.intersections), "phases": self.layout.phases}

    def arrays(self) -> dict[str, Any]:
        """What makes this table, by name."""
        return {"values": self.values, "tries": self.tries}

    def learn(self, step: "Step", rate: float, discount: float) -> float:
        """Moves the values of what was done towards what came of it; gives the mean absolute error before.

        Q(s, a) += rate (r + discount max Q(s', .) - Q(s, a)), the maximum over the phases to choose from in s'.
        """
        agents = _agents(step.states)
        after = np.where(step.choices_after, self.values[agents, step.states_after], -np.inf).max(axis=2)
        where = (np.broadcast_to(agents, step.states.shape), step.states, step.actions)
        errors = step.rewards + discount * after - self.values[where]
        cells, which = np.unique(np.ravel_multi_index(where, self.values.shape), return_inverse=True)
        count = np.bincount(which.ravel())
        self.values.flat[cells] += rate * np.bincount(which.ravel(), errors.ravel()) / count
        self.tries.flat[cells] += count.astype(np.int32)
        return float(np.abs(errors).mean())


@dataclass(frozen=True, eq=False)
class Step:
    """One decision of all agents in all copies, and what came of it."""

    states: Ints  # (B, N)
    actions: Ints  # (B, N)
    rewards: Singles  # (B, N)
    states_after: Ints  # (B, N)
    choices_after: Bools  # (B, N, P)


class TabularLearner:
    """Fills the tables by trying phases out: the best so far, or one drawn by lot. An iteration is an episode."""

    def __init__(self, scenario: Scenario, settings: TrainingSettings) -> None:
        self.settings = settings
        self.env = VectorEnv(
            scenario,
            settings.copies,
            interval=settings.interval,
            observation=settings.observation,
            reward=settings.reward,
            neighbour_weight=settings.neighbour_weight,
        )
        self.table = Table.empty(self.env.layout, self.env.intersections)
        self._draws = np.random.default_rng(settings.seed)
        self.env.next_seed = settings.first_seed
        self._sight = look(self.env.layout, self.env.reset())

    def iterate(self, share: float) -> Iteration:
        """Learns from one episode of every copy."""
        exploration = exploration_at(share)
        rate = self.settings.learning_rate * (1.0 - (1.0 - self.settings.last_rate) * share)
        errors = []
        over = False
        while not over:
            step, over, infos = self._step(exploration)
            errors.append(self.table.learn(step, rate, self.settings.discount))
        episode = infos["episode"]
        return Iteration(
            agent_steps=self.env.steps * episode["return"].size,
            mean_return=float(episode["return"].mean()),
            training_delay=float(episode["mean_delay"].mean()),
            scalars={"exploration": exploration, "learning_rate": rate, "value_error": float(np.mean(errors))},
        )

    def policy(self) -> Table:
        """The tables as they are now."""
        return self.table

    def save(self, folder: Path) -> None:
        """Writes what going on needs: the tables, the state of the lots, and whose turn it is of the seeds."""
        np.savez_compressed(folder / TABLES, **self.table.arrays())
        first = self.env.next_seed - self.env.copies
        content = {"first_seed": first, "draws": self._draws.bit_generator.state}
        replace_text(folder / DRAWS, None, json.dumps(content) + "\n")

    def restore(self, folder: Path) -> None:
        """Goes back to where `save` was called; OSError, KeyError or ValueError if that was not written there."""
        with np.load(folder / TABLES, allow_pickle=False) as arrays:
            values, tries = arrays["values"], arrays["tries"]
        if values.shape != self.table.values.shape or tries.shape != values.shape:
            raise ValueError("tables of another shape")
        self.table = Table(self.env.layout, self.env.intersections, values, tries)
        content = json.loads((folder / DRAWS).read_text(encoding="utf-8"))
        self._draws.bit_generator.state = content["draws"]
        self.env.next_seed = content["first_seed"]
        self._sight = look(self.env.layout, self.env.reset())

    def close(self) -> None:
        """Nothing to give back."""

    def _step(self, exploration: float) -> tuple[Step, bool, dict[str, Any]]:
        """One decision of everybody: what was done and came of it, whether the episode is over, and its infos."""
        before = self._sight
        actions = self._actions(before, exploration)
        after, rewards, _, truncated, infos = self.env.step(actions)
        self._sight = last = look(self.env.layout, after)
        over = bool(truncated.all())
        if over:
            last = look(self.env.layout, infos["final_observations"])
        return Step(before.states, actions, rewards, last.states, last.choices), over, infos

    def _actions(self, sight: Sight, exploration: float) -> Ints:
        """(B, N) phases of greatest value, or drawn from those to choose from; the first of equals."""
        values = self.table.values[_agents(sight.states), sight.states]
        best = np.where(sight.choices, values, -np.inf).argmax(axis=2)
        lots = np.where(sight.choices, self._draws.random(sight.choices.shape), -1.0).argmax(axis=2)
        explores = self._draws.random(sight.states.shape) < exploration
        return np.asarray(np.where(explores, lots, best), dtype=np.int32)


def exploration_at(share: float) -> float:
    """Share of decisions drawn by lot when this share of the budget is gone."""
    gone = min(1.0, share / EXPLORED)
    return FIRST_EXPLORATION + (LAST_EXPLORATION - FIRST_EXPLORATION) * gone


def _agents(place: Ints) -> Ints:
    """(1, N) numbers of the agents, to look up their tables beside their states (B, N)."""
    return np.arange(place.shape[1], dtype=np.int32)[None, :]
