"""Greens of movements, second by second, from the rows of the phase tables that signals have shown."""

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.network.network import Network


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


def effective_share(green: Bools, lost: Floats) -> Floats:
    """(M,) share of effective green: the green less the time lost whenever one begins.

    Args:
        green: (T, M) whether each movement is green in each second.
        lost: [s] (M,) of each green of a movement.
    """
    seconds = green.sum(axis=0) - begins(green).sum(axis=0) * lost
    return np.asarray(np.clip(seconds / max(len(green), 1), 0.0, 1.0), np.float64)
