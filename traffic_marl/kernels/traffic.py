"""The state of the traffic, which the kernels change, and the road tables packed for it.

Counts and indices are those of `tables`, and S is the number of slots. Values that are used together stand in one
record, because then one or two cache lines bring them all.
"""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bits, Floats, Ints, StructuredArray
from traffic_marl.kernels.tables import BANDS, FINE_BANDS

DRIVABLE = np.dtype(
    [
        ("length", np.float64),  # [m]
        ("limit", np.float64),  # [m/s]
        ("slowness", np.float64),  # [s/m] 1 / limit
        ("mask", np.uint64),  # connection: its bit in its intersection's word
        ("word", np.int16),  # connection: the word of that bit
        ("keeps_clear", np.int16),  # connection: 1 if the junction is kept clear, see conflicts.has_room_for_all
        ("intersection", np.int32),  # of the connection, or with signals at the lane's end; NONE at other ends
        ("manner", np.int32),  # connection: FREE, TURNING or LIMITED
        ("start", np.int32),  # connection: lane it starts from
        ("end", np.int32),  # connection: lane it leads to
        ("hop", np.float32),  # [m] lane: at most the length of the connections that leave it; connection: see BEYOND
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
        ("word", np.int16),  # word of that bit
        ("precedence", np.int16),  # 1 if the connection goes before the other one, -1 if it yields, 0 if none does
    ],
    align=True,
)

# How a connection is driven: as fast as a vehicle can, at the speed of turns until the front is on it, or with a speed
# limit of its own, which vehicles have reached when they come to it.
FREE, TURNING, LIMITED = 0, 1, 2
BEYOND = 1.0  # the `hop` of a connection whose lane beyond is so short that vehicles look at its signal before


SPARE = 1  # free slots behind each drivable's vehicles, for arrivals


class PackedRoads(NamedTuple):
    """Roads packed for the kernels; never changes."""

    lanes: int  # K
    drivables: StructuredArray  # DRIVABLE (D,)
    crossings: StructuredArray  # CROSSING (X,)
    leaving: Ints  # (C,) connections by the lane they leave, as drivables
    entering_start: Ints  # (K + 1,) slice of `entering` for each lane
    entering: Ints  # (C,) connections by the lane they lead to, as drivables
    conflicts: Bits  # (C, W)
    green: Bits  # (N, T, W)
    phase_count: Ints  # (N,)
    phase_row: Ints  # (N, P)
    clearance_row: Ints  # (N, P, P)
    signalled_start: Ints  # (N + 1,) slice of `signalled` for each intersection
    signalled: Ints  # lanes that end at an intersection
    entries: Ints  # lanes on which vehicles enter, ascending


SLOT = np.dtype(
    [
        ("position", np.float64),  # [m] of the front from the drivable's start
        ("speed", np.float64),  # [m/s]
        ("path", np.int32),  # index into Vehicles.path of the drivable it is on
        ("next", np.int32),  # drivable after that, or NONE
        ("vehicle", np.int32),
        ("type_row", np.int32),  # row of Vehicles.types
    ],
    align=True,
)

DRIVABLE_STATE = np.dtype(
    [
        ("count", np.int32),  # vehicles on the drivable
        ("first", np.int32),  # slot of the first of them, with the others behind it
        ("next_first", np.int32),  # the same at the end of the second that is being worked out
        ("room", np.int32),  # slots kept for the drivable from `first` on; 0 if it is not in Traffic.occupied
        ("front", np.int32),  # lane: connection that its first vehicle takes next, or NONE
        ("standing", np.int32),  # [s] lane: start of its first vehicle's standstill, or NEVER
        ("inserted", np.int32),  # [s] lane: when a vehicle last entered here
        ("crossing", np.int32),  # [veh] lane: on the connections that leave it
    ],
    align=True,
)

# `departed` is NONE for ever if the path meets no intersection twice. Such vehicles, nearly all, look nothing up.
VEHICLE_STATE = np.dtype(
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
        ("departed", np.int32),  # [s] when it last left lanes of the intersection it approaches, or NEVER
        ("away", np.int32),  # [s] from leaving an intersection's lanes to arriving there again, for those left again
        ("foe", np.int32, (2,)),  # vehicle that it yielded to, in even and in odd seconds
        ("yielded", np.int32, (2,)),  # [s] time of that
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
        ("demanded", np.int32),  # [s] 1 if a limit demanded the phase: its green is shown for at least that time
    ],
    align=True,
)

TALLY = np.dtype(
    [
        ("updates", np.int64),  # vehicles moved, summed over the seconds
        ("span", np.int32),  # [s] time since the decision interval began
        ("time", np.int32),  # [s]
        ("occupied", np.int32),  # entries of Traffic.occupied
        ("ascending", np.int32),  # entries at its start that are in ascending order
        ("used", np.int32),  # slots taken
        ("clearing", np.int32),  # entries of Traffic.clearing
        ("under_way", np.int32),  # [veh]
        ("completed", np.int32),  # [veh]
        ("moving", np.int32),  # [veh] not halted at the end of this second
        ("moved", np.int32),  # [s] last second in which a vehicle moved
        ("largest_queue", np.int32),  # [veh] most halted vehicles on one lane so far
        ("disorders", np.int32),
        ("overlaps", np.int32),
        ("overflow", np.int32),  # 1 if the slots did not suffice, which is a defect
    ],
    align=True,
)

SENSOR = np.dtype(
    [
        ("mean_speed", np.float64),  # [m/s]
        ("next_arrival", np.float64),  # [s]
        ("vehicles", np.int32),
        ("queue", np.int32),
        ("longest_wait", np.int32),  # [s]
        ("backlog", np.int32),
        ("due", np.int32),  # next of Vehicles.queue that is not due yet
    ],
    align=True,
)

# What detectors that may fail report of a lane at one moment; `delay` and `discharged` are those of the second before.
FRAME = np.dtype(
    [
        ("delay", np.float64),  # [veh s]
        ("mean_speed", np.float64),  # [m/s]
        ("next_arrival", np.float64),  # [s]
        ("discharged", np.int32),
        ("vehicles", np.int32),
        ("queue", np.int32),
        ("longest_wait", np.int32),  # [s]
        ("backlog", np.int32),
        ("moving", np.int32, (BANDS,)),
        ("moving_fine", np.int32, (FINE_BANDS,)),
    ],
    align=True,
)

# A connection that nobody may enter for a time, because the lane that it leaves is closed at its end.
CLOSURE = np.dtype(
    [
        ("mask", np.uint64),  # bit of the connection
        ("place", np.int32),  # place in J where it is
        ("word", np.int32),  # word of its bit
        ("begin", np.int32),  # [s] first second
        ("end", np.int32),  # [s] first second after it
    ],
    align=True,
)

REPORTED = np.dtype([("delay", np.float64), ("discharged", np.int32)], align=True)  # since the decision interval began

# Columns of Traffic.claims. Each holds a bit a connection:
ON = 0  # a vehicle is on the connection
FRONT = 1  # the first vehicle of the lane before it takes it next
SHOWN = 2  # it is green
CLAIMED = 3  # a vehicle may be in the way of vehicles on other connections; see claims.combine_claims


class Traffic(NamedTuple):
    """State of B copies; changed in place by the kernels, held by `Simulation` alone."""

    slots: StructuredArray  # SLOT (B, 2, S) in even and odd seconds; see `slots`
    drivable_states: StructuredArray  # DRIVABLE_STATE (B, D)
    vehicle_states: StructuredArray  # VEHICLE_STATE (B, V)
    signals: StructuredArray  # SIGNAL (B, N)
    served: Ints  # [s] (B, N, P) end of each phase's last green before the present one
    claims: Bits  # (B, J, W, 4) bits of connections, in the columns above
    occupied: Ints  # (B, D) list of drivables with vehicles; see slots.sort_occupied
    clearing: Ints  # (B, 2 (D + V)) list of lane, connection: the lane's last vehicle may still stand on the latter
    queue_head: Ints  # (B, E) next of Vehicles.queue to enter, at each entry lane
    next_due: Ints  # [s] (B, E) when that vehicle is due, NEVER if all have entered
    arrivals: Ints  # (B, D, 2) second of the last arrival from elsewhere, and vehicles there before it
    departures: Ints  # [s] (B, V, U) of vehicles from intersections that they meet again; see Vehicles.revisit
    delays: Floats  # [veh s] (B, K) since the decision interval began
    discharged: Ints  # [veh] (B, K) that left the lane since then
    passing: Ints  # (B, D) list of drivables whose end a vehicle passes in this second
    changing: StructuredArray  # SLOT (B, V) vehicles on the way from one drivable to the next
    tallies: StructuredArray  # TALLY (B, 1)
    sensors: StructuredArray  # SENSOR (B, K)
    moving: Ints  # [veh] (B, K, 5)
    moving_fine: Ints  # [veh] (B, K, 11)
    history: StructuredArray  # int16 (B, T, N) row shown in each of the first T seconds
    frames: StructuredArray  # FRAME (B, H, K) of the last H seconds, at second mod H; (B, 0, 0) if no detector fails
    reported: StructuredArray  # REPORTED (B, K), (B, 0) if no detector fails
    closures: StructuredArray  # CLOSURE (B, X) never changes; a copy with fewer has some that never begin
    fallback: Ints  # (B, N, 1 + T) cycle [s] and the phase asked for in each of its seconds, 0 if the controller works
    visits: StructuredArray  # VISIT (B, X) of the vehicles one after the other; (B, 0) if none are noted
    visit: Ints  # (B, V) the visit that each vehicle makes or comes to next
    queues: StructuredArray  # QUEUE (B, G)
    looks: Ints  # (B, H) looks at which each place had each queue; see Places
    touched: Ints  # (B, G) list of places with a queue at this look


class Detectors(NamedTuple):
    """The detectors of all copies; never changes. H, which is 0 if none fails, is that of `Traffic.frames`."""

    missed: float  # share of the vehicles
    twice: float  # share of the vehicles that are counted twice
    salt: Bits  # (B,) makes the draws of a copy its own
    broken: Ints  # (B, K) WORKS, BLIND or STUCK


class CopyState(NamedTuple):
    """One copy in one second: its rows of Vehicles and Traffic, with the same names where no comment stands."""

    types: StructuredArray
    path: Ints
    revisit: Ints
    scheduled: Ints
    type_row: Ints
    path_start: Ints
    queue_start: Ints
    queue: Ints
    slots: StructuredArray  # SLOT (S,) at the start of the second
    later: StructuredArray  # SLOT (S,) at its end
    drivable_states: StructuredArray
    vehicle_states: StructuredArray
    signals: StructuredArray
    served: Ints
    claims: Bits
    occupied: Ints
    clearing: Ints
    queue_head: Ints
    next_due: Ints
    arrivals: Ints
    departures: Ints
    delays: Floats
    discharged: Ints
    passing: Ints
    changing: StructuredArray
    tally: StructuredArray  # TALLY (1,) a row of `tallies`
    sensors: StructuredArray
    moving: Ints
    moving_fine: Ints
    history: StructuredArray
    frames: StructuredArray
    reported: StructuredArray
    closures: StructuredArray
    fallback: Ints
    visits: StructuredArray
    visit: Ints
    queues: StructuredArray
    looks: Ints
    touched: Ints
    missed: float
    twice: float
    salt: np.uint64
    broken: Ints
