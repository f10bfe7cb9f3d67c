"""Detectors: what can be seen of the traffic on each lane."""

from traffic_marl.kernels.compiling import kernel
from traffic_marl.kernels.drivables import HALTED
from traffic_marl.kernels.tables import BAND_EDGES
from traffic_marl.kernels.traffic import GRIDLOCK


@kernel
def band(distance):  # type: ignore[no-untyped-def]
    """Number of the detector band at this distance from the stop line [m]."""
    number = 0
    for edge in BAND_EDGES:
        if distance > edge:
            number += 1
    return number


@kernel
def sense_lane(layout, copy, lane, now):  # type: ignore[no-untyped-def]
    """Reads the detectors of a lane on which there are vehicles."""
    road = layout.drivables[lane]
    sensor = copy.sensors[lane]
    count = copy.states[lane].count
    queue = 0
    total = 0.0
    longest = 0
    for s in range(road.first_slot, road.first_slot + count):
        slot = copy.slots[s]
        total += slot.speed
        if slot.speed < HALTED:
            queue += 1
            longest = max(longest, now + 1 - copy.rides[slot.vehicle].halted_since)
        else:
            copy.moving[lane, band(road.length - slot.position)] += 1
    sensor.vehicles = count
    sensor.queue = queue
    sensor.longest_wait = longest
    sensor.mean_speed = total / count


@kernel
def clear_sensors(layout, copy):  # type: ignore[no-untyped-def]
    """Sets all detectors to what an empty lane shows."""
    for lane in range(layout.lanes):
        sensor = copy.sensors[lane]
        sensor.vehicles = 0
        sensor.queue = 0
        sensor.longest_wait = 0
        sensor.mean_speed = layout.drivables[lane].limit
        for k in range(copy.moving.shape[1]):
            copy.moving[lane, k] = 0


@kernel
def count_backlog(layout, copy, now):  # type: ignore[no-untyped-def]
    """Counts on each entry lane the vehicles that were due before `now` and have not entered."""
    for lane in layout.entries:
        sensor = copy.sensors[lane]
        due = sensor.due
        while due < copy.queue_start[lane + 1] and copy.scheduled[copy.queue[due]] < now:
            due += 1
        sensor.due = due
        sensor.backlog = due - copy.states[lane].queue_head


@kernel
def sense(layout, copy, now):  # type: ignore[no-untyped-def]
    """Reads all detectors of a copy at the time `now`."""
    clear_sensors(layout, copy)
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if d < layout.lanes and copy.states[d].count > 0:
            sense_lane(layout, copy, d, now)
    count_backlog(layout, copy, now)


@kernel
def audit(layout, copy):  # type: ignore[no-untyped-def]
    """Counts vehicles that are ahead of their predecessor on the drivable, and those that overlap it."""
    tally = copy.tally[0]
    for k in range(tally.occupied):
        d = copy.occupied[k]
        first = layout.drivables[d].first_slot
        for s in range(first + 1, first + copy.states[d].count):
            ahead = copy.slots[s - 1]
            position = copy.slots[s].position
            if position > ahead.position:
                tally.disorders += 1
            elif position > ahead.position - copy.types[copy.kind[ahead.vehicle]].length:
                tally.overlaps += 1


@kernel
def watch_gridlock(copy, now):  # type: ignore[no-untyped-def]
    """Notes when vehicles last moved, and a gridlock."""
    tally = copy.tally[0]
    if tally.moving > 0 or tally.under_way == 0:
        tally.moved = now + 1
    elif now + 1 - tally.moved >= GRIDLOCK:
        tally.gridlocked = 1
    tally.moving = 0
