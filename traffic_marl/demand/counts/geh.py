"""The GEH statistic, by which counts and modelled flows are compared."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.units import HOUR

GOOD = 5.0  # below this a modelled flow is usually accepted


def geh(modelled: Floats | float, counted: Floats | float, seconds: float) -> Floats:
    """sqrt(2 (m - c)^2 / (m + c)) of two flows in veh/h; 0 where both are 0.

    Source: UK Department for Transport, TAG unit M3.1, Highway assignment modelling, which takes flows of an hour.

    Args:
        modelled: [veh] within the seconds.
        counted: [veh] likewise.
        seconds: [s] over which both were summed.
    """
    hourly = HOUR / seconds
    total = np.asarray((modelled + counted) * hourly)
    found: Floats = np.sqrt(
        np.divide(2.0 * ((modelled - counted) * hourly) ** 2, total, out=np.zeros(np.shape(total)), where=total > 0)
    )
    return found
