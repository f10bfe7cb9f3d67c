"""Claims: bits for the connections of an intersection, which tell at once where vehicles may meet.

The columns ON, FRONT, SHOWN and CLAIMED are explained in `traffic`, the places of the bits in `tables.Roads`.
"""

import numpy as np

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.traffic import CLAIMED, FRONT, ON, SHOWN, CopyState, PackedRoads

NO_BITS = np.uint64(0)


@kernel
def is_green(roads: PackedRoads, copy: CopyState, connection: int) -> bool:
    """Whether a connection is green in this second."""
    road = roads.drivables[connection]
    return (copy.claims[road.intersection, road.word, SHOWN] & road.mask) != NO_BITS


@kernel
def close_lanes(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Takes the green from connections of closed lanes in this second, whatever the signals show.

    It comes after the signals, which write the greens of a row only when the row changes. So a connection gets back
    what its row gives it in the second in which its lane opens. Connections without signals are green then.
    """
    for k in range(len(copy.closures)):
        closure = copy.closures[k]
        if closure.end == now:
            green = closure.mask
            if closure.place < len(roads.phase_count):
                green &= roads.green[closure.place, copy.signals[closure.place].row, closure.word]
            copy.claims[closure.place, closure.word, SHOWN] |= green
    # Only then, since one closure of a connection may begin before another one ends.
    for k in range(len(copy.closures)):
        closure = copy.closures[k]
        if closure.begin <= now < closure.end:
            copy.claims[closure.place, closure.word, SHOWN] &= ~closure.mask


@kernel
def claim(roads: PackedRoads, copy: CopyState, connection: int, column: int) -> None:
    """Sets the bit of a connection in a column of the claims: ON, FRONT or CLAIMED."""
    road = roads.drivables[connection]
    copy.claims[road.intersection, road.word, column] |= road.mask


@kernel
def disclaim(roads: PackedRoads, copy: CopyState, connection: int, column: int) -> None:
    """Clears the bit of a connection in a column of the claims."""
    road = roads.drivables[connection]
    copy.claims[road.intersection, road.word, column] &= ~road.mask


@kernel
def combine_claims(roads: PackedRoads, copy: CopyState) -> None:
    """Marks in CLAIMED the connections on which `foe_at` could find a vehicle in this second.

    It is a filter that spares most searches, so it may mark too many connections but never too few. `foe_at` looks in
    three places, and each has its bit:

    - on the connection itself: ON, which `note_arrival` sets and `take_out` clears with the last vehicle;
    - at the front of the lane before, if the connection is green: FRONT, which `set_front` keeps, and SHOWN;
    - at the rear of the lane beyond, for a vehicle that came from the connection and whose tail is still on it: the
      pairs of `clearing`, which `note_arrival` adds and which are dropped here once the tail is off.
    """
    for n in range(copy.claims.shape[0]):
        for w in range(copy.claims.shape[1]):
            waiting = copy.claims[n, w, FRONT] & copy.claims[n, w, SHOWN]
            copy.claims[n, w, CLAIMED] = copy.claims[n, w, ON] | waiting
    kept = 0
    for k in range(copy.tally[0].clearing):
        lane = copy.clearing[2 * k]
        connection = copy.clearing[2 * k + 1]
        if last_is_clearing(copy, lane, connection):
            claim(roads, copy, connection, CLAIMED)
            copy.clearing[2 * kept] = lane
            copy.clearing[2 * kept + 1] = connection
            kept += 1
    copy.tally[0].clearing = kept


@kernel
def last_is_clearing(copy: CopyState, lane: int, connection: int) -> bool:
    """Whether the last vehicle of a lane came from this connection and its tail is not on the lane yet."""
    state = copy.drivable_states[lane]
    if state.count == 0:
        return False
    s = state.first + state.count - 1
    if copy.vehicle_states[copy.slots[np.uintp(s)].vehicle].came_from != connection:
        return False
    return copy.slots[s].position < copy.types[copy.slots[np.uintp(s)].type_row].length


@kernel
def meets_claim(roads: PackedRoads, copy: CopyState, connection: int) -> bool:
    """Whether any connection that meets this one is claimed."""
    n = roads.drivables[np.uintp(connection)].intersection
    for w in range(roads.conflicts.shape[1]):
        if (roads.conflicts[connection - roads.lanes, w] & copy.claims[n, w, CLAIMED]) != NO_BITS:
            return True
    return False
