"""Checks of what a simulation is given."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.checks import shown
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import UsageError


def checked_trips(trips: Any) -> Sequence[Trips]:
    """The trip tables, at least one.

    Raises:
        UsageError: they are not a list or a tuple of such tables, or there is none.
    """
    if not isinstance(trips, list | tuple) or not trips or not all(isinstance(each, Trips) for each in trips):
        raise UsageError(
            "trips", f"{shown(trips)} is not a list of trips", "give one Trips for each copy, at least one"
        )
    return trips


def check_phases(phases: Any, shape: tuple[int, ...], phase_count: Ints) -> None:
    """Checks the phases asked for.

    Args:
        phases: what was given.
        shape: (B, N).
        phase_count: (N,) number of phases of each intersection.

    Raises:
        UsageError: they are not whole numbers of this shape, or an intersection lacks one.
    """
    if not isinstance(phases, np.ndarray) or phases.dtype.kind not in "iu" or phases.shape != shape:
        what = f"array of {phases.dtype} of shape {phases.shape}" if isinstance(phases, np.ndarray) else shown(phases)
        raise UsageError("phases", f"{what} will not do", f"give an array of whole numbers of shape {shape}")
    if not ((phases >= 0) & (phases < phase_count)).all():
        remedy = f"the intersections have {phase_count.tolist()} phases, counted from 0"
        raise UsageError("phases", "an intersection lacks one of them", remedy)
