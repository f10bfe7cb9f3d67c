"""Playback: the clock of a window, with the time that is shown and its speed."""

import math
from dataclasses import dataclass

SPEED = 10.0  # [s/s] at the start
SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)  # [s/s]


@dataclass
class Playback:
    """A time between 0 and the last second of a run."""

    last: int  # [s]
    speed: float  # [s/s] seconds of the run in a second
    position: float = 0.0  # [s] the time shown
    goal: float | None = None  # [s] a time that was asked for and is not reached yet
    paused: bool = False

    @property
    def second(self) -> int:
        """[s] the last full second before the time shown."""
        return int(self.position)

    @property
    def share(self) -> float:
        """0 to 1, the part of the next second that is over."""
        return self.position - int(self.position)

    @property
    def ended(self) -> bool:
        """Whether the last second is shown."""
        return self.position >= self.last

    def tick(self, elapsed: float) -> None:
        """Moves on by some seconds of real time."""
        if not self.paused and self.goal is None:
            self.position = self._within(self.position + elapsed * self.speed)

    def step(self) -> None:
        """Pauses at the next full second."""
        self.paused = True
        self.seek(float(self.second + 1))

    def seek(self, position: float) -> None:
        """Asks for a time [s], or the nearest one within the run. It is shown as soon as it is reached."""
        self.goal = self._within(position)

    @property
    def wanted(self) -> float:
        """[s] the time that is asked for, or else the time that is shown."""
        return self.position if self.goal is None else self.goal

    def reach(self, second: int, last: int) -> None:
        """Moves to the time wanted, as far as the runs have come.

        Unless a time is asked for, the clock waits at the end of the second that is reached. It does not go back.

        Args:
            second: [s] the second that all runs have reached.
            last: [s] the last second of the runs, as far as known.
        """
        self.last = last
        wanted = self._within(self.wanted)
        if second < int(wanted):
            self.position = float(second) if self.goal is not None else math.nextafter(second + 1.0, 0.0)
            return
        self.position = wanted
        self.goal = None

    def _within(self, position: float) -> float:
        return min(max(position, 0.0), float(self.last))

    def faster(self) -> None:
        """Takes the next higher speed, if there is one."""
        self.speed = min((speed for speed in SPEEDS if speed > self.speed), default=self.speed)

    def slower(self) -> None:
        """Takes the next lower speed, if there is one."""
        self.speed = max((speed for speed in SPEEDS if speed < self.speed), default=self.speed)
