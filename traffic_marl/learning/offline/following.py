"""Following: an environment of a training is driven by a strategy, under the masks of the training."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.environments import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.observation import ObservationLayout
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import CheckedController, NamedStrategy


class Asked:
    """The phases that a strategy asks for at the decisions of an environment.

    Args:
        env: of one scenario or of several side by side, at the beginning of an episode.
        strategy: that is asked.
        interval: [s] between the decisions of the environment.

    Raises:
        UsageError: the strategy has a longer interval, which is no multiple of that of the environment.
    """

    def __init__(self, env: Any, strategy: NamedStrategy, interval: int) -> None:
        parts: Sequence[VectorEnv] = getattr(env, "parts", (env,))
        self._every = decisions_apart(strategy, interval)
        self._asked = [(_started(strategy, part, self._every * interval), part) for part in parts]
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


def decisions_apart(strategy: NamedStrategy, interval: int, where: str = "strategy") -> int:
    """The number of decisions of an environment from one decision of a strategy to the next, at least 1.

    Args:
        strategy: that is asked.
        interval: [s] between the decisions of the environment.
        where: names the strategy in an error.

    Raises:
        UsageError: the strategy has a longer interval, which is no multiple of that of the environment.
    """
    own = max(interval, strategy.own_interval or interval)  # with a shorter one it is asked less often than it would be
    if own % interval:
        what = f"{strategy.label} decides every {own} s, the environment every {interval} s"
        raise UsageError(where, what, f"add interval_s={interval} to it, or use interval={own} here")
    return own // interval


def _started(strategy: NamedStrategy, env: VectorEnv, interval: int) -> CheckedController:
    return strategy.start(conditions_of(env.scenario, interval, env.episode_seeds))


def decided(layout: ObservationLayout, observations: Singles, phases: Ints) -> tuple[Ints, Bools, Ints]:
    """What a team does if it follows a strategy as far as its masks allow.

    Args:
        layout: of the observations.
        observations: (B, N, F).
        phases: (B, N) that the strategy asks for.

    Returns:
        Actions (B, N), where the agents chose what was asked for (B, N), and the number of choices of each copy that
        the masks forbid (B,). What is forbidden is replaced by holding the phase, or by the first that is allowed.
    """
    allowed = layout.allowed(observations) > 0.5
    chooses = allowed.sum(axis=2) > 1
    granted = np.take_along_axis(allowed, phases[:, :, None], axis=2)[:, :, 0]
    shown = layout.split(observations)[1][..., layout.phase_features.index("shown")].argmax(axis=2)
    may_hold = np.take_along_axis(allowed, shown[:, :, None], axis=2)[:, :, 0]
    instead = np.where(may_hold, shown, allowed.argmax(axis=2))
    wanted = np.where(granted, phases, instead).astype(np.int32)
    return wanted, chooses & granted, (chooses & ~granted).sum(axis=1)
