"""Saturation flow and time lost, measured in a run from the headways of queued vehicles at the stop line."""

from typing import NamedTuple

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.local_measures.signals import begins
from traffic_marl.network.model import TURNS
from traffic_marl.network.network import Network
from traffic_marl.units import HOUR

SATURATION_FLOW = 1470.0  # [veh/h] of a lane where too few headways are there: that of the default vehicles here
ENOUGH = 30  # headways from which a saturation flow is measured
FIRST = 4  # vehicles of a queue that start up, before its headways count


class Discharge(NamedTuple):
    """How a queue on a lane discharges at green."""

    flow: float  # [veh/h] saturation flow
    lost: float  # [s] of a green, as if the queue discharged at this flow in the rest of it
    headways: int  # from which both were measured, 0 where they were assumed


ASSUMED = Discharge(SATURATION_FLOW, 0.0, 0)


def discharges(
    network: Network, green: Bools, lane: Ints, movement: Ints, departed: Ints, queued: Bools
) -> dict[str, Discharge]:
    """How queues discharge, by turn.

    A queue is a series of vehicles that have stopped and pass the stop line of a lane within one green, from its
    beginning on. The headways from the fifth vehicle on give the saturation flow. The time lost is what the fourth
    vehicle needs from the beginning of green, less four of these headways.

    Source: the field measurement of saturation flow of the Highway Capacity Manual, doi 10.17226/26432, chapter 31.
    Greens that are shown from the first second on are left out, as their queues have no beginning.

    Args:
        network: with signals.
        green: (T, M) whether each movement is green in each second.
        lane: (visits,) of the vehicle.
        movement: (visits,) of the vehicle.
        departed: [s] (visits,) start of the second in which it passed the stop line, below T.
        queued: (visits,) whether it had stopped before.
    """
    order = np.lexsort((departed, lane))
    lane, movement, departed, queued = lane[order], movement[order], departed[order], queued[order]
    number, since = _since_green(green, movement, departed)
    place = _places_in_queue(lane, number, queued)
    place[number < 0] = 0
    headway = np.diff(departed, prepend=0)
    turns = np.array(network.movement_turns)[movement]
    return {
        turn: _discharge(headway[(place > FIRST) & (turns == turn)], since[(place == FIRST) & (turns == turn)])
        for turn in TURNS
    }


def _places_in_queue(lane: Ints, number: Ints, queued: Bools) -> Ints:
    """Place of each vehicle in its queue, from 1 on; 0 for one that is in none. Vehicles stand lane by lane in time."""
    changes = np.ones(len(lane), np.bool_)
    changes[1:] = (lane[1:] != lane[:-1]) | (number[1:] != number[:-1])
    place = np.arange(len(lane), dtype=np.int32)
    first = np.maximum.accumulate(np.where(changes, place, 0))
    unqueued = np.maximum.accumulate(np.where(queued, -1, place))
    return np.where(unqueued < first, place - first + 1, 0).astype(np.int32)


def _since_green(green: Bools, movement: Ints, departed: Ints) -> tuple[Ints, Floats]:
    """Number of the green in which each vehicle departs, and the time since it began [s]. -1 before the first one."""
    seconds = len(green)
    owner, begun = np.nonzero(begins(green).T)
    keys = owner * seconds + begun
    number = np.searchsorted(keys, movement.astype(np.int64) * seconds + departed, side="right") - 1
    there = number >= 0
    there[there] = owner[number[there]] == movement[there]
    number[~there] = -1
    since = np.where(there, departed + 0.5 - (begun[number] if len(begun) else 0), 0.0)
    return number.astype(np.int32), since


def _discharge(headways: Ints, fourth: Floats) -> Discharge:
    """Of headways [s] from the fifth vehicle on, and times [s] of the fourth one since the beginning of green."""
    if len(headways) < ENOUGH or headways.sum() == 0:
        return ASSUMED
    mean = float(headways.mean())
    return Discharge(HOUR / mean, float(fourth.mean()) - FIRST * mean, len(headways))
