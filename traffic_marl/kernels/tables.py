"""What the kernels work on: the static tables of roads and vehicles, and the traffic they change.

Counts: B copies, N intersections, K lanes, C connections, D = K + C drivables, M movements, P phases and T rows of a
phase table (both padded to the largest), V vehicles, W words of 64 bits. Drivable d is lane d for d < K and
connection d - K otherwise.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bits, Bools, Bytes, Floats, Ints, Table

NONE = -1  # no drivable, vehicle, phase or intersection
NEVER = 1 << 30  # [s] a time that does not come
THROUGH, LEFT, RIGHT = 3, 2, 1  # rank of a turn where paths cross: the greater goes first
GREEN, YELLOW, ALL_RED = 0, 1, 2  # intervals of a signal
BAND_EDGES = (60.0, 120.0, 200.0, 300.0)  # [m] from the stop line; the fifth band lies beyond the last edge
BANDS = len(BAND_EDGES) + 1


class Roads(NamedTuple):
    """A road network as arrays; never changes."""

    length: Floats  # [m] (D,)
    limit: Floats  # [m/s] (D,)
    lane_intersection: Ints  # (K,) signalised intersection at the lane's end, NONE at the rim
    lane_road: Ints  # (K,) road the lane belongs to
    leaving_start: Ints  # (K + 1,) slice of `leaving` for each lane
    leaving: Ints  # (C,) drivables (K + c) of the connections that leave a lane, in file order
    start_lane: Ints  # (C,)
    end_lane: Ints  # (C,)
    intersection: Ints  # (C,)
    movement: Ints  # (C,)
    rank: Ints  # (C,) THROUGH, LEFT or RIGHT
    bit: Ints  # (C,) place of the connection in its intersection's words: word bit // 64, bit % 64 in it
    conflicts: Bits  # (C, W) connections of the same intersection whose path meets this one's
    crossing_start: Ints  # (C + 1,) slice of the next three for each connection, nearest conflict first
    crossing_distance: Floats  # [m] (X,) from the start of the connection to the conflict point
    crossing_foe: Ints  # (X,) the other connection c
    crossing_foe_distance: Floats  # [m] (X,) from the start of the other connection to the point
    green: Bits  # (N, T, W) connections that are green in each row of the phase table
    phase_count: Ints  # (N,) phases that may be asked for
    phase_row: Ints  # (N, P) row of each phase, NONE beyond phase_count
    clearance_row: Ints  # (N, P, P) row shown between two phases: what is green in both, or as much of it as a row has
    served: Bools  # (M, P) movement is green in the phase of its intersection
    movement_intersection: Ints  # (M,)
    movement_lane_start: Ints  # (M + 1,) slice of `movement_lane` for each movement
    movement_lane: Ints  # (...) entering lanes a movement leaves from, ascending
    movement_exit_start: Ints  # (M + 1,) slice of `movement_exit` for each movement
    movement_exit: Ints  # (...) lanes of the road a movement leads to, ascending
    neighbour_start: Ints  # (N + 1,) slice of `neighbour` for each intersection
    neighbour: Ints  # (...) intersections one road upstream, ascending


VEHICLE_TYPE = np.dtype(
    [
        ("length", np.float64),  # [m]
        ("min_gap", np.float64),  # [m] kept to the vehicle ahead at standstill
        ("max_speed", np.float64),  # [m/s]
        ("headway", np.float64),  # [s] time gap when following
        ("max_acceleration", np.float64),  # [m/s2]
        ("max_deceleration", np.float64),  # [m/s2]
        ("usual_acceleration", np.float64),  # [m/s2]
        ("usual_deceleration", np.float64),  # [m/s2]
        # Derived from the above once, by `vehicle_table`:
        ("approach", np.float64),  # [m] from the stop line within which the junction is looked at
        ("reach", np.float64),  # [m] gap beyond which no leader can hold the vehicle back
        ("search", np.float64),  # [m] from the drivable's end beyond which no leader after it is that near
        ("hardest", np.float64),  # [m/s2] greatest deceleration of any type
        ("max_curve", np.float64),  # [s2/m] 4 / (2 max_deceleration)
        ("max_scale", np.float64),  # [m/s2] 0.5 / (0.5 / max_deceleration)
        ("usual_curve", np.float64),  # [s2/m] 4 / (2 usual_deceleration)
        ("usual_scale", np.float64),  # [m/s2] 0.5 / (0.5 / usual_deceleration)
        ("slowness", np.float64),  # [s/m] 1 / max_speed
    ],
    align=True,
)


class Vehicles(NamedTuple):
    """Who travels, in each copy; never changes during a run."""

    types: Table  # VEHICLE_TYPE (types,)
    scheduled: Ints  # [s] (B, V) when the vehicle is due to enter
    kind: Bytes  # (B, V) row of `types`
    path: Ints  # drivables of every path one after the other, each path closed by NONE
    path_start: Ints  # (B, V) index into `path`
    queue_start: Ints  # (B, K + 1) slice of `queue` for each entry lane
    queue: Ints  # (B, V) vehicles in the order in which they enter their first lane


class Timing(NamedTuple):
    """What the signals of every intersection keep to, whatever is asked of them; whole seconds.

    A request is granted once the green has lasted `min_green`. A green ends by itself at `max_green` when vehicles
    wait at a movement it does not serve. Where the first vehicle of a lane has stood at red for `max_red`, a phase that
    serves it is the next to come, after the present min green and in turn with others that are overdue.
    """

    min_green: int  # [s] at least 0
    max_green: int  # [s] NEVER: no limit
    yellow: int  # [s] at least 0
    all_red: int  # [s] at least 0
    max_red: int  # [s] NEVER: no limit
