"""Greens: which phases an intersection has, and which movements wait for one of them."""

import numpy as np

from traffic_marl.arrays import Bools
from traffic_marl.kernels.tables import Roads


def available_phases(tables: Roads) -> Bools:
    """(N, P) phases that may be asked for."""
    return np.asarray(np.arange(tables.served.shape[1]) < tables.phase_count[:, None])


def serving_phases(tables: Roads) -> Bools:
    """(M, P) phases that may be asked for and serve a movement."""
    return np.asarray(tables.served & available_phases(tables)[tables.movement_intersection])


def needs_green(tables: Roads) -> Bools:
    """(M,) movements that some phases serve and others do not. For the others no choice of phase matters."""
    count = serving_phases(tables).sum(axis=1)
    return np.asarray((count > 0) & (count < tables.phase_count[tables.movement_intersection]))
