"""Static tables of the kernels: roads, types of vehicles, vehicles, and the limits of the signals.

Counts: B copies, N intersections, J places where connections meet, K lanes, C connections, D = K + C drivables, M
movements, P phases and T rows of a phase table (both padded to the largest), V vehicles, U intersections that one path
meets more than once, W words of WORD bits. Drivable d is lane d for d < K and connection d - K otherwise. The first N
places where connections meet are the intersections. The others are junctions without signals.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bits, Bools, Floats, Ints, StructuredArray

NONE = -1  # no drivable, vehicle, phase or intersection
NEVER = 1 << 30  # [s] a time that does not come
THROUGH, LEFT, RIGHT, OTHER = 3, 2, 1, 0  # rank of a turn where paths cross: the higher one goes first
GREEN, YELLOW, ALL_RED = 0, 1, 2  # intervals of a signal
BAND_EDGES = (60.0, 120.0, 200.0, 300.0)  # [m] from the stop line; the fifth band lies beyond the last edge
BANDS = len(BAND_EDGES) + 1
FINE_EDGES = (20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 160.0, 200.0, 250.0, 300.0)  # [m] those of the finer bands
FINE_BANDS = len(FINE_EDGES) + 1
SPACE = 7.5  # [m] of a lane that a standing vehicle takes, about
FULL = 0.9  # share of such spaces that are taken on a lane that is full
CONNECTION_LIMIT = 10000.0  # [m/s] of connections without a speed limit of their own, in effect none, as in CityFlow
NO_ARRIVAL = 60.0  # [s] until the next arrival at a lane's end, where no vehicle is on its way, and at most
WORD = 64  # [bits] of a word in which each connection of an intersection has its bit


class Roads(NamedTuple):
    """A road network as arrays; never changes."""

    length: Floats  # [m] (D,)
    limit: Floats  # [m/s] (D,)
    lane_intersection: Ints  # (K,) signalised intersection at the lane's end, NONE at the rim and at other junctions
    lane_road: Ints  # (K,) road the lane belongs to
    leaving_start: Ints  # (K + 1,) slice of `leaving` for each lane
    leaving: Ints  # (C,) drivables (K + c) of the connections that leave a lane, in file order
    start_lane: Ints  # (C,)
    end_lane: Ints  # (C,)
    intersection: Ints  # (C,) place in J: below N a signalised intersection, from N on a junction without signals
    movement: Ints  # (C,)
    rank: Ints  # (C,) THROUGH, LEFT, RIGHT or OTHER
    shift: Ints  # (C,) 0, or of a connection that changes lanes 1 and the number of lanes whose way it crosses
    bit: Ints  # (C,) place of the connection in its intersection's words: bit % WORD of word bit // WORD
    conflicts: Bits  # (C, W) connections of the same intersection whose path meets this one's
    crossing_start: Ints  # (C + 1,) slice of the next three for each connection, nearest conflict first
    crossing_distance: Floats  # [m] (X,) from the start of the connection to the conflict point
    crossing_foe: Ints  # (X,) the other connection c
    crossing_foe_distance: Floats  # [m] (X,) from the start of the other connection to the point
    crossing_precedence: Ints  # (X,) 1 if the connection goes before the other one, -1 if it yields, 0 if none does
    looks_beyond: Bools  # (C,) vehicles look at the signal beyond it early, because the lane that it leads to is short
    keeps_clear: Bools  # (C,) vehicles wait before it until the lane beyond has room for all that are on the way there
    green: Bits  # (N, T, W) connections that are green in each row of the phase table
    phase_count: Ints  # (N,) phases that may be asked for
    phase_row: Ints  # (N, P) row of each phase, NONE beyond phase_count
    clearance_row: Ints  # (N, P, P) row shown between two phases: it keeps the most of the green that both share
    served: Bools  # (M, P) movement is green in the phase of its intersection
    movement_intersection: Ints  # (M,) NONE at a junction without signals, where `served` is false throughout
    movement_lane_start: Ints  # (M + 1,) slice of `movement_lane` for each movement
    movement_lane: Ints  # (...) entering lanes a movement leaves from, ascending
    movement_exit_start: Ints  # (M + 1,) slice of `movement_exit` for each movement
    movement_exit: Ints  # (...) lanes of the road a movement leads to, ascending
    neighbour_start: Ints  # (N + 1,) slice of `neighbour` for each intersection
    neighbour: Ints  # (...) intersections one road upstream, ascending; see `model.begins`


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
        ("look_ahead", np.float64),  # [m] to a leader, and to a stop line from which it looks into a junction
        ("reach", np.float64),  # [m] largest gap at which a leader can slow the vehicle down
        ("search", np.float64),  # [m] largest distance to a drivable's end with a leader beyond it within reach
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
    """The vehicles of each copy; never changes during a run."""

    types: StructuredArray  # VEHICLE_TYPE (types,)
    scheduled: Ints  # [s] (B, V) when the vehicle is due to enter
    type_row: Ints  # (B, V) row of `types`
    path: Ints  # drivables of all paths, one path after the other, each closed by NONE
    revisit: Ints  # at each lane of `path` whose intersection the path meets more often, its place in U; else NONE
    path_start: Ints  # (B, V) index into `path`
    queue_start: Ints  # (B, K + 1) slice of `queue` for each entry lane
    queue: Ints  # (B, V) vehicles in the order in which they enter their first lane


class Timing(NamedTuple):
    """Limits that the signals of every intersection keep, whatever phase is asked for. All are whole seconds.

    A request is granted once the green has lasted `min_green`. A green ends by itself at `max_green` when vehicles
    wait at a movement that it does not serve. When the first vehicle of a lane has stood at red for `max_red`, the next
    phase is one that serves it, after the present min green. Several overdue lanes are served in turn. Lanes whose
    first vehicle no phase serves do not count in either limit. A green that a limit brings lasts at least 1 s.
    """

    min_green: int  # [s] at least 0
    max_green: int  # [s] NEVER: no limit
    yellow: int  # [s] at least 0
    all_red: int  # [s] at least 0
    max_red: int  # [s] NEVER: no limit
