"""Barriers: the marks of closed lanes, before their ends."""

from collections.abc import Iterable

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.viewer.scene.street_map import StreetMap

REACH = 15.0  # [m] of a barrier along its lane, unless the lane is shorter
LEAST_WIDTH = 6.0  # [pixels]
DASH = 3.0  # [m] of a stripe, and of the gap after it


def barriers(streets: StreetMap, lanes: Iterable[int]) -> list[Floats]:
    """[m] a line (2, 2) along the last metres of each lane."""
    paths = streets.paths
    found = []
    for lane in lanes:
        length = float(paths.length[lane])
        along = np.array([max(0.0, length - REACH), length])
        found.append(paths.places(np.array([lane, lane], np.int32), along))
    return found


def stripes(line: Floats) -> Floats:
    """[m] (n, 2, 2) the dashes of a barrier, from its start on."""
    length = float(np.hypot(*(line[1] - line[0])))
    starts = np.arange(0.0, max(length, 1e-9), 2.0 * DASH)
    ends = np.minimum(starts + DASH, length)
    shares = np.stack([starts, ends], axis=1) / max(length, 1e-9)
    places: Floats = line[0] + shares[:, :, None] * (line[1] - line[0])
    return places
