"""Padding: observations of several networks in one layout, which has room for the largest of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Bools, Ints, Singles
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.layout import MASK, SHOWN


def has_same_features(one: ObservationLayout, other: ObservationLayout) -> bool:
    """Whether two layouts differ in the numbers of phases and slots alone."""
    return replace(one, phases=other.phases, movements=other.movements) == other


def widest(layouts: Sequence[ObservationLayout]) -> ObservationLayout:
    """The layout with room for all of these, which have the same features."""
    phases, movements = (max(getattr(each, name) for each in layouts) for name in ("phases", "movements"))
    return replace(layouts[0], phases=phases, movements=movements)


def has_room(wide: ObservationLayout, layout: ObservationLayout) -> bool:
    """Whether observations of a layout fit into a wider one."""
    return has_same_features(wide, layout) and wide.phases >= layout.phases and wide.movements >= layout.movements


def places_in(wide: ObservationLayout, layout: ObservationLayout) -> Ints:
    """(F,) place in a wider observation of each number of an observation."""
    by_movement, by_phase, of_signal = wide.split(np.arange(wide.size, dtype=np.int32))
    parts = (by_movement[: layout.phases, : layout.movements], by_phase[: layout.phases], of_signal)
    return np.concatenate([part.ravel() for part in parts])


def absent(layout: ObservationLayout) -> Singles:
    """(F,) observation in the place of an intersection that is not there: phase 0 is shown, and no other is allowed."""
    observation = np.zeros(layout.size, np.float32)
    by_phase = layout.split(observation)[1]
    for name in (SHOWN, MASK):
        if name in layout.phase_features:
            by_phase[0, layout.phase_features.index(name)] = 1.0
    return observation


def absent_masks(copies: int, agents: int, actions: int) -> Bools:
    """(B, N, A) masks of intersections that are not there: action 0 alone."""
    masks = np.zeros((copies, agents, actions), np.bool_)
    masks[:, :, 0] = True
    return masks
