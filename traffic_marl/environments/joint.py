"""JointEnv: several scenarios side by side as one environment, for policies that shall work on all of them."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from traffic_marl.actions import checked_actions
from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import shown
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError


class JointEnv:
    """Vectorised environments whose intersections stand one after the other, as if they were one network's.

    All decide and end together. No vehicle passes from one to another. Seeds, episodes and infos are those of
    `VectorEnv`. Measures of episodes are means over the scenarios.

    Args:
        parts: at least one, with the same number of copies, interval and decisions in an episode, and with
            observations and actions of the same shape.

    Raises:
        UsageError: there are none, or they cannot be stepped side by side.
    """

    def __init__(self, parts: Sequence[VectorEnv]) -> None:
        check_parts(parts)
        first = parts[0]
        for part in parts[1:]:
            check_alike(first, part)
        self.parts = tuple(parts)
        self.copies = first.copies
        self.interval = first.interval
        self.layout = first.layout
        self.num_actions = first.num_actions
        self.steps = first.steps
        self.seeds = first.seeds
        self.intersections = tuple(f"{part.scenario.name}/{name}" for part in parts for name in part.intersections)
        self._slices = [slice(*pair) for pair in pairwise(accumulate(map(_size, parts), initial=0))]

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
        return np.concatenate([part.reset(seeds) for part in self.parts], axis=1)

    def step(self, actions: Ints) -> tuple[Singles, Singles, Bools, Bools, dict[str, Any]]:
        """Does what `VectorEnv.step` does, for the intersections of all scenarios."""
        shape = self.copies, len(self.intersections)
        wanted = checked_actions(actions, shape, self.num_actions)
        steps = [part.step(wanted[:, place]) for part, place in zip(self.parts, self._slices, strict=True)]
        observations, rewards = (np.concatenate([step[k] for step in steps], axis=1) for k in (0, 1))
        return observations, rewards, steps[0][2], steps[0][3], _joined([step[4] for step in steps])

    def action_masks(self) -> Bools:
        """(B, N, A) actions that the signals would grant now."""
        return np.concatenate([part.action_masks() for part in self.parts], axis=1)


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
    for what, mine, theirs, remedy in (
        ("copies", one.copies, other.copies, "give all the same"),
        ("interval", one.interval, other.interval, "give all the same"),
        ("decisions", one.steps, other.steps, "give scenarios that last equally long"),
        ("observation", one.layout, other.layout, "give networks with as many phases and movements in each"),
        ("actions", one.num_actions, other.num_actions, "give all the same"),
    ):
        if mine != theirs:
            where = f"{one.scenario.name} and {other.scenario.name}"
            raise UsageError(where, f"differ in {what} ({_brief(mine)}, {_brief(theirs)})", remedy)


def _joined(infos: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The infos of all parts as one: arrays by intersection side by side, measures of episodes as means."""
    joined: dict[str, Any] = {
        name: np.concatenate([info[name] for info in infos], axis=1) for name in infos[0] if name != "episode"
    }
    if "episode" in infos[0]:
        episodes = [info["episode"] for info in infos]
        joined["episode"] = {
            name: np.concatenate([episode[name] for episode in episodes], axis=1)
            if name == "return"
            else np.mean([episode[name] for episode in episodes], axis=0)
            for name in episodes[0]
        }
    return joined


def _size(part: VectorEnv) -> int:
    return len(part.intersections)


def _brief(value: Any) -> str:
    """A layout by its shape, anything else as it is."""
    return f"{value.phases} x {value.movements}" if hasattr(value, "movements") else str(value)
