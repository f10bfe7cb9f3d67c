"""Playback: the clock of a window: which time of a run is shown, and how fast it goes on."""

from dataclasses import dataclass

SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)  # [s/s]


@dataclass
class Playback:
    """A time between 0 and the last second of a run."""

    last: int  # [s]
    speed: float  # [s/s] seconds of the run in a second
    position: float = 0.0  # [s] the time shown
    goal: float | None = None  # [s] a time sought that has not been reached yet
    paused: bool = False

    @property
    def second(self) -> int:
        """[s] the last full second before the time shown."""
        return int(self.position)

    @property
    def share(self) -> float:
        """Of the next second that is over."""
        return self.position - int(self.position)

    @property
    def ended(self) -> bool:
        """Nothing is left to be shown."""
        return self.position >= self.last

    def tick(self, elapsed: float) -> None:
        """Goes on by so many seconds of a watch on the wall."""
        if not self.paused and self.goal is None:
            self.position = self._within(self.position + elapsed * self.speed)

    def step(self) -> None:
        """Pauses, and goes on to the next full second."""
        self.paused = True
        self.seek(float(self.second + 1))

    def seek(self, position: float) -> None:
        """Has the nearest time there is, [s], shown as soon as it is reached."""
        self.goal = self._within(position)

    @property
    def wanted(self) -> float:
        """[s] the time to be shown: the one sought, or the one that has come."""
        return self.position if self.goal is None else self.goal

    def reach(self, second: int, last: int) -> None:
        """Takes note of how far the runs have come, towards the time wanted.

        Args:
            second: [s] up to which there is something to show.
            last: [s] the last second of the runs, as far as is known now.
        """
        self.last = last
        wanted = self._within(self.wanted)
        if second < int(wanted):
            self.position = float(second)
            return
        self.position = wanted
        self.goal = None

    def _within(self, position: float) -> float:
        return min(max(position, 0.0), float(self.last))

    def faster(self) -> None:
        """Takes the next speed up, if there is one."""
        self.speed = min((speed for speed in SPEEDS if speed > self.speed), default=self.speed)

    def slower(self) -> None:
        """Takes the next speed down, if there is one."""
        self.speed = max((speed for speed in SPEEDS if speed < self.speed), default=self.speed)
