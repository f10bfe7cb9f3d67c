"""Quotients and percentiles of visits and queues by place."""

import numpy as np

from traffic_marl.arrays import Floats, Ints


def ratios(above: Floats | Ints, below: Floats | Ints) -> Floats:
    """Quotients, nan where the lower number is 0."""
    found = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=found, where=np.asarray(below, np.float64) > 0.0)
    return found


def percentiles(values: Floats, place: Ints, places: int, ascending: Ints, percent: float) -> Floats:
    """(G,) percentile at each place, interpolated linearly, nan without a visit.

    Args:
        values: (visits,)
        place: (visits,) of each visit.
        places: G.
        ascending: the visits that count, by ascending value.
        percent: of the visits.
    """
    place = place[ascending].astype(np.uint16 if places < 2**16 else np.int64)  # short ones are sorted quickly
    ordered = values[ascending][np.argsort(place, kind="stable")]
    number = np.bincount(place, minlength=places)
    rank = np.maximum(number - 1, 0) * (percent / 100.0)
    below = np.floor(rank).astype(np.int64)
    start = np.cumsum(number) - number
    found = np.full(places, np.nan)
    there = number > 0
    low = ordered[(start + below)[there]]
    high = ordered[(start + np.minimum(below + 1, number - 1))[there]]
    found[there] = low + (rank - below)[there] * (high - low)
    return found


def size_percentiles(looks_by_size: Ints, bins: Ints, looks: int, percent: float) -> Ints:
    """(G,) smallest size that is not exceeded at so many per cent of the looks.

    Args:
        looks_by_size: (H,) looks at each size of queue above 0; those at size 0 are the rest.
        bins: (G + 1,) slices for each place, from size 0 on.
        looks: at each place.
        percent: of the looks.
    """
    first = bins[0]
    by_size = looks_by_size[first : bins[-1]].copy()
    start = bins[:-1] - first
    by_size[start] = 0
    by_size[start] = looks - np.add.reduceat(by_size, start)
    upto = np.cumsum(by_size)
    rank = np.ceil(percent / 100.0 * looks)
    before = np.arange(len(start)) * looks  # all places have the same number of looks
    return (np.searchsorted(upto, before + rank) - start).astype(np.int32) if looks else np.zeros(len(start), np.int32)
