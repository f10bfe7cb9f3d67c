"""Channel: what each intersection tells its neighbours, as it reaches them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Bools
from traffic_marl.kernels.tables import NONE
from traffic_marl.messages.content import contradicted, empty
from traffic_marl.messages.faults import MessageFaults, senders
from traffic_marl.messages.told import ToldReadings, merged
from traffic_marl.network.network import Network
from traffic_marl.simulation import Readings


class Channel:
    """Carries the messages of all intersections to their neighbours. It follows one run.

    At each decision every intersection sends what its detectors report and what its signal shows, to all neighbours at
    once. They go on with the last message that came. Before the first one they know of no vehicle. A lane that leads to
    no signal has no sender, and everybody knows of it.

    Args:
        network: the network.
        faults: ways in which messages fail.
        seeds: (B,) of the copies. They alone decide which messages fail.
    """

    def __init__(self, network: Network, faults: MessageFaults, seeds: Sequence[int]) -> None:
        self._network = network
        self._delay = faults.delay
        self._senders = senders(faults, seeds, len(network.intersections))
        self._under_way: deque[Readings] = deque()
        self._known: Readings | None = None  # to the neighbours
        self._time = -1  # [s] of the last decision

    def __call__(self, readings: Readings) -> ToldReadings:
        """The readings of a decision, with what the neighbours of each intersection know of it.

        Args:
            readings: what each intersection knows of itself.
        """
        if readings.time != self._time:
            self._time = readings.time
            self._send(readings)
        assert self._known is not None, "something is known from the first decision on"
        everybody = np.ones(readings.phase.shape, np.bool_)
        told = merged(self._known, readings, self._lanes(everybody), everybody)
        return ToldReadings(**vars(readings) | {"told": told})

    def _send(self, readings: Readings) -> None:
        """Sends the messages of a decision, and lets those arrive that are due."""
        if self._known is None:
            self._known = empty(readings, self._network)
        self._under_way.append(readings)
        while self._under_way and self._under_way[0].time <= readings.time - self._delay:
            message = self._under_way.popleft()
            if self._senders.false.any():
                message = self._taken(contradicted(message, self._network), message, self._senders.false)
            self._known = self._taken(message, self._known, self._senders.arriving(message.time))

    def _taken(self, one: Readings, other: Readings, where: Bools) -> Readings:
        """The first readings for the intersections (B, N) where it is true, and the others elsewhere."""
        return merged(one, replace(other, time=one.time, span=one.span), self._lanes(where), where)

    def _lanes(self, intersections: Bools) -> Bools:
        """(B, K) lanes that lead to these intersections (B, N)."""
        owner = self._network.tables.lane_intersection
        return np.asarray(intersections[:, owner] & (owner != NONE))
