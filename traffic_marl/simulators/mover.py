"""Mover, the protocol of a program that moves the vehicles of one copy while the signals are kept here."""

from typing import NamedTuple, Protocol

from traffic_marl.arrays import Ints, StructuredArray
from traffic_marl.kernels.observed.tables import Seen


class Lights(NamedTuple):
    """What the signals of all intersections show, where the other program keeps them itself."""

    phase: Ints  # (N,) green, or coming next
    interval: Ints  # (N,) GREEN, YELLOW or ALL_RED


class Mover(Protocol):
    """A program that moves vehicles, second by second."""

    def move(self, signals: StructuredArray) -> Seen:
        """Moves the vehicles through the next second and gives all that are under way at its end, in any order.

        Args:
            signals: SIGNAL (N,) as shown in this second.
        """
        ...

    def lights(self) -> Lights | None:
        """What signals show that the program keeps itself. None if it shows those that it is given."""
        ...
