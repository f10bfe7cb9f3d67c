"""Level of service of signalised intersections: grades of the mean delay."""

import numpy as np

LEVELS = ("A", "B", "C", "D", "E", "F")  # from the best to the worst
LONGEST_DELAYS = (10.0, 20.0, 35.0, 55.0, 80.0)  # [s/veh] with which a place still has each level but F


def level_of_service(delay: float) -> str:
    """The level of service at a mean delay [s/veh]. Empty where there is no number.

    Source: Highway Capacity Manual, 7th edition 2022, doi 10.17226/26432, levels of service of signalised
    intersections by control delay. The manual also gives F to a movement whose degree of saturation is above 1.
    Here the delay decides alone, because it is measured over the whole run with all its queues.
    """
    if not np.isfinite(delay):
        return ""
    return LEVELS[int(np.searchsorted(LONGEST_DELAYS, delay, side="left"))]
