"""The light that each movement is shown."""

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.tables import NONE, YELLOW
from traffic_marl.simulation import Positions
from traffic_marl.viewer.scene.street_map import StreetMap

GO, CAUTION, STOP = 0, 1, 2  # the lights


def lights(streets: StreetMap, positions: Positions) -> Ints:
    """(M,) GO, CAUTION or STOP: the light of each movement in the second just past.

    During a yellow, CAUTION is shown to the movements that were green before the change and are not green during it.
    Movements at junctions without signals may go.
    """
    at = streets.movement_intersection
    movement = np.arange(len(at))
    table = streets.green_rows
    go = table[positions.row[at], movement] | (at == NONE)
    was = table[streets.phase_row[at, positions.previous[at]], movement]
    caution = (positions.interval[at] == YELLOW) & was
    return np.select([go, caution], [GO, CAUTION], STOP).astype(np.int32)
