"""Shapes of the lights at the stop lines. They are told apart without their colours.

STOP is a bar across the lane, GO an arrowhead, CAUTION a bar with a stub. Plain arrays in metres.
"""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP
from traffic_marl.viewer.scene.markings import BAR, Heads
from traffic_marl.viewer.scene.street_map import StreetMap

LEAST_WIDTH = 3.0  # [pixels] of any shape
COARSE = 1.0  # [pixels/m] on a smaller map, heads that never change are left out


@dataclass(frozen=True, eq=False)
class Shape:
    """The outline of a light."""

    corners: Floats  # (corners, 2) to the right in widths of the bar, ahead in thicknesses of the bar
    least: float  # [pixels] least length ahead, so that it is seen on a small map

    @property
    def length(self) -> float:
        """Thicknesses of the bar, from the stop line ahead."""
        return float(self.corners[:, 1].max())


SHAPES: dict[int, Shape] = {
    GO: Shape(np.array([(-0.5, 0.0), (0.0, 3.6), (0.5, 0.0)]), 6.0),
    CAUTION: Shape(
        np.array([(-0.5, 0), (-0.5, 1), (-0.2, 1), (-0.2, 2.4), (0.2, 2.4), (0.2, 1), (0.5, 1), (0.5, 0)]), 4.5
    ),
    STOP: Shape(np.array([(-0.5, 0.0), (-0.5, 1.0), (0.5, 1.0), (0.5, 0.0)]), 3.0),
}


def light_outlines(signals: Heads, which: Ints, light: int, scale: float) -> Floats:
    """[m] (n, corners, 2) outlines of signal heads that show a light.

    Args:
        signals: all heads.
        which: (n,) heads that show the light.
        light: GO, CAUTION or STOP.
        scale: [pixels/m] of the map.
    """
    shape = SHAPES[light]
    left, right, _, ahead_of_left = signals.bars[which].swapaxes(0, 1)
    across = right - left
    width = np.hypot(across[:, 0], across[:, 1])[:, None]
    across = across * np.maximum(1.0, LEAST_WIDTH / scale / np.maximum(width, 1e-9))
    ahead = (ahead_of_left - left) * max(1.0, shape.least / scale / (shape.length * BAR))
    foot = (left + right) / 2.0
    outlines: Floats = foot[:, None] + shape.corners[:, :1] * across[:, None] + shape.corners[:, 1:] * ahead[:, None]
    return outlines


def changing(streets: StreetMap, signals: Heads) -> Bools:
    """(heads,) whether some phase stops a head's movement. The others are green in every phase."""
    found = [
        any(m not in streets.row_movements[n][row] for row in streets.phase_row[n] if row >= 0)
        for m, n in zip(signals.movement.tolist(), signals.intersection.tolist(), strict=True)
    ]
    return np.array(found, np.bool_)
