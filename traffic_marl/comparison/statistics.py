"""Intervals, paired differences and ranks of strategies that met the same traffic.

Seeds are the sample. Each seed gives one number for each strategy, and the numbers of one seed are paired because all
strategies met the same vehicles. Intervals are Student's t intervals: they assume a normal distribution of the mean
over seeds, which is nearly true for ten seeds and more.

Several comparisons are made at once, and the stated confidence is that of all of them jointly: each single interval is
widened by Bonferroni's rule (a share of the error for each comparison). This is valid for any dependence between
strategies. Interval and verdict always agree, which is not so with a step-down rule such as Holm's.
Source: O. J. Dunn, Multiple comparisons among means, 1961, doi 10.1080/01621459.1961.10482090.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds with its interval."""

    mean: float  # nan without a single number
    half_width: float | None  # of the interval around the mean; None with fewer than two seeds
    seeds: int  # that gave a number

    @property
    def low(self) -> float | None:
        """Lower end of the interval."""
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """Upper end of the interval."""
        return None if self.half_width is None else self.mean + self.half_width


class Verdict(Enum):
    """The meaning of a paired difference, where less is better."""

    BETTER = "better"
    WORSE = "worse"
    TIE = "tie"
    UNKNOWN = "unknown"  # fewer than two seeds


OPPOSITE = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}


@dataclass(frozen=True)
class Standing:
    """Interval of a strategy's rank. 1 is the best."""

    first: int  # 1 + the number of significantly better strategies
    last: int  # the number of strategies less the number of significantly worse ones

    @property
    def is_tied_with_best(self) -> bool:
        """Whether no strategy is significantly better."""
        return self.first == 1


def estimate(values: Floats, *, comparisons: int = 1, confidence: float = CONFIDENCE) -> Estimate:
    """The mean of `values` with a two-sided t interval.

    Args:
        values: one number for each seed, (seeds,). Seeds without a number (nan) are left out.
        comparisons: number of intervals, this one included, that hold jointly with `confidence`.
        confidence: between 0 and 1.
    """
    known = values[np.isfinite(values)]
    count = len(known)
    if count == 0:
        return Estimate(float("nan"), None, 0)
    if count == 1:
        return Estimate(float(known[0]), None, 1)
    if np.ptp(known) == 0.0:
        return Estimate(float(known[0]), 0.0, count)
    quantile = _quantile(count - 1, 1.0 - (1.0 - confidence) / (2.0 * comparisons))
    return Estimate(float(known.mean()), quantile * float(known.std(ddof=1)) / count**0.5, count)


def paired(values: Floats, others: Floats, *, comparisons: int = 1) -> Estimate:
    """The mean difference `values` - `others`, seed by seed, with its interval; both (seeds,)."""
    return estimate(values - others, comparisons=comparisons)


def verdict(difference: Estimate) -> Verdict:
    """The verdict on a difference, where less is better. An interval that contains zero is a tie."""
    low, high = difference.low, difference.high
    if low is None or high is None:
        return Verdict.UNKNOWN
    if low <= 0.0 <= high:
        return Verdict.TIE
    return Verdict.BETTER if high < 0.0 else Verdict.WORSE


def standings(values: Sequence[Floats]) -> list[Standing | None]:
    """Intervals of the ranks of strategies, where less is better.

    All pairs are tested jointly, because the order of the strategies is itself read from the data. All true ranks lie
    within these intervals with the stated confidence. Strategies that cannot be distinguished share ranks.

    Args:
        values: one array (seeds,) a strategy, the seeds in the same order.

    Returns:
        One for each strategy, None with fewer than two seeds.
    """
    said = joint_verdicts(values)
    if Verdict.UNKNOWN in said.values():
        return [None for _ in values]
    better = [pair for pair, each in said.items() if each is Verdict.BETTER]
    wins, losses = Counter(one for one, _ in better), Counter(other for _, other in better)
    return [Standing(1 + losses[place], len(values) - wins[place]) for place in range(len(values))]


def joint_verdicts(values: Sequence[Floats]) -> dict[tuple[int, int], Verdict]:
    """The verdict on each strategy against each other one, where less is better. All pairs are tested jointly.

    Args:
        values: one array (seeds,) a strategy, the seeds in the same order.

    Returns:
        By the places of two strategies, in both orders: the verdict on the first against the second.
    """
    pairs = list(combinations(range(len(values)), 2))
    found = {}
    for one, other in pairs:
        said = verdict(paired(values[one], values[other], comparisons=len(pairs)))
        found[one, other], found[other, one] = said, OPPOSITE.get(said, said)
    return found


def mean_over_seeds(values: NDArray[Any]) -> float:
    """The mean of one number for each seed, (seeds,). Seeds without a number (nan) are left out."""
    return estimate(values.astype(np.float64)).mean


def _quantile(freedom: int, share: float) -> float:
    """The quantile of Student's t distribution with this many degrees of freedom."""
    from scipy.special import stdtrit  # takes half a second to import, so it waits until an interval is needed

    return float(stdtrit(freedom, share))
