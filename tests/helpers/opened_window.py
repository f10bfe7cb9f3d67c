"""A window at a certain second."""

from typing import Any


def at(window: Any, second: float) -> Any:
    """The window at this second, paused."""
    window.state.playback.seek(float(second))
    window.state.playback.paused = True
    window.frame(0.0)
    while window.state.playback.goal is not None:
        window.frame(0.0)
    return window
