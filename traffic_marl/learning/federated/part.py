"""The environment of a district that is a part of a road network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.environments import VectorEnv
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.policy import Policy


class PartEnvironment:
    """Shows the intersections of one district alone. The others follow the common policy of the last round.

    So a district learns from its own intersections, among neighbours who behave as they have been told.

    Args:
        whole: the environment of all intersections.
        own: numbers of the district's intersections.
    """

    def __init__(self, whole: VectorEnv, own: Sequence[int]) -> None:
        self.own = list(own)
        self.copies, self.steps = whole.copies, whole.steps
        self.intersections = tuple(whole.intersections[n] for n in self.own)
        self.layout, self.num_actions = whole.layout, whole.num_actions
        self.seeds: Any = whole.seeds
        self.common: Policy | None = None  # of the other intersections, None draws their phases at random
        self._whole = whole
        self._seen: Singles | None = None
        self._generator = np.random.default_rng(0)

    @property
    def scenario_of(self) -> Ints:
        """(N,) number of the scenario that each intersection belongs to: 0."""
        return self._whole.scenario_of[self.own]

    @property
    def next_seed(self) -> int:
        """Place of the next episode's first seed."""
        return self._whole.next_seed

    @next_seed.setter
    def next_seed(self, place: int) -> None:
        self._whole.next_seed = place

    def reset(self) -> Singles:
        """Begins an episode in every copy. Gives the observations (B, N, F) of the district."""
        self._seen = self._whole.reset()
        return self._seen[:, self.own]

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Applies the actions (B, N) of the district, and those of the common policy elsewhere."""
        assert self._seen is not None, "an episode has begun"
        asked = self._of_others(self._seen)
        asked[:, self.own] = actions
        self._seen, rewards, terminated, truncated, infos = self._whole.step(asked)
        return self._seen[:, self.own], rewards[:, self.own], terminated, truncated, self._within(infos)

    def _of_others(self, observations: Singles) -> Ints:
        """(B, N) the actions of all intersections by the common policy."""
        allowed = self._whole.layout.allowed(observations)
        if self.common is None:
            drawn = self._generator.random(allowed.shape) * (allowed > 0.5)
            return np.asarray(drawn.argmax(-1), np.int32)
        return np.asarray(self.common.probabilities(observations).argmax(-1), np.int32)

    def _within(self, infos: dict[str, Any]) -> dict[str, Any]:
        """The infos of the district: arrays (B, N, ...) of its intersections, and what belongs to whole copies."""
        found: dict[str, Any] = {}
        for name, value in infos.items():
            if isinstance(value, dict):
                found[name] = self._within(value)
            else:
                found[name] = value[:, self.own] if np.ndim(value) > 1 else value
        return found


@dataclass(frozen=True)
class PartOf:
    """Makes the environment of each runner of a district."""

    make: ScenarioEnvironment
    own: tuple[int, ...]  # numbers of its intersections
    district: int  # its number, from 0
    districts: int

    def __call__(self, copies: int, runner: int = 0, runners: int = 1, threads: int | None = None) -> PartEnvironment:
        """An environment with seeds that no other runner of any district uses."""
        number = self.district * runners + runner
        whole = self.make(copies, number, self.districts * runners, threads)
        assert isinstance(whole, VectorEnv), "districts divide one scenario"
        return PartEnvironment(whole, self.own)
