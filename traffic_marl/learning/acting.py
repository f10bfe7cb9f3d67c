"""Policies at work: what they see, when they may choose, and the phases that they ask for."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.actions import LONGEST_GREEN, ensure_foresight, make_actions, planned_change, write_masks
from traffic_marl.actions.moment import Moment
from traffic_marl.arrays import Ints, Singles
from traffic_marl.imported import is_reference, split_reference
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.policies import StoredPolicy
from traffic_marl.learning.policy import Policy
from traffic_marl.observation import allowed_phases, groups_of, make_encoder
from traffic_marl.observation.features import PLAN
from traffic_marl.observation.told import ToldEncoder
from traffic_marl.reading import content_digest
from traffic_marl.simulation import Readings
from traffic_marl.strategies.classical.recall import Recall
from traffic_marl.strategies.origin import Origin
from traffic_marl.strategies.strategy import Conditions

PLANNED = ", for whose plans it knows the expected flows before the run"


@dataclass(frozen=True)
class Acting:
    """The side of a policy that meets the traffic: what it sees, when it may choose, and among what."""

    interval: int  # [s] between decisions, as in training
    observation: str
    action: str = "phase"
    longest_wait: int | None = None  # [s] bound of the wait of a call
    longest_green: int = LONGEST_GREEN  # [s] after which a green ends if there is a call elsewhere


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained policy. Like every strategy it sees the readings alone."""

    policy: StoredPolicy
    acting: Acting
    samples: bool = False  # True draws phases by their probabilities, False takes the most probable ones
    trained: str = "trained"  # how, in words
    hours: float | None = None  # [h] of simulation for the training, times intersections. None if nobody knows

    @property
    def interval(self) -> int:
        """[s] between decisions, as in training."""
        return self.acting.interval

    @property
    def longest_wait(self) -> int | None:
        """[s] bound of the wait of a call for its green. None if its action space has none."""
        return self.acting.longest_wait

    def origin(self) -> Origin:
        """What the policy senses, and its training."""
        observation = self.policy.facts.observation
        plans = not is_reference(observation) and PLAN in groups_of(observation)
        senses = f"the observation {observation}" + (PLANNED if plans else "")
        choice = "draws phases by their probabilities" if self.samples else ""
        return Origin(senses, choice, self.trained, self.hours)

    def digest(self) -> bytes:
        """Changes with the weights, the way of choosing and the time between decisions."""
        arrays = sorted(self.policy.arrays.items())
        weights = b"".join(name.encode() + np.ascontiguousarray(values).tobytes() for name, values in arrays)
        acting, facts = self.acting, self.policy.facts
        own = content_digest(split_reference(acting.observation, "observation")[0]) if _is_own(acting) else b""
        limits = acting.longest_wait, acting.longest_green
        chosen = (facts, acting.interval, acting.action, limits, self.samples)
        return repr(chosen).encode() + own + weights

    def start(self, conditions: Conditions) -> "LearnedController":
        """A controller that follows the policy, if the policy fits this network."""
        is_told = self.policy.facts.architecture.get("policy") in NEIGHBOURLY and conditions.messages.any
        sight = Sight(self.acting, conditions, is_told=is_told)
        policy = self.policy.on(conditions.network, sight.layout)
        return LearnedController(policy, sight, conditions.seeds if self.samples else None)


@dataclass(frozen=True, eq=False)
class InTraining:
    """A policy in training, on the network of its training, that hears nothing of neighbours. It is always greedy."""

    policy: Policy
    acting: Acting

    @property
    def interval(self) -> int:
        """[s] between decisions, as in training."""
        return self.acting.interval

    def start(self, conditions: Conditions) -> "LearnedController":
        """A controller that follows the policy."""
        return LearnedController(self.policy, Sight(self.acting, conditions), None)


class Sight:
    """Makes a policy's observations of readings, with the masks of its action space.

    Args:
        acting: of the policy.
        conditions: of the run.
        is_told: whether the policy hears of neighbours by messages that may fail.
    """

    def __init__(self, acting: Acting, conditions: Conditions, *, is_told: bool = False) -> None:
        network, timing = conditions.network, conditions.timing
        self.conditions = conditions
        seen = network, timing, conditions.interval, acting.observation, "observation", conditions.flow
        self.encoder = ToldEncoder(make_encoder(*seen), make_encoder(*seen)) if is_told else make_encoder(*seen)
        self.layout = self.encoder.layout
        ensure_foresight(acting.action, self.layout)
        copies = len(conditions.seeds)
        limits = acting.longest_wait, acting.longest_green
        self._actions = make_actions(acting.action, copies, network, timing, *limits)

    def __call__(self, readings: Readings) -> Singles:
        """Observations (B, N, F). Called once at each decision, in the order of time."""
        observations = self.encoder(readings)
        if self._actions.narrows_phases:
            conditions = self.conditions
            allowed = allowed_phases(conditions.network, conditions.timing, conditions.interval, readings)
            write_masks(
                self.layout,
                observations,
                self._actions.masks(Moment(readings, allowed, planned_change(self.layout, observations))),
            )
        return observations


class LearnedController:
    """Chooses phases by a policy.

    Args:
        policy: for this network.
        sight: makes the observations of its training.
        seeds: (B,) of the copies, if phases are drawn by their probabilities. None takes the most probable phases.
    """

    def __init__(self, policy: Policy, sight: Sight, seeds: tuple[int, ...] | None) -> None:
        self.policy = policy
        self.sight = sight
        self._recall = Recall(sight.conditions)
        self._generators = None if seeds is None else [np.random.default_rng(seed) for seed in seeds]

    def decide(self, readings: Readings) -> Ints:
        """Requested phases (B, N)."""
        seen = self._recall.seen(readings)
        return self._recall.served(self._chosen(self.policy.probabilities(self.sight(seen))), seen)

    def _chosen(self, probabilities: Singles) -> Ints:
        """(B, N) phases by probabilities (B, N, P)."""
        if self._generators is None:
            return np.asarray(probabilities.argmax(axis=2), dtype=np.int32)
        uniforms = np.stack([generator.random(probabilities.shape[1]) for generator in self._generators])
        return drawn(probabilities, uniforms)

    def probabilities(self, readings: Readings) -> Singles:
        """(B, N, P) probability of each phase under the stochastic policy. Called once at each decision."""
        return self.policy.probabilities(self.sight(self._recall.seen(readings)))


def _is_own(acting: Acting) -> bool:
    """Whether the observation is one of the author's own, in a file."""
    return is_reference(acting.observation)


def drawn(probabilities: Singles, uniforms: Singles) -> Ints:
    """(B, N) phases drawn from probabilities (B, N, P) by uniform numbers (B, N) in [0, 1).

    A phase of probability 0 is never drawn.
    """
    reached = np.cumsum(probabilities, axis=2, dtype=np.float64)
    reached /= reached[:, :, -1:]
    return np.asarray((uniforms[:, :, None] >= reached).sum(axis=2), dtype=np.int32)
