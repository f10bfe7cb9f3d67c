"""Actions: the choices of an agent, by name, and the phase that each of them asks for.

The signals decide when a phase is shown: an action never overrules their timing.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.checks import check_name, shown
from traffic_marl.errors import UsageError

ACTIONS: dict[str, str] = {
    "phase": "the next phase, any of them (acyclic)",
    "cycle": "0 keeps the phase shown, 1 asks for the next one in the cycle",
    "duration": "a phase and the number of decisions it is kept: action = phase x 6 + place in (1, 2, 3, 4, 6, 9)",
}
DURATIONS = (1, 2, 3, 4, 6, 9)  # decisions
KEEP, NEXT = 0, 1


class Actions(Protocol):
    """A way of acting on N intersections in B copies."""

    count: int  # A: actions are 0 .. A - 1

    def reset(self) -> None:
        """Forgets the last episode."""
        ...

    def masks(self, shown: Ints, allowed: Bools) -> Bools:
        """(B, N, A) actions that have an effect now, given the phases shown (B, N) and allowed (B, N, P)."""
        ...

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """(B, N) phases asked for by the actions (B, N)."""
        ...


class PhaseActions:
    """The action is the phase. One that the intersection lacks keeps the phase shown."""

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = phases
        self._phase_count = phase_count

    def reset(self) -> None:
        """Does nothing. There is nothing to forget."""

    def masks(self, shown: Ints, allowed: Bools) -> Bools:
        """The phases allowed."""
        return allowed

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The actions themselves."""
        return np.where(actions < self._phase_count, actions, shown).astype(np.int32)


class CycleActions:
    """Keep or next."""

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = 2
        self._phase_count = phase_count

    def reset(self) -> None:
        """Does nothing. There is nothing to forget."""

    def masks(self, shown: Ints, allowed: Bools) -> Bools:
        """Keep always, next where it is allowed."""
        after = (shown + 1) % self._phase_count
        may = np.take_along_axis(allowed, after[:, :, None], axis=2)
        return np.concatenate([np.ones_like(may), may], axis=2)

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The phase shown or the one after it."""
        return np.where(actions == NEXT, (shown + 1) % self._phase_count, shown).astype(np.int32)


class DurationActions:
    """A phase with the number of decisions for which it is kept. Actions during these have no effect."""

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = phases * len(DURATIONS)
        self._phase_count = phase_count
        self._chosen: Ints = np.zeros((copies, len(phase_count)), np.int32)
        self._left: Ints = np.zeros((copies, len(phase_count)), np.int32)  # decisions for which the phase is still kept

    def reset(self) -> None:
        """Clears all running durations."""
        self._chosen[:] = 0
        self._left[:] = 0

    def masks(self, shown: Ints, allowed: Bools) -> Bools:
        """The action under way where there is one, else all durations of the phases allowed."""
        free = np.repeat(allowed, len(DURATIONS), axis=2)
        bound = np.arange(self.count) == self._chosen[:, :, None]
        return np.where(self._left[:, :, None] > 0, bound, free)

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The phases chosen now or kept from before. Counts a decision."""
        free = self._left == 0
        self._chosen = np.where(free, actions, self._chosen).astype(np.int32)
        lasts = np.array(DURATIONS)[self._chosen % len(DURATIONS)]
        self._left = (np.where(free, lasts, self._left) - 1).astype(np.int32)
        phase = self._chosen // len(DURATIONS)
        return np.where(phase < self._phase_count, phase, shown).astype(np.int32)


_MAKERS: dict[str, Callable[[int, Ints, int], Actions]] = {
    "phase": PhaseActions,
    "cycle": CycleActions,
    "duration": DurationActions,
}


def make_actions(name: str, copies: int, phase_count: Ints, phases: int) -> Actions:
    """The actions of this name for B copies of N intersections.

    Raises:
        UsageError: the name is unknown.
    """
    check_name("action", name, ACTIONS)
    return _MAKERS[name](copies, phase_count, phases)


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
