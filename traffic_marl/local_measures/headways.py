"""Saturation flow, measured in a run from the headways of queued vehicles at the stop line."""

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.local_measures.signals import begins
from traffic_marl.network.model import TURNS
from traffic_marl.network.network import Network
from traffic_marl.units import HOUR

SATURATION_FLOW = 1470.0  # [veh/h] of a lane where too few headways are there: that of the default vehicles here
ENOUGH = 30  # headways from which a saturation flow is measured
FIRST = 4  # vehicles of a queue that start up before its headways count


def saturation_flows(
    network: Network, green: Bools, lane: Ints, movement: Ints, departed: Ints, queued: Bools
) -> dict[str, tuple[float, int]]:
    """The saturation flow of a lane [veh/h] by turn, and the number of headways that it is measured from.

    A queue is a series of vehicles that have stopped and pass the stop line of a lane within one green, from its
    beginning on. The headways from the fifth vehicle on count. Movements that are always green are left out.

    Source: the field measurement of saturation flow of the Highway Capacity Manual, doi 10.17226/26432, chapter 31.

    Args:
        network: with signals.
        green: (T, M) whether each movement is green in each second.
        lane: (visits,) of the vehicle.
        movement: (visits,) of the vehicle.
        departed: [s] (visits,) when it passed the stop line, below T.
        queued: (visits,) whether it had stopped before.
    """
    order = np.lexsort((departed, lane))
    lane, movement, departed, queued = lane[order], movement[order], departed[order], queued[order]
    number = np.cumsum(begins(green), axis=0)[departed, movement]
    changes = np.ones(len(lane), np.bool_)
    changes[1:] = (lane[1:] != lane[:-1]) | (number[1:] != number[:-1])
    place = np.arange(len(lane))
    first = np.maximum.accumulate(np.where(changes, place, 0))
    unqueued = np.maximum.accumulate(np.where(queued, -1, place))
    always: Bools = np.asarray(green.all(axis=0))
    counts = (place - first >= FIRST) & (unqueued < first) & ~always[movement]
    headway = np.diff(departed, prepend=0)
    turns = np.array(network.movement_turns)[movement]
    return {turn: _flow(headway[counts & (turns == turn)]) for turn in TURNS}


def _flow(headways: Ints) -> tuple[float, int]:
    if len(headways) < ENOUGH or headways.sum() == 0:
        return SATURATION_FLOW, 0
    return HOUR * len(headways) / float(headways.sum()), len(headways)
