"""Greens: which phases an intersection has, which movements wait for one of them, and how greens share a cycle."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
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


def shared_greens(seconds: int, weights: Floats | Sequence[float], least: int, most: int, lost: float = 0.0) -> Ints:
    """[s] (p,) whole seconds of green of p phases, so that effective greens are in proportion to their weights.

    All begin with the least green. Each further second goes to the phase whose weight most exceeds its effective green,
    the first of equal ones. So the greens are longer than `seconds` together where the least greens are, and shorter
    where all have reached the most. Effective greens that are proportional in whole seconds are met exactly.

    Source:
        Sainte-Lague 1910, La representation proportionnelle et la methode des moindres carres, Annales scientifiques de
        l'Ecole Normale Superieure 27, doi 10.24033/asens.627: seats for votes, there from none on and without bounds.

    Args:
        seconds: [s] that the greens last together.
        weights: (p,) at least 0, such as flow ratios. At least one phase.
        least: [s] shortest green, longer than `lost`.
        most: [s] longest green.
        lost: [s] of each green before it is effective.
    """
    greens = np.full(len(weights), least)
    weight = np.asarray(weights)
    for _ in range(seconds - least * len(greens)):
        priority = np.where(greens < most, weight / (greens - lost + 0.5), -1.0)
        if priority.max() < 0.0:
            break
        greens[priority.argmax()] += 1
    return np.asarray(greens, np.int32)
