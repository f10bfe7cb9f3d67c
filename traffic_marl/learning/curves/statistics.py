"""Interquartile means and their bootstrap intervals.

The interquartile mean is the mean of the middle half of all numbers. A run that fails shakes it less than the mean.
It uses more of the numbers than the median.
Source: R. Agarwal et al., Deep reinforcement learning at the edge of the statistical precipice, 2021, arXiv 2108.13264.

Here a run is drawn with all its validation seeds, while the source draws the runs of each task on their own. One policy
gives all delays of a run, so they belong together.
"""

import numpy as np

from traffic_marl.arrays import Floats

CONFIDENCE = 0.95
DRAWS = 2000  # of a bootstrap
SEED = 0  # of its random numbers, so that the same runs give the same interval


def interquartile_mean(values: Floats) -> Floats:
    """The mean of the middle half along the last axis. A quarter is cut off at each end, rounded down."""
    count = values.shape[-1]
    cut = count // 4
    return np.asarray(np.sort(values, axis=-1)[..., cut : count - cut].mean(axis=-1), np.float64)


def interval(values: Floats) -> tuple[float, float]:
    """Ends of the percentile bootstrap interval of the interquartile mean, nan with fewer than two runs.

    Args:
        values: (R, S) numbers of each run.
    """
    runs = len(values)
    if runs < 2:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(SEED).integers(0, runs, (DRAWS, runs))
    means = interquartile_mean(values[drawn].reshape(DRAWS, -1))
    low, high = np.quantile(means, [(1.0 - CONFIDENCE) / 2.0, (1.0 + CONFIDENCE) / 2.0])
    return float(low), float(high)
