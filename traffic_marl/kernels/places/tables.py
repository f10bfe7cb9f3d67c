"""What is noted of intersections, approaches and movements.

The G places are the movements at signals, then the roads that end at a signal, then the intersections. A visit begins
when a vehicle's front comes to a lane of an approach, and it ends when the front comes to the next road. The visits of
a vehicle follow from its path. So each has a row of its own from the start, and the kernels only fill in times.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Ints

TENTHS = 10.0  # of a second
LOOK = 11  # [s] between two looks at the queues: no usual cycle is a multiple of it


class Places(NamedTuple):
    """The places of a network; never changes. All arrays are empty where nothing is noted."""

    movement: Ints  # (C,) place of the movement of each connection, NONE at junctions without signals
    only: Ints  # (K,) place of the movement of each lane, NONE if it has none or several
    approach: Ints  # (K,) place of the road of each lane, NONE of a road that does not end at a signal
    intersection: Ints  # (K,) place of the intersection at the end of each lane, NONE likewise
    vehicle_bins: Ints  # (G + 1,) slice of Traffic.looks for each place: one entry for each number of vehicles
    length_bins: Ints  # (G + 1,) the same: one entry for each whole metre
    until: int  # [s] queues are noted in the seconds before this one


VISIT = np.dtype(
    [
        ("arrived", np.int32),  # [s] when the front came to the lane, or NEVER
        ("moment", np.int32),  # [0.1 s] the same, to a tenth of a second
        ("departed", np.int32),  # [s] when it passed the stop line, or NEVER
        ("ended", np.int32),  # [s] when it came to the next road, or NEVER
        # During the visit. While it goes on, those of the vehicle before it are held, below zero:
        ("stops", np.int32),
        ("halted", np.int32),  # [s]
    ],
    align=True,
)

QUEUE = np.dtype(
    [
        ("length", np.float64),  # [m] from the stop line to the rear of the last halted vehicle, at this look
        ("total_length", np.float64),  # [m] sum over the looks
        ("second", np.int32),  # [s] end of the second of the look that the others belong to
        ("vehicles", np.int32),  # [veh] halted at this look
        ("is_full", np.int32),  # 1 if a lane is full at this look
        ("full", np.int32),  # looks at which a lane was full
    ],
    align=True,
)
