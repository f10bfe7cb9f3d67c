"""Patience: the time that a process has for its answer, after which it is taken for one that hangs."""

from dataclasses import dataclass, field

FIRST = 600.0  # [s] for the first answer of a process, which may have to compile
LEAST = 60.0  # [s] for a later answer of a process that samples
TIMES = 10.0  # the longest answer so far, this many times, is waited for


@dataclass
class Patience:
    """The time that processes have for an answer, learnt from the answers so far.

    It is measured by the clock of the process that waits, which never goes back. Clocks of other machines do not count.
    """

    least: float = FIRST  # [s]
    longest: float = 0.0  # [s] that an answer has taken
    known: set[int] = field(default_factory=set)  # processes that have answered

    def seconds(self, processes: list[int]) -> float:
        """Time [s] to wait for an answer of each of these processes."""
        if not self.known.issuperset(processes):
            return FIRST
        return max(self.least, TIMES * self.longest)

    def note(self, process: int, seconds: float) -> None:
        """Notes an answer and the time [s] that it has taken."""
        self.known.add(process)
        self.longest = max(self.longest, seconds)

    def forget(self, process: int) -> None:
        """Forgets a process, whose successor may have to compile again."""
        self.known.discard(process)
