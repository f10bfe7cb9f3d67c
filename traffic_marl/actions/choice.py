"""Action spaces by name."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from traffic_marl.actions.gap_out import CLOCK, LONGEST_GREEN, GapOutActions
from traffic_marl.actions.moment import Moment
from traffic_marl.actions.phases import CycleActions, DurationActions, PhaseActions
from traffic_marl.arrays import Bools, Ints
from traffic_marl.checks import at_least_one, check_name, shown
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network

ACTIONS: dict[str, str] = {
    "phase": "the next phase, any of them (acyclic)",
    "cycle": "0 keeps the phase shown, 1 asks for the next one in the cycle",
    "duration": "a phase and the number of decisions it is kept: action = phase x 6 + place in (1, 2, 3, 4, 6, 9)",
    "gap_out": "the next phase, when detectors let a green end, when it may be left early, or for an overdue call",
    "plan": "as gap_out, and also when a plan foresees less delay with another phase next",
}
GAP_OUT, BY_PLAN = "gap_out", "plan"
OWN_MOMENTS = (GAP_OUT, BY_PLAN)  # in which each intersection has its own moments of choice
LONGEST_WAIT = 180  # [s] bound of a call's wait in the action space `gap_out`, unless another one is given


def interval_for(action: str, usual: int, given: int | None) -> int:
    """[s] between decisions in an action space.

    Args:
        action: name of the action space.
        usual: [s] that the scenario says.
        given: [s] that the user says. None takes the usual one, or 1 with OWN_MOMENTS, which follow detectors.

    Raises:
        UsageError: it is no whole number from 1 on, or moments at which greens may be left would be missed.
    """
    if given is None:
        return 1 if action in OWN_MOMENTS else usual
    interval = at_least_one("interval", given)
    if action in OWN_MOMENTS and CLOCK % interval:
        what = f"{action} may leave an occupied green every {CLOCK} s, and decisions every {interval} s miss that"
        raise UsageError("interval", what, "give 1, or leave it out")
    return interval


class Actions(Protocol):
    """A way of acting on N intersections in B copies."""

    count: int  # A: actions are 0 .. A - 1
    narrows_phases: bool  # whether its masks take the place of the phases allowed in an observation

    def reset(self) -> None:
        """Forgets the last episode."""
        ...

    def masks(self, moment: Moment) -> Bools:
        """(B, N, A) actions that have an effect now. Called once at each decision, in the order of time."""
        ...

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """(B, N) phases asked for by the actions (B, N), given the phases shown (B, N)."""
        ...


_EVERY_DECISION: dict[str, Callable[[int, Ints, int], Actions]] = {
    "phase": PhaseActions,
    "cycle": CycleActions,
    "duration": DurationActions,
}


def make_actions(
    name: str,
    copies: int,
    network: Network,
    timing: Timing,
    longest_wait: int | None = LONGEST_WAIT,
    longest_green: int = LONGEST_GREEN,
) -> Actions:
    """The actions of this name for B copies of a network.

    Args:
        name: one of ACTIONS.
        copies: B.
        network: of the intersections.
        timing: of its signals.
        longest_wait: [s] bound of the wait of a call, for OWN_MOMENTS. None sets none.
        longest_green: [s] after which a green ends if there is a call elsewhere, for OWN_MOMENTS.

    Raises:
        UsageError: the name is unknown, or a time is no whole number of at least 1.
    """
    check_name("action", name, ACTIONS)
    if longest_wait is not None:
        longest_wait = at_least_one("longest_wait", longest_wait)
    longest_green = at_least_one("longest_green", longest_green)
    if name in OWN_MOMENTS:
        return GapOutActions(copies, network, timing, longest_wait, longest_green, follows_plan=name == BY_PLAN)
    return _EVERY_DECISION[name](copies, network.tables.phase_count, network.tables.served.shape[1])


def checked_actions(actions: Any, shape: tuple[int, ...], count: int) -> Ints:
    """The actions of all agents, as an array.

    Args:
        actions: whole numbers, an array or lists.
        shape: (B, N).
        count: A: actions are 0 .. A - 1.

    Raises:
        UsageError: they are something else.
    """
    remedy = f"give whole numbers of shape {shape}"
    try:
        wanted = np.asarray(actions)
    except ValueError:  # lists of different lengths
        raise UsageError("actions", f"{shown(actions)} has no shape", remedy) from None
    if wanted.shape != shape or wanted.dtype.kind not in "iu":
        raise UsageError("actions", f"{wanted.dtype} of shape {wanted.shape}", remedy)
    outside = (wanted < 0) | (wanted >= count)
    if outside.any():
        raise UsageError("actions", f"{wanted[outside][0]} is not an action", f"give 0 to {count - 1}")
    return wanted
