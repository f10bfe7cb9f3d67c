"""Greens of movements, second by second, from the rows of the phase tables that signals have shown."""

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.network.network import Network

STARTUP_LOST = 2  # [s] of each green until a queue discharges, as the Highway Capacity Manual assumes


def greens(network: Network, shown: Ints) -> Bools:
    """(T, M) whether each movement at a signal is green in each second.

    Args:
        network: with signals.
        shown: (T, N) row of the phase table of each intersection.
    """
    at = network.tables.movement_intersection
    green = np.zeros((len(shown), int(np.count_nonzero(at >= 0))), np.bool_)
    for place, rows in enumerate(network.row_movements):
        own = np.flatnonzero(at == place)
        table = np.array([[movement in row for movement in own.tolist()] for row in rows], np.bool_)
        green[:, own] = table.reshape(len(rows), len(own))[shown[:, place]]
    return green


def begins(green: Bools) -> Bools:
    """(T, M) whether a green begins in a second. One that is shown from the first second on does not begin."""
    found = np.zeros_like(green)
    found[1:] = green[1:] & ~green[:-1]
    return found


def effective(green: Bools) -> Bools:
    """(T, M) green without the first STARTUP_LOST seconds after it begins."""
    lost = begins(green)
    for _ in range(1, STARTUP_LOST):
        lost[1:] |= lost[:-1] & green[1:]
    return green & ~lost
