"""The tables that the kernel of observations reads: those of a network, and the readings of a moment."""

from typing import NamedTuple

from traffic_marl.arrays import Bools, Floats, Ints


class ObservedRoads(NamedTuple):
    """The tables of a network that the kernel reads. They never change. There are S slots in each phase."""

    movement: Ints  # (N, P, S) in each slot of each phase, NONE where there is none
    phase_count: Ints  # (N,)
    served: Bools  # (M, P)
    intersection: Ints  # (M,)
    rank: Ints  # (M,) THROUGH, LEFT or RIGHT
    lane_start: Ints  # (M + 1,) slice of `lane`
    lane: Ints  # lanes that a movement leaves from
    exit_start: Ints  # (M + 1,) slice of `exit`
    exit: Ints  # lanes of the road that a movement leads to
    exit_places: Floats  # vehicles that fill each of these lanes
    sender_start: Ints  # (M + 1,) slice of `sender`
    sender: Ints  # movements that lead to the road that a movement leaves from


class Columns(NamedTuple):
    """The places of features in an observation."""

    start: Ints  # (G,) of each group among the features of a movement, NONE if it is left out
    movement: int  # features of a movement
    phase: int  # features of a phase


class View(NamedTuple):
    """The readings that features are made of."""

    span: int  # [s]
    vehicles: Ints  # (B, K)
    queue: Ints  # (B, K)
    moving: Ints  # (B, K, 5)
    delay: Floats  # (B, K)
    longest_wait: Ints  # (B, K)
    next_arrival: Floats  # [s] (B, K)
    backlog: Ints  # (B, K)
    blind: Bools  # (B, K)
    phase: Ints  # (B, N)
    age: Ints  # (B, N)
    since_served: Ints  # (B, N, P)
    interval: Ints  # (B, N)
    told_vehicles: Ints  # (B, K) as the neighbours of the intersection know them
    told_queue: Ints  # (B, K)
    told_moving: Ints  # (B, K, 5)
    told_phase: Ints  # (B, N)
