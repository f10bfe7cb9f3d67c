"""JointEnv: several scenarios side by side as one environment, for policies that shall work on all of them."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from traffic_marl.actions import checked_actions
from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import shown
from traffic_marl.environments.padding import absent, absent_masks, has_room, has_same_features, places_in, widest
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.observation import ObservationLayout

MASKS = ("action_masks", "final_action_masks")  # infos (B, N, A)
AGENTS = ("phase", "final_phase", "return")  # infos (B, N)


class JointEnv:
    """Vectorised environments whose intersections stand one after the other, as if they were one network's.

    All decide and end together. No vehicle passes from one to another. Seeds, episodes and infos are those of
    `VectorEnv`. Measures of episodes are means over the scenarios. `scenario_of` (N,) is the number of the scenario
    that each intersection belongs to.

    Where networks differ in the numbers of phases and movements, observations and masks have room for the largest. The
    features of a phase or a movement that is not there are 0, and its actions are not allowed.

    Args:
        parts: at least one, with the same number of copies, interval and decisions in an episode, and with
            observations of the same features.
        layout: of the observations, with room for all parts. None takes the smallest that has it.
        num_actions: A, at least that of each part. None takes the largest of them.
        sizes: number of intersections for each part, at least those it has. The others are not there: they have no
            reward and no choice. None takes those that the parts have.

    Raises:
        UsageError: there are none, or they cannot be stepped side by side.
    """

    def __init__(
        self,
        parts: Sequence[VectorEnv],
        *,
        layout: ObservationLayout | None = None,
        num_actions: int | None = None,
        sizes: Sequence[int] | None = None,
    ) -> None:
        check_parts(parts)
        first = parts[0]
        for part in parts[1:]:
            check_alike(first, part)
        self.parts = tuple(parts)
        self.copies = first.copies
        self.interval = first.interval
        self.layout = widest([part.layout for part in parts]) if layout is None else layout
        self.num_actions = max(part.num_actions for part in parts) if num_actions is None else num_actions
        self.steps = first.steps
        self.seeds = first.seeds
        self._sizes = [len(part.intersections) for part in parts] if sizes is None else list(sizes)
        check_room(self.layout, self.num_actions, self._sizes, parts)
        self.scenario_of = np.repeat(np.arange(len(parts), dtype=np.int32), self._sizes)  # (N,)
        self.intersections = tuple(name for part, size in self._sized() for name in _names(part, size))
        starts = accumulate(self._sizes[:-1], initial=0)
        self._there = [slice(at, at + len(part.intersections)) for at, part in zip(starts, parts, strict=True)]
        self._places = [places_in(self.layout, part.layout) for part in parts]
        self._nobody = np.tile(absent(self.layout), (self.copies, len(self.intersections), 1))

    @property
    def next_seed(self) -> int:
        """Place in `seeds` of the next episode's first."""
        return self.parts[0].next_seed

    @next_seed.setter
    def next_seed(self, place: int) -> None:
        for part in self.parts:
            part.next_seed = place

    def reset(self, seeds: Sequence[int] | None = None) -> Singles:
        """Begins an episode in every copy of every scenario. Gives observations (B, N, F)."""
        return self._observed([part.reset(seeds) for part in self.parts])

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Does what `VectorEnv.step` does, for the intersections of all scenarios.

        An action that an intersection lacks because others have more phases keeps the phase shown.
        """
        shape = self.copies, len(self.intersections)
        wanted = checked_actions(actions, shape, self.num_actions)
        pairs = zip(self.parts, self._there, strict=True)
        steps = [part.step(_available(part, wanted[:, there])) for part, there in pairs]
        observations = self._observed([step[0] for step in steps])
        rewards = self._by_agent([step[1] for step in steps])
        return observations, rewards, steps[0][2], steps[0][3], self._joined([step[4] for step in steps])

    def action_masks(self) -> Bools:
        """(B, N, A) actions that have an effect now."""
        return self._masked([part.action_masks() for part in self.parts])

    def phases(self) -> Ints:
        """(B, N) phases shown, or about to be."""
        return np.asarray(self._by_agent([part.readings.phase for part in self.parts]), np.int32)

    def _sized(self) -> list[tuple[VectorEnv, int]]:
        return list(zip(self.parts, self._sizes, strict=True))

    def _observed(self, observations: Sequence[Singles]) -> Singles:
        """The observations of all parts in one layout."""
        joined = self._nobody.copy()
        for there, places, seen in zip(self._there, self._places, observations, strict=True):
            joined[:, there] = 0.0
            joined[:, there, places] = seen
        return joined

    def _masked(self, masks: Sequence[Bools]) -> Bools:
        """The masks of all parts, for the same number of actions."""
        joined = absent_masks(self.copies, len(self.intersections), self.num_actions)
        for there, mask in zip(self._there, masks, strict=True):
            joined[:, there, : mask.shape[2]] = mask
        return joined

    def _by_agent(self, values: Sequence[Any]) -> Any:
        """Values (B, N) of all parts, 0 for intersections that are not there."""
        joined = np.zeros((self.copies, len(self.intersections)), values[0].dtype)
        for there, value in zip(self._there, values, strict=True):
            joined[:, there] = value
        return joined

    def _joined(self, infos: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The infos of all parts as one: arrays by intersection side by side, measures of episodes as means."""
        joined: dict[str, Any] = {}
        for name in infos[0]:
            values = [info[name] for info in infos]
            if name == "episode":
                joined[name] = self._joined(values)
            elif name in MASKS:
                joined[name] = self._masked(values)
            elif name in AGENTS:
                joined[name] = self._by_agent(values)
            else:
                joined[name] = self._observed(values) if name == "final_obs" else np.mean(values, axis=0)
        return joined


def check_parts(parts: Any) -> None:
    """Checks that there are environments to be joined.

    Raises:
        UsageError: there are none, or one is of another kind.
    """
    if not isinstance(parts, list | tuple) or not all(isinstance(part, VectorEnv) for part in parts):
        raise UsageError("parts", f"{shown(parts)} is not a list of environments", "give a list of VectorEnv")
    if not parts:
        raise UsageError("parts", "there are none", "give at least one VectorEnv")


def check_alike(one: VectorEnv, other: VectorEnv) -> None:
    """Checks that two environments can be stepped side by side.

    Raises:
        UsageError: they cannot.
    """
    where = f"{one.scenario.name} and {other.scenario.name}"
    for what, mine, theirs, remedy in (
        ("copies", one.copies, other.copies, "give all the same"),
        ("interval", one.interval, other.interval, "give all the same"),
        ("decisions", one.steps, other.steps, "give scenarios that last equally long"),
    ):
        if mine != theirs:
            raise UsageError(where, f"differ in {what} ({mine}, {theirs})", remedy)
    if not has_same_features(one.layout, other.layout):
        raise UsageError(where, "differ in observation", "give all the same features")


def check_room(layout: ObservationLayout, actions: int, sizes: Sequence[int], parts: Sequence[VectorEnv]) -> None:
    """Checks that there is room for the observations, the actions and the intersections of all parts.

    Raises:
        UsageError: there is not.
    """
    if len(sizes) != len(parts):
        raise UsageError("sizes", f"{len(sizes)} for {len(parts)} environments", "give one for each")
    for part, size in zip(parts, sizes, strict=True):
        where = part.scenario.name
        if not has_room(layout, part.layout) or actions < part.num_actions:
            what = f"has no room in an observation of {layout.phases} phases of {layout.movements} movements"
            raise UsageError(where, what, "leave layout and num_actions out, or give larger ones")
        if size < len(part.intersections):
            what = f"has {len(part.intersections)} intersections, more than {size}"
            raise UsageError(where, what, "leave sizes out, or give larger ones")


def _available(part: VectorEnv, actions: Ints) -> Ints:
    """The actions, with the one that keeps the phase shown in place of those that the part lacks."""
    lacking = actions >= part.num_actions
    if not lacking.any():
        return actions
    keeps = part.readings.phase * (part.num_actions // part.layout.phases)  # the first action of the phase
    return np.where(lacking, keeps, actions)


def _names(part: VectorEnv, size: int) -> tuple[str, ...]:
    """Names of the intersections of a part, and of those that are not there."""
    missing = range(len(part.intersections) + 1, size + 1)
    return tuple(f"{part.scenario.name}/{name}" for name in (*part.intersections, *(f"none_{n}" for n in missing)))
