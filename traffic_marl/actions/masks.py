"""Masks of an action space within observations."""

from typing import Any

import numpy as np

from traffic_marl.arrays import Bools, Singles
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.layout import MASK


def write_masks(layout: ObservationLayout, observations: Singles, masks: Bools) -> None:
    """Writes masks (B, N, P) as the phase feature `allowed` of observations (B, N, F), in place."""
    phases = layout.split(observations)[1]
    if not np.may_share_memory(phases, observations):
        raise ValueError("observations of which no view can be taken")
    phases[..., layout.phase_features.index(MASK)] = masks


def choosing(layout: ObservationLayout, observations: Any) -> Any:
    """(...) whether an agent has a choice: its observation (..., F) allows more than one action."""
    return layout.allowed(observations).sum(-1) > 1
