"""PettingZoo's forms of the environment: all agents at once (parallel), and one after the other (AEC)."""

from pathlib import Path
from typing import Any, TypeAlias, Unpack

import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.spaces import Box, Discrete
from pettingzoo import AECEnv, ParallelEnv
from pettingzoo.utils import AssertOutOfBoundsWrapper, OrderEnforcingWrapper, parallel_to_aec

from traffic_marl.arrays import Bools, Singles
from traffic_marl.environments.options import EnvironmentOptions, seeds_from
from traffic_marl.environments.screen import RENDER_MODES, MakeRenderer, Screen
from traffic_marl.environments.spaces import Choices, warn_of_options
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.scenario import Scenario


class TrafficParallelEnv(ParallelEnv[str, Singles, int]):  # type: ignore[misc]  # pettingzoo has no types
    """One copy of a scenario in which each intersection is an agent. All agents decide at once.

    Agents have the names of the intersections, in their order. All have the same spaces: observations (F,) in 0 .. 1,
    and actions 0 .. A - 1. Infos hold `action_mask` (A,) of int8 (as `action_masks` too) with a 1 for each action that
    has an effect now, and the `phase` shown. Any other action of the space leaves the phase as it is, or, in the action
    space `gap_out` where a green must end, brings the first phase that may follow.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        seed: of the traffic of the first episode. Later episodes take the seeds after it. None takes training seeds.
        render_mode: one of RENDER_MODES, or None.
        make_renderer: makes the renderer. `traffic_marl.parallel_env` hands it in.
        options: `interval` [s], `observation`, `reward`, `action` and more, as for `VectorEnv`.

    Raises:
        TrafficError: as for `VectorEnv`, or the render mode is unknown.
    """

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
        self.metadata = {"name": "traffic_marl_v0", "render_modes": list(RENDER_MODES), "is_parallelizable": True}
        self.screen = Screen(render_mode, self.vector.network, make_renderer)
        self.render_mode = render_mode
        self.possible_agents = list(self.vector.intersections)
        self.agents: list[str] = []
        layout, size = self.vector.layout, self.vector.layout.size
        seen = Box(layout.low, layout.high, (size,), np.float32)
        self.observation_spaces = dict.fromkeys(self.possible_agents, seen)
        self.action_spaces: dict[str, Discrete[np.int64]] = {
            agent: Choices(self.vector.num_actions) for agent in self.possible_agents
        }
        self.state_space = Box(layout.low, layout.high, (len(self.possible_agents) * size,), np.float32)
        self._state = np.zeros((len(self.possible_agents), size), np.float32)

    def observation_space(self, agent: str) -> Box:
        """The space of an agent's observations."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> "Discrete[np.int64]":
        """The space of an agent's actions."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Singles], dict[str, dict[str, Any]]]:
        """Begins an episode, with the traffic of this seed or of the next one.

        There are no options. A warning names those that are given.

        Raises:
            UsageError: the seed is no whole number, negative or too large, or the options are no dictionary.
        """
        warn_of_options(options)
        self._state = self.vector.reset(seeds_from(seed))[0]
        self.agents = self.possible_agents.copy()
        self.screen.update(self.vector.simulation)
        return self._by_agent(self._state), self._infos(self.vector.action_masks())

    def step(
        self, actions: dict[str, int]
    ) -> tuple[
        dict[str, Singles], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
    ]:  # fmt: skip
        """Takes the action of every agent and moves on to the next decision.

        Raises:
            ResetNeeded: no episode is under way.
            InvalidAction: an agent has no action, or one outside its space.
        """
        if not self.agents:
            raise ResetNeeded("no episode is under way; call reset() first")
        wanted = np.array([[self._checked(agent, actions) for agent in self.agents]])
        observations, rewards, _, truncated, infos = self.vector.step(wanted)
        self._state = observations[0]
        agents, over = self.agents, bool(truncated[0])
        self.agents = [] if over else agents
        self.screen.update(self.vector.simulation)
        return (
            self._by_agent(self._state),
            dict(zip(agents, rewards[0].tolist(), strict=True)),
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, over),
            self._infos(infos["action_masks"]),
        )

    def state(self) -> Singles:
        """The observations of all agents one after the other, (N F,), for critics that see everything."""
        return self._state.ravel().copy()

    def render(self) -> Any:
        """The picture (height, width, 3) of the present moment. None if it went into a window.

        Raises:
            UsageError: the environment was made without a render mode, or there is nothing to draw with.
        """
        return self.screen.draw(self.vector.simulation)

    def close(self) -> None:
        """Closes the window, if there is one."""
        self.screen.close()

    def _checked(self, agent: str, actions: dict[str, int]) -> int:
        if not isinstance(actions, dict) or agent not in actions:
            raise InvalidAction(f"agent {agent!r} has no action; step() needs one for each of {self.agents}")
        if not self.action_spaces[agent].contains(actions[agent]):
            space = self.action_spaces[agent]
            raise InvalidAction(f"action {actions[agent]!r} of agent {agent!r} is not in its action space {space}")
        return int(actions[agent])

    def _by_agent(self, values: Singles) -> dict[str, Singles]:
        return dict(zip(self.possible_agents, values, strict=True))

    def _infos(self, masks: Bools) -> dict[str, dict[str, Any]]:
        bits = masks[0].astype(np.int8)
        shown = self.vector.readings.phase[0].tolist()
        return {
            agent: {"action_mask": bits[n], "action_masks": bits[n], "phase": shown[n]}
            for n, agent in enumerate(self.possible_agents)
        }


TrafficAECEnv: TypeAlias = AECEnv[str, Singles, int]


def aec_env(parallel: TrafficParallelEnv) -> TrafficAECEnv:
    """The same environment with agents that take turns, through PettingZoo's own conversion and checks."""
    return OrderEnforcingWrapper(AssertOutOfBoundsWrapper(parallel_to_aec(parallel)))
