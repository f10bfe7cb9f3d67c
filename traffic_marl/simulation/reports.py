"""Readings and records, made of the state of a simulation. They are copies, so that nobody can change the state."""

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import ALL_RED, GREEN, NEVER, YELLOW, Timing, Vehicles
from traffic_marl.kernels.traffic import Traffic
from traffic_marl.simulation.readings import Readings, Records
from traffic_marl.simulation.visits import visiting_times


def readings_of(traffic: Traffic, timing: Timing, now: int) -> Readings:
    """Readings of all detectors and signals.

    Args:
        traffic: the state.
        timing: limits that the signals keep.
        now: [s] the time of the state.
    """
    sensors = traffic.sensors
    interval, age = _intervals(traffic, timing)
    return Readings(
        time=now,
        span=int(traffic.tallies["span"][0, 0]),
        vehicles=sensors["vehicles"].copy(),
        queue=sensors["queue"].copy(),
        moving=traffic.moving.copy(),
        moving_fine=traffic.moving_fine.copy(),
        mean_speed=sensors["mean_speed"].copy(),
        delay=traffic.delays.copy(),
        next_arrival=sensors["next_arrival"].copy(),
        discharged=traffic.discharged.copy(),
        longest_wait=sensors["longest_wait"].copy(),
        backlog=sensors["backlog"].copy(),
        phase=traffic.signals["phase"].copy(),
        age=age,
        since_served=_since_served(traffic, now),
        interval=interval,
        may_switch=(interval == GREEN) & (age >= timing.min_green),
    )


def records_of(traffic: Traffic, vehicles: Vehicles, counts: Ints, free: Floats, locked: Bools, now: int) -> Records:
    """Records of every vehicle.

    Args:
        traffic: the state.
        vehicles: of all copies.
        counts: [veh] (B,) of each copy.
        free: [s] (B, V) free travel times.
        locked: (B, V) vehicles in a gridlock.
        now: [s] the time of the state.
    """
    states, tallies = traffic.vehicle_states, traffic.tallies[:, 0]
    standing = np.where(states["halted_since"] == NEVER, 0, now + 1 - states["halted_since"])
    approaching = np.where(states["lane_since"] == NEVER, 0, now - 1 - states["lane_since"])
    return Records(
        time=now,
        count=counts.copy(),
        scheduled=vehicles.scheduled.copy(),
        entered=states["entered"].copy(),
        left=states["left"].copy(),
        free=free.copy(),
        halted=(states["halted"] + standing).astype(np.int32),
        longest_halt=np.maximum(states["longest_halt"], standing).astype(np.int32),
        stops=states["stops"].copy(),
        approaching=(states["approaching"] + approaching).astype(np.int32),
        visiting=visiting_times(states, now),
        largest_queue=tallies["largest_queue"].copy(),
        still_since=tallies["moved"].copy(),
        locked=locked,
        updates=tallies["updates"].copy(),
        disorders=tallies["disorders"].copy(),
        overlaps=tallies["overlaps"].copy(),
    )


def _since_served(traffic: Traffic, now: int) -> Ints:
    """[s] (B, N, P) since the end of each phase's last green; 0 for the phase that is green."""
    since: Ints = now - traffic.served
    signals = traffic.signals
    phases = np.arange(since.shape[2])
    # A green of age 0 begins with the next second and has not been shown yet.
    green = (signals["interval"] == GREEN) & (signals["age"] > 0)
    since[green[:, :, None] & (signals["phase"][:, :, None] == phases)] = 0
    return since


def _intervals(traffic: Traffic, timing: Timing) -> tuple[Ints, Ints]:
    """Interval and its age at this moment (B, N): an intergreen that is over has become the next interval."""
    interval: Ints = traffic.signals["interval"].copy()
    age: Ints = traffic.signals["age"].copy()
    for ends, lasts, follows in ((YELLOW, timing.yellow, ALL_RED), (ALL_RED, timing.all_red, GREEN)):
        over = (interval == ends) & (age >= lasts)
        interval[over] = follows
        age[over] = 0
    return interval, age
