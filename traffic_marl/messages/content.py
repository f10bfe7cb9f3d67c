"""What messages say if they are false, and what is known of an intersection that has said nothing yet."""

from dataclasses import replace

import numpy as np

from traffic_marl.kernels.tables import GREEN, NO_ARRIVAL, SPACE
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings

FALSE_WAIT = 60  # [s] that vehicles have stood which are not there


def empty(readings: Readings, network: Network) -> Readings:
    """Readings of the same copies without a vehicle on any lane, and with the first phase green since time 0."""
    tables = network.tables
    lanes, signals = np.zeros_like(readings.queue), np.zeros_like(readings.phase)
    limit = np.broadcast_to(tables.limit[: lanes.shape[1]], lanes.shape)
    return replace(
        readings,
        vehicles=lanes,
        queue=lanes,
        moving=np.zeros_like(readings.moving),
        moving_fine=np.zeros_like(readings.moving_fine),
        mean_speed=limit,
        delay=np.zeros_like(readings.delay),
        next_arrival=np.full_like(readings.next_arrival, NO_ARRIVAL),
        discharged=lanes,
        longest_wait=lanes,
        backlog=lanes,
        blind=np.zeros_like(readings.blind),
        phase=signals,
        age=signals,
        since_served=np.zeros_like(readings.since_served),
        interval=np.full_like(readings.interval, GREEN),
        may_switch=np.zeros_like(readings.may_switch),
    )


def contradicted(readings: Readings, network: Network) -> Readings:
    """What false messages say: full lanes are told to be empty and empty ones full, and another phase to be shown.

    So many vehicles stand on a lane as there is room for beside those that are really there. The phase is the next one
    in the order of the intersection.
    """
    tables = network.tables
    lanes = readings.queue.shape[1]
    room = np.maximum(tables.length[:lanes] // SPACE, 1.0).astype(np.int32)
    queue = np.maximum(room - readings.vehicles, 0).astype(np.int32)
    stands = queue > 0
    return replace(
        empty(readings, network),
        vehicles=queue,
        queue=queue,
        mean_speed=np.where(stands, 0.0, tables.limit[:lanes]),
        delay=queue * float(readings.span),
        longest_wait=np.where(stands, FALSE_WAIT, 0).astype(np.int32),
        phase=((readings.phase + 1) % tables.phase_count).astype(np.int32),
        age=readings.age,
        since_served=readings.since_served,
        interval=readings.interval,
        may_switch=readings.may_switch,
    )
