"""Departure times in SUMO's route files: of one vehicle, or of a flow of vehicles."""

import math
import re
from dataclasses import dataclass

import numpy as np

from traffic_marl.errors import one_line
from traffic_marl.network.formats.sumo.elements import SHOWN, Element, number_or_none, time_of

LATEST = 1e9  # [s] of a time that is written in a file
ROUNDING = 1e-6  # [s] that a whole second may be exceeded by
SHORTEST = 1e-3  # [s] between two vehicles of a flow
SPREADS = 3.0  # standard deviations by which the last vehicle of a random flow may be late
SPREAD = re.compile(r"exp\((.+)\)")  # a period of random length, with the vehicles per second


@dataclass(frozen=True)
class Process:
    """When a flow creates vehicles: at equal steps, or at random."""

    begin: float  # [s]
    end: float  # [s]
    step: float  # [s] between two vehicles, or their mean
    count: int | None  # at most so many vehicles; None: as many as there is time for
    random: str = ""  # "", "bernoulli": at most one a second, or "poisson"

    def seconds(self, horizon: int, generator: np.random.Generator | None) -> list[int]:
        """[s] of departure before the horizon [s], ascending.

        Args:
            horizon: [s]
            generator: the only source of randomness. None for a process that is not random.
        """
        last = min(self.end, float(horizon))
        if last <= self.begin:
            return []
        if self.random:
            assert generator is not None, "a random process needs a generator"
            return self._drawn(last, generator)
        count = math.ceil((last - self.begin) / self.step - ROUNDING)
        count = count if self.count is None else min(count, self.count)
        times = np.ceil(self.begin + np.arange(max(count, 0)) * self.step - ROUNDING)
        return [int(time) for time in times if time < horizon]

    def expected(self, horizon: int) -> float:
        """[veh] expected before the horizon [s].

        Of a random process with a count it is the smaller of mean and count. That exceeds the expectation by 0.4 times
        the root of the count at most, namely where the two are equal.
        """
        if not self.random:
            return len(self.seconds(horizon, None))
        mean = max(0.0, min(self.end, float(horizon)) - self.begin) / self.step
        return mean if self.count is None else min(mean, self.count)

    def last(self) -> float:
        """[s] when the last vehicle departs. It is an upper bound where times are drawn."""
        if self.count is None:
            return max(self.begin, self.end - min(self.step, self.end - self.begin))
        if self.count == 0 or math.isinf(self.step):
            return self.begin
        steps = self.count + SPREADS * math.sqrt(self.count) if self.random else self.count - 1
        return min(self.end, self.begin + steps * self.step)

    def _drawn(self, last: float, generator: np.random.Generator) -> list[int]:
        """[s] of departure before a time [s], ascending. With a count they are the first ones of the process."""
        if self.random == "bernoulli":
            seconds = np.arange(math.ceil(self.begin - ROUNDING), math.ceil(last - ROUNDING))
            return [int(second) for second in seconds[generator.random(len(seconds)) < 1.0 / self.step][: self.count]]
        mean = (last - self.begin) / self.step
        if self.count is not None and self.count < mean:  # no more numbers are drawn than vehicles
            times = self.begin + np.cumsum(generator.exponential(self.step, self.count))
        else:
            times = np.sort(generator.random(generator.poisson(mean))) * (last - self.begin) + self.begin
        return [int(time) for time in np.floor(times[times < last][: self.count])]


def second_of(time: float) -> int:
    """[s] The first whole second at or after a time."""
    return math.ceil(time - ROUNDING)


def read_process(flow: Element) -> Process:
    """When a flow creates vehicles.

    Raises:
        DemandError: it has no rate, or a wrong time or rate.
    """
    begin = _time(flow, "begin", 0.0)
    end = _time(flow, "end", 86_400.0)
    if end < begin:
        raise flow.error(f"it ends at {end:g} s, before it begins at {begin:g} s", "give a later end")
    count = None if flow.find("number") is None else int(flow.number("number", 0, 1e9, "vehicles"))
    if count is not None and count != float(flow.text("number")):
        raise flow.error(f'"number" is {flow.text("number")}, which is no whole number', "give whole vehicles")
    period = flow.find("period")
    spread = None if period is None else SPREAD.fullmatch(period.replace(" ", ""))
    if spread is not None:
        rate = number_or_none(spread[1])
        if rate is None or not 0 < rate <= 1 / SHORTEST:
            raise flow.error(f'"period" is {period}, which is no rate', "give exp(vehicles per second)")
        return Process(begin, end, 1.0 / rate, count, "poisson")
    if flow.find("probability") is not None:
        share = flow.number("probability", 0.0, 1.0, "a probability in each second")
        return Process(begin, end if share > 0 else begin, 1.0 / share if share > 0 else 1.0, count, "bernoulli")
    return Process(begin, end, _step(flow, begin, end, count), count)


def _step(flow: Element, begin: float, end: float, count: int | None) -> float:
    """[s] between two vehicles of a flow that is not random."""
    if flow.find("period") is not None:
        return flow.number("period", SHORTEST, 1e9, "seconds")
    for name in ("vehsPerHour", "perHour"):
        if flow.find(name) is not None:
            hourly = flow.number(name, 0.0, 3600 / SHORTEST, "vehicles an hour")
            return 3600.0 / hourly if hourly > 0 else math.inf
    if count is None:
        remedy = "give it vehsPerHour, period, probability or number"
        raise flow.error("it does not say how many vehicles it has", remedy)
    return max(SHORTEST, (end - begin) / count) if count > 0 else math.inf


def _time(element: Element, name: str, otherwise: float) -> float:
    text = element.find(name)
    if text is None:
        return otherwise
    time = time_of(text)
    if time is None or not 0 <= time <= LATEST:
        what = f'"{name}" is {one_line(text, SHOWN)}, which is no time'
        raise element.error(what, "give seconds, at least 0, or hours:minutes:seconds")
    return time
