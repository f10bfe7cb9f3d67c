"""The room for vehicles on the lanes that movements lead to."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import SPACE, Roads


def exit_places(tables: Roads) -> Floats:
    """[veh] Standing vehicles that there is room for on each lane of `movement_exit`, at least 1."""
    return np.asarray(np.maximum(tables.length[tables.movement_exit] / SPACE, 1.0))
