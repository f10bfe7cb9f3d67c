"""Turns: the severities at which one strategy overtakes another."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.comparison.robustness.degradation import Series
from traffic_marl.comparison.statistics import paired


@dataclass(frozen=True)
class Turn:
    """A severity at which the order of two strategies turns, by their mean delays."""

    before: str  # strategy with less delay at lower severities
    after: str  # strategy with less delay at higher ones
    value: float  # of the perturbation, where the mean difference is zero
    low: float | None  # up to here the first has significantly less delay; None if it has nowhere
    high: float | None  # from here on the second has significantly less delay; None if it has nowhere

    @property
    def is_certain(self) -> bool:
        """Whether the order is significant on both sides."""
        return self.low is not None and self.high is not None


def turns(series: Series) -> tuple[Turn, ...]:
    """All turns of a series, least severe first.

    Between two values the paired difference of the mean delays and its interval are taken as straight lines. The
    intervals of all pairs at all values hold jointly.
    """
    labels = series.labels
    pairs = list(combinations(labels, 2))
    found = [turn for one, other in pairs for turn in _of_pair(series, one, other, len(pairs) * len(series.values))]
    direction = 1.0 if series.values[-1] >= series.values[0] else -1.0
    return tuple(sorted(found, key=lambda turn: (direction * turn.value, turn.before, turn.after)))


def leaders(series: Series) -> tuple[str, ...]:
    """The strategy with the least mean delay at each value."""
    labels = series.labels
    return tuple(next(row.label for row in each.rows if row.label in labels) for each in series.comparisons)


def _of_pair(series: Series, one: str, other: str, comparisons: int) -> Iterator[Turn]:
    """The turns of two strategies."""
    differences = [
        paired(each.row(one).measures.mean_delay, each.row(other).measures.mean_delay, comparisons=comparisons)
        for each in series.comparisons
    ]
    values = np.asarray(series.values)
    mean = np.array([each.mean for each in differences])
    width = np.array([np.inf if each.half_width is None else each.half_width for each in differences])
    order = [place for place in range(len(mean)) if np.isfinite(mean[place]) and mean[place] != 0.0]
    for here, there in pairwise(order):
        if mean[here] * mean[there] > 0.0:
            continue
        sign = float(np.sign(mean[here]))  # -1 if `one` has less delay before the turn
        before, after = (one, other) if sign < 0.0 else (other, one)
        at = _zero(values[[here, there]], mean[[here, there]])
        low = _last_certain(values, sign * mean, width, here)
        high = _first_certain(values, -sign * mean, width, there)
        yield Turn(before, after, at, low, high)


def _zero(values: Floats, means: Floats) -> float:
    """Where a straight line between two points of opposite sign is zero."""
    return float(values[0] + (values[1] - values[0]) * means[0] / (means[0] - means[1]))


def _last_certain(values: Floats, lead: Floats, width: Floats, here: int) -> float | None:
    """The greatest severity before a turn up to which a lead exceeds the width of its interval."""
    margin = lead - width
    for place in range(here, -1, -1):
        if lead[place] <= 0.0:
            return None
        if margin[place] > 0.0:
            return _edge(values, margin, place, place + 1)
    return None


def _first_certain(values: Floats, lead: Floats, width: Floats, there: int) -> float | None:
    """The least severity after a turn from which on a lead exceeds the width of its interval."""
    margin = lead - width
    for place in range(there, len(values)):
        if lead[place] <= 0.0:
            return None
        if margin[place] > 0.0:
            return _edge(values, margin, place, place - 1)
    return None


def _edge(values: Floats, margin: Floats, inside: int, outside: int) -> float:
    """Where a margin becomes zero on the way from a place inside to one outside. Unknown margins end at once."""
    if not np.isfinite(margin[outside]):
        return float(values[inside])
    return _zero(values[[inside, outside]], margin[[inside, outside]])
