"""Following: an environment of a training is driven by a strategy, under the masks of the training."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.environments import VectorEnv
from traffic_marl.observation import ObservationLayout
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import CheckedController, NamedStrategy


class Asked:
    """The phases that a strategy asks for at the decisions of an environment.

    Args:
        env: of one scenario or of several side by side, at the beginning of an episode.
        strategy: that is asked.
        interval: [s] between the decisions of the environment.
    """

    def __init__(self, env: Any, strategy: NamedStrategy, interval: int) -> None:
        parts: Sequence[VectorEnv] = getattr(env, "parts", (env,))
        between = asked_interval(strategy, interval)
        self._every = between // interval
        self._asked = [(_started(strategy, part, between), part) for part in parts]
        firsts = [int(np.argmax(env.scenario_of == number)) for number in range(len(parts))]
        self._there = [slice(at, at + len(part.intersections)) for at, part in zip(firsts, parts, strict=True)]
        self._count = 0
        self._phases: Ints = np.zeros((env.copies, len(env.intersections)), np.int32)

    def __call__(self) -> Ints:
        """(B, N) the phases that it asks for now. Between two decisions of its own they stay the same."""
        if self._count % self._every == 0:
            for (controller, part), there in zip(self._asked, self._there, strict=True):
                # readings of the environment are watched and told already, which the controller does by itself
                self._phases[:, there] = controller.decide(part.simulation.detected())
        self._count += 1
        return self._phases


def asked_interval(strategy: NamedStrategy, interval: int) -> int:
    """[s] between two decisions of a strategy in an environment: that of the environment, or a multiple of it.

    Args:
        strategy: that is asked.
        interval: [s] between the decisions of the environment.
    """
    own = strategy.own_interval
    return interval if own is None else max(1, own // interval) * interval


def _started(strategy: NamedStrategy, env: VectorEnv, interval: int) -> CheckedController:
    return strategy.start(conditions_of(env.scenario, interval, env.episode_seeds))


def decided(layout: ObservationLayout, observations: Singles, phases: Ints) -> tuple[Ints, Bools, int]:
    """What a team does if it follows a strategy as far as its masks allow.

    Args:
        layout: of the observations.
        observations: (B, N, F).
        phases: (B, N) that the strategy asks for.

    Returns:
        Actions (B, N), where the agents chose what was asked for (B, N), and the number of choices that the masks
        forbid. What is forbidden is replaced by holding the phase, or by the first that is allowed.
    """
    allowed = layout.allowed(observations) > 0.5
    chooses = allowed.sum(axis=2) > 1
    granted = np.take_along_axis(allowed, phases[:, :, None], axis=2)[:, :, 0]
    shown = layout.split(observations)[1][..., layout.phase_features.index("shown")].argmax(axis=2)
    may_hold = np.take_along_axis(allowed, shown[:, :, None], axis=2)[:, :, 0]
    instead = np.where(may_hold, shown, allowed.argmax(axis=2))
    wanted = np.where(granted, phases, instead).astype(np.int32)
    return wanted, chooses & granted, int((chooses & ~granted).sum())
