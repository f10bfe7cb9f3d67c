"""One run under two strategies: some intersections follow the one, the others the other, each at its own interval."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.simulation import Readings
from traffic_marl.strategies.strategy import Controller


class OwnInterval:
    """Asks a controller at the multiples of its interval, in a loop whose steps may be shorter.

    It shows the controller what has added up since the decision before, as if the steps were one.

    Args:
        controller: decides.
        interval: [s] between its decisions, a multiple of the steps.
    """

    def __init__(self, controller: Controller, interval: int) -> None:
        self._controller = controller
        self._interval = interval
        self._span = 0
        self._delay: Floats | None = None
        self._discharged: Ints | None = None
        self._asked: Ints | None = None

    def decide(self, readings: Readings) -> Ints:
        """Phases that the controller asks for, or asked for at its last decision, (B, N)."""
        self._span += readings.span
        self._delay = readings.delay if self._delay is None else self._delay + readings.delay
        before = 0 if self._discharged is None else self._discharged
        self._discharged = (readings.discharged + before).astype(np.int32)
        if self._asked is None or readings.time % self._interval == 0:
            whole = replace(readings, span=self._span, delay=self._delay, discharged=self._discharged)
            self._asked = self._controller.decide(whole)
            self._span, self._delay, self._discharged = 0, None, None
        return self._asked


class Divided:
    """Decides at each intersection as one of two controllers does.

    Args:
        controllers: two, each of all copies.
        by_second: (B, N) where the second one decides.
    """

    def __init__(self, controllers: Sequence[Controller], by_second: Bools) -> None:
        self._first, self._second = controllers
        self._by_second = by_second

    def decide(self, readings: Readings) -> Ints:
        """Phases asked for, (B, N)."""
        first, second = self._first.decide(readings), self._second.decide(readings)
        return np.where(self._by_second, second, first)
