"""Gymnasium's forms of the environment, for libraries that know a single agent. Importing this registers them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Unpack

import gymnasium
import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.spaces import Box

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.checks import check_name
from traffic_marl.environments.options import EnvironmentOptions, seeds_from
from traffic_marl.environments.screen import RENDER_MODES, MakeRenderer, Screen
from traffic_marl.environments.spaces import Choices, ManyChoices, refuse_options
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Readings

NETWORK_ID, INTERSECTION_ID = "traffic_marl/Network-v0", "traffic_marl/Intersection-v0"

Decide = Callable[[Readings], Ints]  # phases (1, N) for the readings of one copy
StartOthers = Callable[[VectorEnv], Decide]  # called at the beginning of each episode


class TrafficEnv(gymnasium.Env[Singles, Any], ABC):
    """The common part of both forms: one copy of a scenario, its clock and its drawing."""

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES)}  # noqa: RUF012 - gymnasium asks for this form

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        seed: int | None = None,
        render_mode: str | None = None,
        make_renderer: MakeRenderer | None = None,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        self.vector = VectorEnv(scenario, 1, seeds_from(seed), autoreset=False, **options)
        self.screen = Screen(render_mode, self.vector.network, make_renderer)
        self.render_mode = render_mode
        self._under_way = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Singles, dict[str, Any]]:
        """Begins an episode, with the traffic of this seed or of the next one. There are no options.

        Raises:
            UsageError: the seed is no whole number, negative or too large, or there are options.
        """
        refuse_options(options)
        seeds = seeds_from(seed)
        super().reset(seed=None if seeds is None else seeds[0])
        observations = self.vector.reset(seeds)
        self._under_way = True
        self._begin()
        self.screen.update(self.vector.simulation)
        return self._seen(observations), self._info(self.vector.action_masks())

    def step(self, action: Any) -> tuple[Singles, float, bool, bool, dict[str, Any]]:
        """Takes the agent's action and moves on to the next decision.

        Raises:
            ResetNeeded: no episode is under way.
            InvalidAction: the action is outside the space.
        """
        if not self._under_way:
            raise ResetNeeded("no episode is under way; call reset() first")
        if not self.action_space.contains(action):
            raise InvalidAction(f"action {action!r} is not in the action space {self.action_space}")
        observations, rewards, _, truncated, infos = self.vector.step(self._actions(action))
        self._under_way = not truncated[0]
        self.screen.update(self.vector.simulation)
        info = self._info(infos["action_masks"])
        return self._seen(observations), self._gain(rewards), False, bool(truncated[0]), info

    def render(self) -> Any:
        """The picture (height, width, 3) of the present moment. None if it went into a window.

        Raises:
            UsageError: the environment was made without a render mode, or there is nothing to draw with.
        """
        return self.screen.draw(self.vector.simulation)

    def close(self) -> None:
        """Closes the window, if there is one."""
        self.screen.close()

    def action_masks(self) -> Bools:
        """The actions that have an effect now, in one row, under the name that sb3-contrib asks for."""
        return np.asarray(self._info(self.vector.action_masks())["action_mask"], np.bool_).ravel()

    def _begin(self) -> None:
        """Prepares for a new episode."""

    @abstractmethod
    def _seen(self, observations: Singles) -> Singles:
        """The agent's part of the observations (1, N, F)."""

    @abstractmethod
    def _gain(self, rewards: Singles) -> float:
        """The agent's part of the rewards (1, N)."""

    @abstractmethod
    def _actions(self, action: Any) -> Ints:
        """The actions (1, N) of all intersections."""

    @abstractmethod
    def _info(self, masks: Bools) -> dict[str, Any]:
        """The agent's infos, with its part of the masks (1, N, A)."""


class NetworkEnv(TrafficEnv):
    """All intersections as one agent: an action for each (MultiDiscrete), all observations, the mean reward."""

    def __init__(self, scenario: Scenario | str | Path, **settings: Any) -> None:
        super().__init__(scenario, **settings)
        count, layout = len(self.vector.intersections), self.vector.layout
        self.observation_space = Box(layout.low, layout.high, (count * layout.size,), np.float32)
        self.action_space = ManyChoices([self.vector.num_actions] * count)

    def _seen(self, observations: Singles) -> Singles:
        return observations.ravel()

    def _gain(self, rewards: Singles) -> float:
        return float(rewards.mean())

    def _actions(self, action: Any) -> Ints:
        return np.asarray(action, np.int32)[None]

    def _info(self, masks: Bools) -> dict[str, Any]:
        return {"action_mask": masks[0].astype(np.int8), "phase": self.vector.readings.phase[0]}


class IntersectionEnv(TrafficEnv):
    """One intersection as the agent. The others are left to a strategy.

    Args:
        scenario: as for `VectorEnv`.
        intersection: name of the agent's intersection. None takes the only one.
        start_others: starts the strategy of all others at the beginning of an episode.
        settings: as for `TrafficEnv`, with `phase` for actions.

    Raises:
        UsageError: there is no such intersection, or there are others without a strategy.
        TrafficError: as for `VectorEnv`.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        intersection: str | None = None,
        start_others: StartOthers | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(scenario, **settings)
        if settings.get("action", "phase") != "phase":
            raise UsageError("action", "the agent of one intersection asks for phases", "leave `action` out")
        names = self.vector.intersections
        if intersection is None and len(names) > 1:
            raise UsageError("intersection", "the network has several", f"name one of {', '.join(names)}")
        name = names[0] if intersection is None else intersection
        check_name("intersection", name, names)
        if start_others is None and len(names) > 1:
            raise UsageError("others", "the other intersections have no strategy", "name one, such as max_pressure")
        self.intersection = name
        self._place = names.index(name)
        self._start_others = start_others
        self._others: Decide | None = None
        layout = self.vector.layout
        self.observation_space = Box(layout.low, layout.high, (layout.size,), np.float32)
        self.action_space = Choices(self.vector.num_actions)

    def _begin(self) -> None:
        if self._start_others is not None:
            self._others = self._start_others(self.vector)

    def _seen(self, observations: Singles) -> Singles:
        seen: Singles = observations[0, self._place]
        return seen

    def _gain(self, rewards: Singles) -> float:
        return float(rewards[0, self._place])

    def _actions(self, action: Any) -> Ints:
        phases = np.zeros((1, len(self.vector.intersections)), np.int32)
        if self._others is not None:
            # as in a run of theirs: readings of the environment are watched and told already
            phases[:] = self._others(self.vector.simulation.detected())
        phases[0, self._place] = action
        return phases

    def _info(self, masks: Bools) -> dict[str, Any]:
        shown = int(self.vector.readings.phase[0, self._place])
        return {"action_mask": masks[0, self._place].astype(np.int8), "phase": shown}


for _name, _form in ((NETWORK_ID, "network"), (INTERSECTION_ID, "intersection")):
    gymnasium.register(_name, entry_point="traffic_marl:gymnasium_env", kwargs={"form": _form})
