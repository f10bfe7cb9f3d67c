"""Frozen copies of a simulation that others see: readings of detectors and signals, and records of vehicles."""

from dataclasses import dataclass, field

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints


def _unstated() -> Bools:
    """Stands for lanes of which none is stated to be blind."""
    return np.zeros((0, 0), np.bool_)


@dataclass(frozen=True)
class Readings:
    """All that a strategy can know at a decision: a complete, frozen copy.

    Lanes are those of `Network.lane_names` (K), intersections those of `Network.intersections` (N). A halted vehicle
    is slower than 0.1 m/s. The bands of `moving` are 0-60, 60-120, 120-200, 200-300 and over 300 m from the stop line.
    Those of `moving_fine` end at 20, 40, 60, 80, 100, 120, 160, 200, 250 and 300 m, and the last one lies beyond.
    """

    time: int  # [s]
    span: int  # [s] time since the decision interval began, over which `delay` and `discharged` add up
    vehicles: Ints  # [veh] (B, K)
    queue: Ints  # [veh] (B, K) halted
    moving: Ints  # [veh] (B, K, 5) not halted, by distance of the front from the lane's end
    moving_fine: Ints  # [veh] (B, K, 11) the same vehicles, in finer bands
    mean_speed: Floats  # [m/s] (B, K) the lane's limit where it is empty
    delay: Floats  # [veh s] (B, K) sum of 1 - v / free speed over vehicles and the seconds of `span`
    next_arrival: Floats  # [s] (B, K) until the first moving vehicle is at the lane's end, at its speed; 60 without one
    discharged: Ints  # [veh] (B, K) that left the lane within `span`
    longest_wait: Ints  # [s] (B, K) longest present standstill
    backlog: Ints  # [veh] (B, K) due, but without room to enter
    phase: Ints  # (B, N) phase shown; during an intergreen the one that comes next
    age: Ints  # [s] (B, N) time since the present interval began
    since_served: Ints  # [s] (B, N, P) since each phase was last green: 0 during green, from the start if it never was
    interval: Ints  # (B, N) GREEN, YELLOW or ALL_RED
    may_switch: Bools  # (B, N) a request for another phase would be granted now
    blind: Bools = field(default_factory=_unstated)  # (B, K) detectors known to fail; what they report says nothing

    def __post_init__(self) -> None:
        """Knows of no failing detector where none is stated."""
        if self.blind.size == 0:
            object.__setattr__(self, "blind", np.zeros(self.queue.shape, np.bool_))

    @property
    def neighbours(self) -> "Readings":
        """The same lanes and signals, as they are known to the neighbours of their intersection.

        They are these readings, unless messages between intersections fail.
        """
        return self


@dataclass(frozen=True)
class Records:
    """The events of every vehicle up to `time`: a frozen copy.

    NEVER stands for an event that has not happened. Columns from `count[b]` on are padding.
    """

    time: int  # [s]
    count: Ints  # [veh] (B,)
    scheduled: Ints  # [s] (B, V)
    entered: Ints  # [s] (B, V) start of the second in which it entered
    left: Ints  # [s] (B, V) start of the second in which it completed its trip
    free: Floats  # [s] (B, V) travel time on its path at the lower of its own and the lanes' speed limit
    halted: Ints  # [s] (B, V) time below 0.1 m/s since it entered
    longest_halt: Ints  # [s] (B, V) longest standstill without a break
    stops: Ints  # (B, V) times it came to a standstill
    approaching: Ints  # [s] (B, V) time on lanes that end at a signal
    visiting: Ints  # [s] (B, V) from first arrival at an intersection to last departure, summed over intersections
    locked: Bools  # (B, V) has stood for 120 s in a gridlock, as module `gridlock` defines it, if that was asked for
    largest_queue: Ints  # [veh] (B,) halted vehicles on one lane at one time
    still_since: Ints  # [s] (B,) last second in which a vehicle moved
    updates: Ints  # (B,) vehicle updates: vehicles under way, summed over the seconds
    disorders: Ints  # (B,) audit only: vehicles found ahead of their predecessor on the lane, summed over the seconds
    overlaps: Ints  # (B,) audit only: vehicles found overlapping their predecessor on the lane, likewise

    @property
    def gridlocked(self) -> Bools:
        """(B,) a gridlock holds some vehicles."""
        return np.asarray(self.locked.any(axis=1))
