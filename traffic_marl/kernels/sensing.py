"""Detectors on each lane, checks of the order of vehicles, and the time of their last movement."""

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.driving import HALTED
from traffic_marl.kernels.tables import BAND_EDGES, NO_ARRIVAL
from traffic_marl.kernels.traffic import CopyState, PackedRoads


@kernel
def band(distance: float) -> int:
    """Number of the detector band at this distance from the stop line [m]."""
    number = 0
    for edge in BAND_EDGES:
        if distance > edge:
            number += 1
    return number


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
            copy.moving[lane, band(distance)] += 1
            if s - first == queue:  # all before it stand
                arrival = min(distance / speed, NO_ARRIVAL)
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
        sensor.vehicles = 0
        sensor.queue = 0
        sensor.longest_wait = 0
        sensor.next_arrival = NO_ARRIVAL
        sensor.mean_speed = roads.drivables[lane].limit
        for k in range(copy.moving.shape[1]):
            copy.moving[lane, k] = 0


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
