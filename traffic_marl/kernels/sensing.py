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
def sense_lane(layout, vehicles, traffic, b, lane, now):  # type: ignore[no-untyped-def]
    """Reads the detectors of a lane on which there are vehicles."""
    road = layout.drivables[lane]
    sensor = traffic.sensors[b, lane]
    count = traffic.states[b, lane].count
    queue = 0
    total = 0.0
    longest = 0
    for s in range(road.first_slot, road.first_slot + count):
        slot = traffic.slots[b, s]
        total += slot.speed
        if slot.speed < HALTED:
            queue += 1
            longest = max(longest, now + 1 - traffic.rides[b, slot.vehicle].halted_since)
        else:
            traffic.moving[b, lane, band(road.length - slot.position)] += 1
    sensor.vehicles = count
    sensor.queue = queue
    sensor.longest_wait = longest
    sensor.mean_speed = total / count


@kernel
def clear_sensors(layout, traffic, b):  # type: ignore[no-untyped-def]
    """Sets all detectors to what an empty lane shows."""
    for lane in range(traffic.sensors.shape[1]):
        sensor = traffic.sensors[b, lane]
        sensor.vehicles = 0
        sensor.queue = 0
        sensor.longest_wait = 0
        sensor.mean_speed = layout.drivables[lane].limit
        for k in range(traffic.moving.shape[2]):
            traffic.moving[b, lane, k] = 0


@kernel
def count_backlog(layout, vehicles, traffic, b, now):  # type: ignore[no-untyped-def]
    """Counts on each entry lane the vehicles that were due before `now` and have not entered."""
    for lane in layout.entries:
        sensor = traffic.sensors[b, lane]
        due = sensor.due
        while due < vehicles.queue_start[b, lane + 1] and vehicles.scheduled[b, vehicles.queue[b, due]] < now:
            due += 1
        sensor.due = due
        sensor.backlog = due - traffic.states[b, lane].queue_head


@kernel
def sense(layout, vehicles, traffic, b, now):  # type: ignore[no-untyped-def]
    """Reads all detectors of a copy at the time `now`."""
    clear_sensors(layout, traffic, b)
    for k in range(traffic.tallies[b].occupied):
        d = traffic.occupied[b, k]
        if d < traffic.sensors.shape[1] and traffic.states[b, d].count > 0:
            sense_lane(layout, vehicles, traffic, b, d, now)
    count_backlog(layout, vehicles, traffic, b, now)


@kernel
def audit(layout, vehicles, traffic, b):  # type: ignore[no-untyped-def]
    """Counts vehicles that are ahead of their predecessor on the drivable, and those that overlap it."""
    tally = traffic.tallies[b]
    for k in range(tally.occupied):
        d = traffic.occupied[b, k]
        first = layout.drivables[d].first_slot
        for s in range(first + 1, first + traffic.states[b, d].count):
            ahead = traffic.slots[b, s - 1]
            position = traffic.slots[b, s].position
            if position > ahead.position:
                tally.disorders += 1
            elif position > ahead.position - vehicles.types[vehicles.kind[b, ahead.vehicle]].length:
                tally.overlaps += 1


@kernel
def watch_gridlock(traffic, b, now):  # type: ignore[no-untyped-def]
    """Notes when vehicles last moved, and a gridlock."""
    tally = traffic.tallies[b]
    if tally.moving > 0 or tally.under_way == 0:
        tally.moved = now + 1
    elif now + 1 - tally.moved >= GRIDLOCK:
        tally.gridlocked = 1
    tally.moving = 0
