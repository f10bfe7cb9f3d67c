"""Where the state of vehicles lies: packed, drivable after drivable, so that a second reads it in one sweep.

Each second writes the next state to another set of slots, with a slot to spare behind every drivable. Who arrives takes
that; when it is taken already, the drivable moves to the end of the slots in use.
"""

from traffic_marl.arrays import Table
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.traffic import SPARE, Copy


@kernel
def reserve(copy: Copy, count: int, limit: int) -> int:
    """The first of `count` slots behind those in use; notes an overflow beyond `limit`."""
    first = copy.tally[0].used
    if first + count > limit:
        copy.tally[0].overflow = 1
        return 0
    copy.tally[0].used = first + count
    return first


@kernel
def last_slot(copy: Copy, slots: Table, d: int) -> int:
    """A slot behind the vehicles of a drivable, for one more; may move them, or list the drivable as occupied."""
    state = copy.states[d]
    if state.room == 0:
        state.room = 1 + SPARE
        state.first = reserve(copy, state.room, len(slots))
        copy.occupied[copy.tally[0].occupied] = d
        copy.tally[0].occupied += 1
    elif state.count == state.room:
        state.room = state.count + 1 + SPARE
        first = reserve(copy, state.room, len(slots))
        for k in range(state.count):
            slots[first + k] = slots[state.first + k]
        state.first = first
    return state.first + state.count


@kernel
def sort_occupied(copy: Copy) -> None:
    """Puts the drivables listed since the last second in their places, so that the list is ascending again.

    Neighbouring drivables lie side by side in the tables, so that they come with the same cache lines and pages.
    """
    tally = copy.tally[0]
    late = tally.occupied - tally.ascending
    for k in range(late):
        d = copy.occupied[tally.ascending + k]
        i = k
        while i > 0 and copy.passing[i - 1] > d:
            copy.passing[i] = copy.passing[i - 1]
            i -= 1
        copy.passing[i] = d
    i = tally.ascending
    for k in range(late - 1, -1, -1):
        while i > 0 and copy.occupied[i - 1] > copy.passing[k]:
            copy.occupied[i + k] = copy.occupied[i - 1]
            i -= 1
        copy.occupied[i + k] = copy.passing[k]
