"""PettingZoo's forms of the environment: parallel, and agent by agent (AEC)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.spaces import Box, Discrete
from pettingzoo import AECEnv, ParallelEnv
from pettingzoo.utils import AssertOutOfBoundsWrapper, OrderEnforcingWrapper, parallel_to_aec

from traffic_marl.arrays import Bools, Singles
from traffic_marl.checks import LAST_SEED, checked_seed
from traffic_marl.environments.vector import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Simulation

RENDER_MODES = ("human", "rgb_array")


class Renderer(Protocol):
    """Draws one copy of the traffic."""

    def draw(self, simulation: Simulation) -> Any:
        """Shows the first copy in a window, or gives its picture (height, width, 3) of bytes."""
        ...

    def close(self) -> None:
        """Closes the window."""
        ...


MakeRenderer = Callable[[str, Network], Renderer]  # of a render mode


class TrafficParallelEnv(ParallelEnv[str, Singles, int]):  # type: ignore[misc]  # pettingzoo has no types
    """One copy of a scenario in which each intersection is an agent, all deciding at once.

    Agents bear the names of the intersections, in their order. All have the same spaces: observations (F,) in 0 .. 1,
    and actions 0 .. A - 1. Infos hold `action_mask` (A,) of int8 (as `action_masks` too) with a 1 for what the signals
    would grant now, and the `phase` shown; any other action of the space leaves the phase as it is.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        seed: of the traffic of the first episode; later ones take the seeds after it. None: one for training.
        render_mode: one of RENDER_MODES, or None.
        make_renderer: makes what draws; handed in, for drawing is not the environment's business.
        settings: those of `VectorEnv`: interval, observation, reward, action and more.

    Raises:
        TrafficError: as of `VectorEnv`, or for an unknown render mode.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        *,
        seed: int | None = None,
        render_mode: str | None = None,
        make_renderer: MakeRenderer | None = None,
        **settings: Any,
    ) -> None:
        self.vector = VectorEnv(scenario, 1, seeds_from(seed), autoreset=False, **settings)
        self.metadata = {"name": "traffic_marl_v0", "render_modes": list(RENDER_MODES), "is_parallelizable": True}
        self.render_mode = checked_mode(render_mode)
        self._make_renderer = make_renderer
        self._renderer: Renderer | None = None
        self.possible_agents = list(self.vector.intersections)
        self.agents: list[str] = []
        size = self.vector.layout.size
        self.observation_spaces = {agent: Box(0.0, 1.0, (size,), np.float32) for agent in self.possible_agents}
        self.action_spaces: dict[str, Discrete[np.int64]] = {
            agent: Discrete(self.vector.actions) for agent in self.possible_agents
        }
        self.state_space = Box(0.0, 1.0, (len(self.possible_agents) * size,), np.float32)
        self._state = np.zeros((len(self.possible_agents), size), np.float32)

    def observation_space(self, agent: str) -> Box:
        """What an agent sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> "Discrete[np.int64]":
        """What an agent may do."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Singles], dict[str, dict[str, Any]]]:
        """Begins an episode, with the traffic of this seed or else of the next one; there are no options."""
        self._state = self.vector.reset(None if seed is None else seeds_from(seed))[0]
        self.agents = self.possible_agents.copy()
        self._draw_window()
        return self._by_agent(self._state), self._infos(self.vector.action_masks())

    def step(
        self, actions: dict[str, int]
    ) -> tuple[
        dict[str, Singles], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
    ]:  # fmt: skip
        """Lets every agent do what it wants and moves on to the next decision.

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
        self._draw_window()
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
        """The picture (height, width, 3) of the present moment; nothing in a window, which draws itself.

        Raises:
            UsageError: the environment was made without a render mode, or there is nothing to draw with.
        """
        if self.render_mode is None:
            raise UsageError("render_mode", "the environment was made without one", f"give one of {RENDER_MODES}")
        return self._draw()

    def close(self) -> None:
        """Closes the window, if there is one."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def _draw_window(self) -> None:
        if self.render_mode == "human":
            self._draw()

    def _draw(self) -> Any:
        if self._renderer is None:
            assert self.render_mode is not None, "only called with a render mode"
            if self._make_renderer is None:
                raise UsageError("render_mode", "there is nothing to draw with", "use traffic_marl.parallel_env")
            self._renderer = self._make_renderer(self.render_mode, self.vector.network)
        return self._renderer.draw(self.vector.simulation)

    def _checked(self, agent: str, actions: dict[str, int]) -> int:
        if agent not in actions:
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


def aec_env(parallel: TrafficParallelEnv) -> AECEnv[str, Singles, int]:
    """The same environment agent by agent, through PettingZoo's own conversion and checks."""
    return OrderEnforcingWrapper(AssertOutOfBoundsWrapper(parallel_to_aec(parallel)))


def seeds_from(seed: int | None) -> range | None:
    """The seeds from this one on.

    Raises:
        UsageError: it is no whole number, negative or too large.
    """
    if seed is None:
        return None
    return range(checked_seed(seed), LAST_SEED)


def checked_mode(mode: str | None) -> str | None:
    """The render mode.

    Raises:
        UsageError: there is none of this name.
    """
    if mode is not None and mode not in RENDER_MODES:
        raise UsageError("render_mode", f"{mode!r} is not one", f"there are {', '.join(RENDER_MODES)}")
    return mode
