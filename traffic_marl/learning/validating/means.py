"""Means of the delays of several scenarios, in which no busy one rules."""

from math import nan

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.measures import mean_over_known

GEOMETRIC = "geometric"
ARITHMETIC = "arithmetic"  # of runs that were begun with an earlier version
MEANS = (GEOMETRIC, ARITHMETIC)
LEAST = 1.0  # [s/veh] of any delay, so that empty roads do not rule either


def mean_over_scenarios(delays: Floats, mean: str) -> float | None:
    """[s/veh] The mean of the delays of scenarios. Those without vehicles (nan) are left out. None without any.

    Args:
        delays: [s/veh] of each scenario. Those below LEAST count as LEAST in a geometric mean.
        mean: one of MEANS.
    """
    if mean == ARITHMETIC:
        return mean_over_known(delays)
    logarithm = mean_over_known(np.log(np.maximum(delays, LEAST)))
    return None if logarithm is None else float(np.exp(logarithm))


def weights(reference: Floats, mean: str) -> Floats:
    """Factor on the delay of each scenario. A strategy with the delays of the reference keeps their mean. nan for nan.

    Args:
        reference: [s/veh] delay of a reference in each scenario.
        mean: one of MEANS.
    """
    bounded = np.maximum(reference, LEAST)
    level = mean_over_scenarios(bounded, mean)
    return np.asarray((nan if level is None else level) / bounded)
