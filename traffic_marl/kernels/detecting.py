"""Detectors that fail: what they report of each lane in each second, and some seconds later.

A vehicle is missed or counted twice for as long as it is on a lane, or waits to enter it. A hash of the copy's salt,
the vehicle and the lane decides, so it does not matter how often a detector is read.
"""

import numpy as np

from traffic_marl.arrays import Record
from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.driving import HALTED
from traffic_marl.kernels.sensing import add_up, fine_band
from traffic_marl.kernels.tables import BANDS, FINE_BANDS, NO_ARRIVAL
from traffic_marl.kernels.traffic import CopyState, PackedRoads

WORKS, BLIND, STUCK = 0, 1, 2  # states of a lane's detectors

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR, SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
FIRST_SHIFT, SECOND_SHIFT, THIRD_SHIFT = np.uint64(30), np.uint64(27), np.uint64(31)
LANE_SHIFT, TO_53_BITS = np.uint64(32), np.uint64(11)
UNIT = 2.0**-53


@kernel
def mixed(word: np.uint64) -> np.uint64:
    """A hash of a word of 64 bits.

    Source: Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195 (the finaliser of SplitMix64).
    """
    word = (word ^ (word >> FIRST_SHIFT)) * FIRST_FACTOR
    word = (word ^ (word >> SECOND_SHIFT)) * SECOND_FACTOR
    return word ^ (word >> THIRD_SHIFT)


@kernel
def times_counted(copy: CopyState, vehicle: int, lane: int) -> int:
    """How often the detectors of a lane count a vehicle: 1, or 0 if they miss it, or 2."""
    place = (np.uint64(lane) << LANE_SHIFT) + np.uint64(vehicle)
    uniform = float(mixed(copy.salt ^ mixed(place + GOLDEN)) >> TO_53_BITS) * UNIT
    if uniform < copy.missed:
        return 0
    return 2 if uniform >= 1.0 - copy.twice else 1


@kernel
def frame_of(copy: CopyState, now: int) -> int:
    """Place of the frame of the moment `now`."""
    return now % copy.frames.shape[0]


@kernel
def count_passage(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Writes delay and discharge of the second that begins at `now` into the frame of its end.

    All vehicles have moved, and none has been handed over. The sums are those of `drive` and `take_out`.
    """
    at = frame_of(copy, now + 1)
    for lane in range(roads.lanes):
        copy.frames[at, lane].delay = 1.0 if copy.broken[lane] == STUCK else 0.0
        copy.frames[at, lane].discharged = 0
    for k in range(copy.tally[0].occupied):
        lane = copy.occupied[k]
        if lane >= roads.lanes or copy.broken[lane] != WORKS:
            continue
        road = roads.drivables[lane]
        delay = 0.0
        discharged = 0
        first = copy.drivable_states[lane].first
        for s in range(first, first + copy.drivable_states[lane].count):
            slot = copy.later[s]
            times = times_counted(copy, slot.vehicle, lane)
            delay += times * (1.0 - slot.speed * max(road.slowness, copy.types[slot.type_row].slowness))
            if slot.position > road.length:
                discharged += times
        copy.frames[at, lane].delay = delay
        copy.frames[at, lane].discharged = discharged


@kernel
def detect_lane(roads: PackedRoads, copy: CopyState, lane: int, frame: Record, now: int) -> float:
    """Counts the vehicles of a lane into a frame. Returns the sum of their speeds [m/s]."""
    first = copy.drivable_states[lane].first
    total = 0.0
    for s in range(first, first + copy.drivable_states[lane].count):
        slot = copy.slots[s]
        times = times_counted(copy, slot.vehicle, lane)
        if times == 0:
            continue
        frame.vehicles += times
        total += times * slot.speed
        if slot.speed < HALTED:
            frame.queue += times
            frame.longest_wait = max(frame.longest_wait, now + 1 - copy.vehicle_states[slot.vehicle].halted_since)
        else:
            distance = roads.drivables[lane].length - slot.position
            frame.moving_fine[fine_band(distance)] += times
            if frame.next_arrival == NO_ARRIVAL:
                frame.next_arrival = min(distance / slot.speed, NO_ARRIVAL)
    add_up(frame.moving_fine, frame.moving)
    return total


@kernel
def detect_all(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Writes what the detectors of all lanes report at `now` into its frame.

    A stuck detector reports one vehicle, which has stood since the start.
    """
    at = frame_of(copy, now)
    for lane in range(roads.lanes):
        frame = copy.frames[at, lane]
        frame.vehicles = 0
        frame.queue = 0
        frame.longest_wait = 0
        frame.next_arrival = NO_ARRIVAL
        frame.backlog = 0
        for k in range(BANDS):
            frame.moving[k] = 0
        for k in range(FINE_BANDS):
            frame.moving_fine[k] = 0
        total = 0.0
        if copy.broken[lane] == STUCK:
            frame.vehicles = 1
            frame.queue = 1
            frame.longest_wait = now
        elif copy.broken[lane] == WORKS and copy.drivable_states[lane].count > 0:
            total = detect_lane(roads, copy, lane, frame, now)
        frame.mean_speed = total / frame.vehicles if frame.vehicles > 0 else roads.drivables[lane].limit


@kernel
def detect_backlog(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Counts on each entry lane the vehicles that are due and have not entered, into the frame of `now`."""
    at = frame_of(copy, now)
    for e in range(len(roads.entries)):
        lane = roads.entries[e]
        if copy.broken[lane] != WORKS:
            continue
        for place in range(copy.queue_head[e], copy.queue_start[lane + 1]):
            vehicle = copy.queue[place]
            if copy.scheduled[vehicle] >= now:
                break
            copy.frames[at, lane].backlog += times_counted(copy, vehicle, lane)


@kernel
def detect(roads: PackedRoads, copy: CopyState, now: int) -> None:
    """Reads the detectors of a copy at `now`, and adds up what is reported of the second before.

    The oldest frame is the one that is reported now. Its second counts for the decision interval under way.
    """
    detect_all(roads, copy, now)
    detect_backlog(roads, copy, now)
    oldest = frame_of(copy, now + 1)
    for lane in range(roads.lanes):
        copy.reported[lane].delay += copy.frames[oldest, lane].delay
        copy.reported[lane].discharged += copy.frames[oldest, lane].discharged
