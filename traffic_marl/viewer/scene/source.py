"""Source: the moments that a window shows, from a live run or a recording."""

from collections.abc import Sequence
from typing import Protocol

from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap


class Source(Protocol):
    """Moments of one run, one for each second."""

    @property
    def label(self) -> str:
        """The name of the run, such as the strategy's."""
        ...

    @property
    def street_map(self) -> StreetMap:
        """The map of the network."""
        ...

    @property
    def last(self) -> int:
        """[s] the last second of the run, as far as known."""
        ...

    @property
    def delays(self) -> Sequence[float]:
        """[s/veh] mean delay so far at seconds 0, 1, 2 and so on, as far as known."""
        ...

    def moment_at(self, second: int) -> Moment:
        """The moment at a second from 0 to `last`, in any order."""
        ...
