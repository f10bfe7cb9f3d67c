"""Closed lanes in SUMO: the signal of each connection that leaves one stays red."""

from collections.abc import Sequence

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.errors import UsageError
from traffic_marl.exchange.sumo.signals import members
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.simulation import Closure


class ClosedSignals:
    """The letters of a signal's state that are red for a time, because a lane is closed.

    Args:
        network: on which the traffic moves.
        closures: of lanes that end at signals.
    """

    def __init__(self, network: Network, closures: Sequence[Closure]) -> None:
        self._closures = closures
        self._places = [_letters(network, closure.lane) for closure in closures]
        self._intersections = [int(network.tables.lane_intersection[closure.lane]) for closure in closures]

    def at(self, intersection: int, now: int) -> tuple[int, ...]:
        """Places of the letters that are red at an intersection in the second that begins at `now`, ascending."""
        closed = zip(self._closures, self._places, self._intersections, strict=True)
        found = {
            place
            for closure, places, where in closed
            if where == intersection and closure.begin <= now < closure.end
            for place in places.tolist()
        }
        return tuple(sorted(found))


def red_at(letters: str, places: Sequence[int]) -> str:
    """A signal's state that is red at these places."""
    return "".join("r" if place in places else letter for place, letter in enumerate(letters))


def check_closures(network: Network, closures: Sequence[Closure], simulator: str) -> None:
    """Checks that signals can close the lanes.

    Raises:
        UsageError: a lane ends at a junction without signals.
    """
    for closure in closures:
        if network.tables.lane_intersection[closure.lane] == NONE:
            what = f"lane {network.lane_names[closure.lane]} ends at a junction without signals"
            raise UsageError(
                "simulator", f"{what}, where {simulator} cannot close it", "close one that ends at a signal"
            )


def _letters(network: Network, lane: int) -> Ints:
    """Places of the connections that leave a lane in the state of its intersection."""
    tables = network.tables
    own = members(network, int(tables.lane_intersection[lane]))
    return np.flatnonzero(tables.start_lane[own] == lane).astype(np.int32)
