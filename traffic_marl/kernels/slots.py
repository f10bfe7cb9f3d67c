"""Slots, which hold the state of vehicles, packed drivable after drivable so that a second reads them in one sweep.

There are two sets of slots. Each second reads one set and writes the next state to the other one, and the two change
places. A drivable's vehicles lie side by side, front to back, with a spare slot behind them that an arrival takes. When
that is taken, the drivable moves to the end of the slots in use. Vehicles join at the back only: a vehicle that enters
a drivable between two others, as a lane change would need, has no place in this layout.
"""

from traffic_marl.arrays import StructuredArray
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.traffic import SPARE, CopyState


@kernel
def reserve(copy: CopyState, count: int, limit: int) -> int:
    """The first of `count` slots behind those in use. An overflow beyond `limit` is noted."""
    first = copy.tally[0].used
    if first + count > limit:
        copy.tally[0].overflow = 1
        return 0
    copy.tally[0].used = first + count
    return first


@kernel
def last_slot(copy: CopyState, slots: StructuredArray, d: int) -> int:
    """The slot behind the vehicles of a drivable, for one more. May move them, or list the drivable as occupied."""
    state = copy.drivable_states[d]
    # No room means that the drivable is not listed: it is on the list once, or not at all.
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
def sort_occupied(copy: CopyState) -> None:
    """Sorts the list of occupied drivables.

    The order changes no result. It makes a second read the tables from front to back, so that neighbouring drivables
    come with the same cache lines and pages.

    The list has two parts: `ascending` entries in ascending order, which the second before has left, and behind them
    the drivables listed since, in the order of listing. No drivable is in both. The late ones are few, so they are
    sorted by insertion and then merged into the first part from the back, where each moves once.
    """
    tally = copy.tally[0]
    late = tally.occupied - tally.ascending
    # `passing` holds the late ones meanwhile: it is not in use before `drive_all` fills it.
    for k in range(late):
        d = copy.occupied[tally.ascending + k]
        i = k
        while i > 0 and copy.passing[i - 1] > d:
            copy.passing[i] = copy.passing[i - 1]
            i -= 1
        copy.passing[i] = d
    # Before each step, entries from i + k + 1 on are in their final places, and entries below i are to be merged.
    i = tally.ascending
    for k in range(late - 1, -1, -1):
        while i > 0 and copy.occupied[i - 1] > copy.passing[k]:
            copy.occupied[i + k] = copy.occupied[i - 1]
            i -= 1
        copy.occupied[i + k] = copy.passing[k]
