"""Detectors on each lane, checks of the order of vehicles, and the time of their last movement."""

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.driving import HALTED
from traffic_marl.kernels.tables import BANDS, FINE_BANDS, FINE_EDGES, NO_ARRIVAL
from traffic_marl.kernels.traffic import CopyState, PackedRoads

STEP = 10.0  # [m] of which all edges of bands are multiples
LAST_STEP = FINE_EDGES[-1] / STEP
BAND_OF_STEP = np.searchsorted(FINE_EDGES, np.arange(1.0, LAST_STEP + 2.0) * STEP).astype(np.int32)


@kernel
def fine_band(distance: float) -> int:
    """Number of the finer detector band at this distance from the stop line [m]."""
    return int(BAND_OF_STEP[np.uintp(min(max(np.ceil(distance / STEP) - 1.0, 0.0), LAST_STEP))])


@kernel
def add_up(fine: Ints, out: Ints) -> None:
    """Adds vehicles in the finer bands up to those in the bands."""
    out[0] = fine[0] + fine[1] + fine[2]
    out[1] = fine[3] + fine[4] + fine[5]
    out[2] = fine[6] + fine[7]
    out[3] = fine[8] + fine[9]
    out[4] = fine[10]


@kernel
def sense_lane(roads: PackedRoads, copy: CopyState, lane: int, now: int) -> None:
    """Reads the detectors of a lane on which there are vehicles."""
    road = roads.drivables[lane]
    sensor = copy.sensors[lane]
    first, count = copy.drivable_states[lane].first, copy.drivable_states[lane].count
    queue = 0
    total = 0.0
    longest = 0
    arrival = NO_ARRIVAL
    for s in range(first, first + count):
        speed = copy.slots[s].speed
        total += speed
        if speed < HALTED:
            queue += 1
            longest = max(longest, now + 1 - copy.vehicle_states[copy.slots[s].vehicle].halted_since)
        else:
            distance = road.length - copy.slots[s].position
            copy.moving_fine[lane, fine_band(distance)] += 1
            if s - first == queue:  # all before it stand
                arrival = min(distance / speed, NO_ARRIVAL)
    add_up(copy.moving_fine[lane], copy.moving[lane])
    sensor.vehicles = count
    sensor.queue = queue
    sensor.longest_wait = longest
    sensor.next_arrival = arrival
    sensor.mean_speed = total / count


@kernel
def clear_sensors(roads: PackedRoads, copy: CopyState) -> None:
    """Sets all detectors to the readings of an empty lane."""
    for lane in range(roads.lanes):
        sensor = copy.sensors[lane]
        if sensor.vehicles > 0:
            for k in range(BANDS):
                copy.moving[lane, k] = 0
            for k in range(FINE_BANDS):
                copy.moving_fine[lane, k] = 0
        sensor.vehicles = 0
        sensor.queue = 0
        sensor.longest_wait = 0
        sensor.next_arrival = NO_ARRIVAL
        sensor.mean_speed = roads.drivables[lane].limit


@kernel
def count_backlog(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Counts on each entry lane the vehicles that were due before `now` and have not entered."""
    for e in range(len(roads.entries)):
        lane = roads.entries[e]
        sensor = copy.sensors[lane]
        due = sensor.due
        while due < copy.queue_start[lane + 1] and copy.scheduled[copy.queue[due]] < now:
            due += 1
        sensor.due = due
        sensor.backlog = due - copy.queue_head[e]


@kernel
def sense(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Reads all detectors of a copy at the time `now`."""
    clear_sensors(roads, copy)
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if d < roads.lanes and copy.drivable_states[d].count > 0:
            sense_lane(roads, copy, d, now)
    count_backlog(roads, copy, now)


@kernel
def audit(copy: CopyState) -> None:
    """Counts vehicles that are ahead of their predecessor on the drivable, and those that overlap it."""
    tally = copy.tally[0]
    for k in range(tally.occupied):
        d = copy.occupied[k]
        first = copy.drivable_states[d].first
        for s in range(first + 1, first + copy.drivable_states[d].count):
            ahead = copy.later[s - 1].position
            if copy.later[s].position > ahead:
                tally.disorders += 1
            elif copy.later[s].position > ahead - copy.types[copy.later[s - 1].type_row].length:
                tally.overlaps += 1


@kernel
def note_stillness(copy: CopyState, now: int) -> None:
    """Notes when vehicles last moved."""
    tally = copy.tally[0]
    if tally.moving > 0 or tally.under_way == 0:
        tally.moved = now + 1
    tally.moving = 0
