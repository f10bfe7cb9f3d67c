"""The visits of one copy by the vehicles that count: those due before the horizon."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Records, Visits


@dataclass(frozen=True, eq=False)
class Visited:
    """The visits (X,) of demanded vehicles in one copy, up to the end of the run."""

    vehicle: Ints
    movement: Ints
    lane: Ints
    start: Ints  # [s] when the front came to the approach, or when the vehicle was due to enter there
    has_begun: Bools
    on_road: Bools  # the front has come to the approach
    departed: Ints  # [s] NEVER before it
    delay: Floats  # [s]
    outside: Ints  # [s] of the delay, waited for room to enter
    stops: Ints
    halted: Ints  # [s] until the horizon
    reaches: Ints  # [0.1 s] when the front would be at the stop line at free speed

    @cached_property
    def by_delay(self) -> Ints:
        """The visits that have begun, by ascending delay."""
        begun = np.flatnonzero(self.has_begun)
        order: Ints = begun[np.argsort(self.delay[begun], kind="stable")].astype(np.int32)
        return order


def visited_in(copy: int, at_horizon: Visits, at_end: Visits, records: Records, horizon: int) -> Visited:
    """The visits of a copy.

    Args:
        copy: index of the copy.
        at_horizon: visits when the demand ended.
        at_end: visits when the run ended.
        records: of every vehicle when the run ended.
        horizon: [s] when the demand ended.
    """
    own = np.arange(at_end.count[copy])
    own = own[records.scheduled[copy, at_end.vehicle[copy, own]] < horizon]
    vehicle, arrived = at_end.vehicle[copy, own], at_end.arrived[copy, own]
    is_first = at_end.first[copy, own] == 1
    on_road = arrived != NEVER
    start = np.where(is_first, records.scheduled[copy, vehicle], arrived)
    entered = np.minimum(records.entered[copy, vehicle], records.time)
    return Visited(
        vehicle=vehicle,
        movement=at_end.movement[copy, own],
        lane=at_end.lane[copy, own],
        start=start,
        has_begun=on_road | is_first,
        on_road=on_road,
        departed=at_end.departed[copy, own],
        delay=_delay(start, at_end.ended[copy, own], at_end.free[copy, own], records.time),
        outside=np.where(is_first, entered - start, 0),
        stops=at_end.stops[copy, own],
        halted=at_horizon.halted[copy, own],
        reaches=at_end.moment[copy, own] + np.rint(10.0 * at_end.lane_time[copy, own]).astype(np.int32),
    )


def _delay(start: Ints, ended: Ints, free: Floats, time: int) -> Floats:
    """[s] from the start to the end less free travel time; at least 0 for a visit that is not over."""
    delay = np.minimum(ended, time) - start - free
    return np.where(ended == NEVER, np.maximum(delay, 0.0), delay)
