"""Axes: from values to places in a picture, with round numbers as ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats

MINUTE, HOUR = 60, 3600  # [s]
SIDE = 1000.0  # of a picture, which is stretched to its place on the page
MOST_TICKS = 6  # of an axis, the last one left out
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)  # between ticks, times a power of ten
CLOCK_STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)  # [s] between ticks
NARROW = 1e-9  # of a range, relative to its values


@dataclass(frozen=True)
class Axis:
    """A range of values with ticks."""

    low: float
    high: float
    title: str  # with the unit
    ticks: tuple[tuple[float, str], ...]  # value and text, ascending

    def at(self, value: float) -> float:
        """The place of a value, 0 at the low end and SIDE at the high one."""
        return SIDE * (value - self.low) / (self.high - self.low)

    def places(self, values: Floats) -> Floats:
        """The places of values."""
        return SIDE * (values - self.low) / (self.high - self.low)

    def share(self, value: float) -> float:
        """The place of a value in percent."""
        return 100.0 * (value - self.low) / (self.high - self.low)


def number_axis(values: Sequence[float] | Floats, title: str, *, from_zero: bool = True) -> Axis:
    """An axis that holds all values. Those that are no numbers are left out.

    Args:
        values: to hold.
        title: with the unit.
        from_zero: whether it holds 0 too.
    """
    finite = np.asarray(values, np.float64)
    finite = finite[np.isfinite(finite)]
    known = np.append(finite, 0.0) if from_zero or not len(finite) else finite
    least, most = float(known.min()), float(known.max())
    if most - least <= NARROW * max(abs(least), abs(most), 1.0):
        least, most = least - (0.0 if from_zero and least == 0.0 else 1.0), most + 1.0
    step = _step((most - least) / MOST_TICKS)
    low, high = math.floor(least / step + NARROW) * step, math.ceil(most / step - NARROW) * step
    digits = max(0, -math.floor(math.log10(step) + NARROW) + (0 if _is_whole(step) else 1))
    count = round((high - low) / step)
    ticks = tuple((low + place * step, f"{low + place * step:.{digits}f}") for place in range(count + 1))
    return Axis(low, high, title, ticks)


def time_axis(end: float, title: str = "time [h:min]", begin: float = 0.0) -> Axis:
    """An axis of time [s], with ticks as on a clock. Where they tell seconds, so does the title."""
    length = max(end - begin, 1.0)
    step = next((each for each in CLOCK_STEPS if length / each <= MOST_TICKS + 1), CLOCK_STEPS[-1])
    first = math.ceil(begin / step - NARROW)
    last = math.floor(end / step + NARROW)
    shown = step < MINUTE
    title = title.replace("[h:min]", "[h:min:s]") if shown else title
    ticks = tuple((float(place * step), clock(place * step, seconds=shown)) for place in range(first, last + 1))
    return Axis(begin, begin + length, title, ticks)


def clock(second: int, *, seconds: bool = False) -> str:
    """A time [s] as hours and minutes, and seconds if wanted."""
    text = f"{second // HOUR}:{second // MINUTE % MINUTE:02d}"
    return f"{text}:{second % MINUTE:02d}" if seconds else text


def _step(least: float) -> float:
    """The least round step that is not below a number."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * each for each in STEPS if power * each >= least * (1.0 - NARROW))


def _is_whole(step: float) -> bool:
    """Whether the leading digits of a step are one digit."""
    leading = step / 10.0 ** math.floor(math.log10(step) + NARROW)
    return abs(leading - round(leading)) < NARROW * 10
