"""Action spaces with a choice at every decision: a phase, keep or next, a phase with a duration.

The signals decide when a phase is shown: an action never overrules their timing.
"""

import numpy as np

from traffic_marl.actions.moment import Moment
from traffic_marl.arrays import Bools, Ints

DURATIONS = (1, 2, 3, 4, 6, 9)  # decisions
KEEP, NEXT = 0, 1


class PhaseActions:
    """The action is the phase. One that the intersection lacks keeps the phase shown."""

    narrows_phases = False

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = phases
        self._phase_count = phase_count

    def reset(self) -> None:
        """Does nothing. There is nothing to forget."""

    def masks(self, moment: Moment) -> Bools:
        """The phases allowed."""
        return moment.allowed

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The actions themselves."""
        return np.where(actions < self._phase_count, actions, shown).astype(np.int32)


class CycleActions:
    """Keep or next."""

    narrows_phases = False

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = 2
        self._phase_count = phase_count

    def reset(self) -> None:
        """Does nothing. There is nothing to forget."""

    def masks(self, moment: Moment) -> Bools:
        """Keep always, next where it is allowed."""
        after = (moment.readings.phase + 1) % self._phase_count
        may = np.take_along_axis(moment.allowed, after[:, :, None], axis=2)
        return np.concatenate([np.ones_like(may), may], axis=2)

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The phase shown or the one after it."""
        return np.where(actions == NEXT, (shown + 1) % self._phase_count, shown).astype(np.int32)


class DurationActions:
    """A phase with the number of decisions for which it is kept. Actions during these have no effect."""

    narrows_phases = False

    def __init__(self, copies: int, phase_count: Ints, phases: int) -> None:
        self.count = phases * len(DURATIONS)
        self._phase_count = phase_count
        self._chosen: Ints = np.zeros((copies, len(phase_count)), np.int32)
        self._left: Ints = np.zeros((copies, len(phase_count)), np.int32)  # decisions for which the phase is still kept

    def reset(self) -> None:
        """Clears all running durations."""
        self._chosen[:] = 0
        self._left[:] = 0

    def masks(self, moment: Moment) -> Bools:
        """The action under way where there is one, else all durations of the phases allowed."""
        free = np.repeat(moment.allowed, len(DURATIONS), axis=2)
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
