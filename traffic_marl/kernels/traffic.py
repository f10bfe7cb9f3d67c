"""The traffic itself and the tables packed for it: what the kernels read and change.

Counts and indices as in `tables`; S slots. One record holds what is used together, so that it comes with one or two
cache lines.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bits, Bytes, Floats, Ints, Table

DRIVABLE = np.dtype(
    [
        ("length", np.float64),  # [m]
        ("limit", np.float64),  # [m/s]
        ("slowness", np.float64),  # [s/m] 1 / limit
        ("mask", np.uint64),  # connection: its bit in its intersection's word
        ("word", np.int32),  # connection: the word of that bit
        ("intersection", np.int32),  # of the connection, or at the lane's end; NONE at the rim
        ("rank", np.int32),  # connection: THROUGH, LEFT or RIGHT
        ("start", np.int32),  # connection: lane it starts from
        ("end", np.int32),  # connection: lane it leads to
        ("hop", np.float32),  # [m] lane: at most the length of the connections that leave it
        ("first", np.int32),  # lane: slice of `leaving`; connection: slice of `crossings`
        ("last", np.int32),
    ],
    align=True,
)

CROSSING = np.dtype(
    [
        ("distance", np.float64),  # [m] from the connection's start to the conflict point
        ("foe_distance", np.float64),  # [m] from the other connection's start to it
        ("mask", np.uint64),  # bit of the other connection
        ("foe", np.int32),  # the other connection, as a drivable
        ("word", np.int32),  # word of that bit
    ],
    align=True,
)


SPARE = 1  # slots kept free behind the vehicles of a drivable, for who arrives


class Layout(NamedTuple):
    """Roads packed for the kernels; never changes."""

    lanes: int  # K
    drivables: Table  # DRIVABLE (D,)
    crossings: Table  # CROSSING (X,)
    leaving: Ints  # (C,) connections by the lane they leave, as drivables
    conflicts: Bits  # (C, W)
    green: Bits  # (N, T, W)
    phase_count: Ints  # (N,)
    phase_row: Ints  # (N, P)
    clearance_row: Ints  # (N, P, P)
    approach_start: Ints  # (N + 1,) slice of `approach` for each intersection
    approach: Ints  # lanes that end at an intersection
    entries: Ints  # lanes on which vehicles enter, ascending


SLOT = np.dtype(
    [
        ("position", np.float64),  # [m] of the front from the drivable's start
        ("speed", np.float64),  # [m/s]
        ("path", np.int32),  # index into Vehicles.path of the drivable it is on
        ("next", np.int32),  # drivable after that, or NONE
        ("vehicle", np.int32),
        ("kind", np.int32),  # row of Vehicles.types
    ],
    align=True,
)

STATE = np.dtype(
    [
        ("count", np.int32),  # vehicles on the drivable
        ("first", np.int32),  # slot of the first of them; the others follow
        ("next_first", np.int32),  # the same at the end of this second, while it is being worked out
        ("room", np.int32),  # slots kept for the drivable from `first` on; 0 if it is not in Traffic.occupied
        ("front", np.int32),  # lane: connection that its first vehicle takes next, or NONE
        ("standing", np.int32),  # [s] lane: since when its first vehicle stands, or NEVER
        ("inserted", np.int32),  # [s] lane: when a vehicle last entered here
        ("crossing", np.int32),  # [veh] lane: on the connections that leave it
    ],
    align=True,
)

RIDE = np.dtype(
    [
        ("entered", np.int32),  # [s]
        ("left", np.int32),  # [s]
        ("halted", np.int32),  # [s] completed standstills
        ("halted_since", np.int32),  # [s] start of the present standstill, or NEVER
        ("longest_halt", np.int32),  # [s] longest completed standstill
        ("stops", np.int32),
        ("crossing_since", np.int32),  # [s] when it entered the connection it is on, or NEVER
        ("came_from", np.int32),  # drivable it was on before its last change, or NONE
        ("lane_since", np.int32),  # [s] when it entered the signalled lane it is on, or NEVER
        ("approaching", np.int32),  # [s] spent on signalled lanes it has left
        ("foe", np.int32, (2,)),  # whom it yielded to in even and odd seconds
        ("yielded", np.int32, (2,)),  # [s] when it did
    ],
    align=True,
)

SIGNAL = np.dtype(
    [
        ("phase", np.int32),  # shown, or coming after the intergreen
        ("previous", np.int32),  # shown before the intergreen
        ("interval", np.int32),  # GREEN, YELLOW or ALL_RED
        ("age", np.int32),  # [s] of the interval
        ("wanted", np.int32),  # phase asked for
        ("row", np.int32),  # row of the phase table shown
    ],
    align=True,
)

TALLY = np.dtype(
    [
        ("updates", np.int64),  # vehicles moved, summed over the seconds
        ("span", np.int32),  # [s] of the decision interval that have passed
        ("time", np.int32),  # [s]
        ("occupied", np.int32),  # entries of Traffic.occupied
        ("ascending", np.int32),  # of these, entries in ascending order
        ("used", np.int32),  # slots taken
        ("clearing", np.int32),  # entries of Traffic.clearing
        ("under_way", np.int32),  # [veh]
        ("completed", np.int32),  # [veh]
        ("moving", np.int32),  # [veh] that moved in this second
        ("moved", np.int32),  # [s] last second in which a vehicle moved
        ("largest_queue", np.int32),  # [veh] on one lane
        ("gridlocked", np.int32),  # 1 once no vehicle moved for GRIDLOCK seconds
        ("disorders", np.int32),
        ("overlaps", np.int32),
        ("overflow", np.int32),  # 1 if the slots did not suffice: a defect
    ],
    align=True,
)

SENSOR = np.dtype(
    [
        ("mean_speed", np.float64),  # [m/s]
        ("vehicles", np.int32),
        ("queue", np.int32),
        ("longest_wait", np.int32),  # [s]
        ("backlog", np.int32),
        ("due", np.int32),  # next of Vehicles.queue that is not due yet
    ],
    align=True,
)

GRIDLOCK = 120  # [s] without a moving vehicle while some are under way

ON, FRONT, SHOWN, CLAIMED = 0, 1, 2, 3  # Traffic.claims: connections with vehicles on them, that a lane's first
# vehicle takes next, that are green now, and on which a vehicle may stand in another's way


class Traffic(NamedTuple):
    """State of B copies; changed in place by the kernels, held by `Simulation` alone."""

    slots: Table  # SLOT (B, 2, S) vehicles by drivable, front to back; in even and in odd seconds
    states: Table  # STATE (B, D)
    rides: Table  # RIDE (B, V)
    signals: Table  # SIGNAL (B, N)
    served: Ints  # [s] (B, N, P) end of each phase's last green, the present one left out
    claims: Bits  # (B, N, W, 4)
    occupied: Ints  # (B, D) drivables with vehicles
    clearing: Ints  # (B, 2 (D + V)) pairs of a lane and the connection its last vehicle may still stand on
    queue_head: Ints  # (B, E) next of Vehicles.queue to enter, at each entry lane
    next_due: Ints  # [s] (B, E) when the next vehicle is due at each entry lane, NEVER if none is to come
    arrivals: Ints  # (B, D, 2) when vehicles last arrived from elsewhere [s], and how many stood there before
    delays: Floats  # [veh s] (B, K) since the decision interval began
    discharged: Ints  # [veh] (B, K) that left the lane since then
    passing: Ints  # (B, D) drivables that vehicles run past the end of in this second
    changing: Table  # SLOT (B, V) vehicles on the way from one drivable to the next
    tallies: Table  # TALLY (B, 1)
    sensors: Table  # SENSOR (B, K)
    moving: Ints  # [veh] (B, K, 5)
    history: Table  # int16 (B, T, N) rows shown, as far as they are to be kept


class Copy(NamedTuple):
    """One copy in one second: its rows of Vehicles and Traffic, mostly by the same names."""

    types: Table
    path: Ints
    scheduled: Ints
    kind: Bytes
    path_start: Ints
    queue_start: Ints
    queue: Ints
    slots: Table  # SLOT (S,) at the start of the second
    later: Table  # SLOT (S,) at its end
    states: Table
    rides: Table
    signals: Table
    served: Ints
    claims: Bits
    occupied: Ints
    clearing: Ints
    queue_head: Ints
    next_due: Ints
    arrivals: Ints
    delays: Floats
    discharged: Ints
    passing: Ints
    changing: Table
    tally: Table
    sensors: Table
    moving: Ints
    history: Table
