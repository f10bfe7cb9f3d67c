"""Screen: draws an environment with one copy in a window, as pixels, or not at all."""

from collections.abc import Callable
from typing import Any, Protocol

from traffic_marl.checks import check_name
from traffic_marl.errors import UsageError
from traffic_marl.network.network import Network
from traffic_marl.simulation import Simulation

RENDER_MODES = ("human", "rgb_array")


class Renderer(Protocol):
    """Draws the first copy of a simulation."""

    def draw(self, simulation: Simulation) -> Any:
        """Pixels (height, width, 3) of bytes, or None if they went into a window."""
        ...

    def close(self) -> None:
        """Closes the window, if there is one."""
        ...


MakeRenderer = Callable[[str, Network], Renderer]  # of a render mode


class Screen:
    """Draws an environment in its render mode.

    Args:
        mode: one of RENDER_MODES. None draws nothing.
        network: where the traffic moves.
        make_renderer: makes the renderer on first use. It is handed in, because environments do not know the viewer.

    Raises:
        UsageError: there is no such mode.
    """

    def __init__(self, mode: str | None, network: Network, make_renderer: MakeRenderer | None) -> None:
        if mode is not None:
            check_name("render_mode", mode, RENDER_MODES)
        self.mode = mode
        self._network = network
        self._make_renderer = make_renderer
        self._renderer: Renderer | None = None

    def update(self, simulation: Simulation) -> None:
        """Shows the present moment, if there is a window."""
        if self.mode == "human":
            self.draw(simulation)

    def draw(self, simulation: Simulation) -> Any:
        """The picture (height, width, 3) of the present moment. None if it went into a window.

        Raises:
            UsageError: the environment has no render mode, or nothing to draw with.
        """
        if self.mode is None:
            remedy = f"make it with one of {', '.join(RENDER_MODES)}"
            raise UsageError("render_mode", "the environment was made without one", remedy)
        if self._renderer is None:
            if self._make_renderer is None:
                remedy = "make the environment with traffic_marl.parallel_env or traffic_marl.gymnasium_env"
                raise UsageError("render_mode", "there is nothing to draw with", remedy)
            self._renderer = self._make_renderer(self.mode, self._network)
        return self._renderer.draw(simulation)

    def close(self) -> None:
        """Closes the window, if there is one."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
