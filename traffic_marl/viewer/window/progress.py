"""Progress: the panes of a window are brought to a second together."""

import time
from collections.abc import Sequence

from traffic_marl.viewer.window.pane import Pane

FRAME_BUDGET = 0.025  # [s] that a frame may spend on the simulation of each run


def bring(panes: Sequence[Pane], second: int, *, sought: bool) -> int:
    """Moves all panes towards a second, as far as they come within FRAME_BUDGET for each.

    All panes take a step before any takes another, so a fast run is never ahead of a slow one.

    Args:
        panes: the panes.
        second: [s] the second to be shown. A run that ends before it shows its end.
        sought: a person asked for this time. Panes may go back, and leave out seconds that are not shown. Otherwise a
            pane that is ahead waits.

    Returns:
        [s] the second that all panes have reached, apart from runs that have ended.
    """
    if sought:
        for pane in panes:
            if pane.time > min(second, pane.source.last):
                pane.turn_back(second)
    give_up = time.monotonic() + FRAME_BUDGET * len(panes)
    while (late := _late(panes, second)) and time.monotonic() < give_up:
        hindmost = min(pane.time for pane in late)
        for pane in late:
            if pane.time == hindmost:
                pane.step(second, skip=sought)
    for pane in panes:
        pane.settle()
        _bring_alone(pane)
    return min((pane.time for pane in _late(panes, second)), default=second)


def _bring_alone(pane: Pane) -> None:
    """Moves the strategy left alone towards the pane's second. The window does not wait for it."""
    give_up = time.monotonic() + FRAME_BUDGET
    while time.monotonic() < give_up and pane.step_alone():
        pass


def _late(panes: Sequence[Pane], second: int) -> list[Pane]:
    """The panes that have not reached a second yet."""
    return [pane for pane in panes if not pane.is_at(second)]
