"""Source: where a window takes its moments from, be it a live run or a recording."""

from collections.abc import Sequence
from typing import Protocol

from traffic_marl.viewer.scene.moment import Moment
from traffic_marl.viewer.scene.street_map import StreetMap


class Source(Protocol):
    """Moments of one run, one a second."""

    @property
    def label(self) -> str:
        """What to call the run, such as the strategy's name."""
        ...

    @property
    def street_map(self) -> StreetMap:
        """Where the traffic moves."""
        ...

    @property
    def last(self) -> int:
        """[s] the last second that there is, as far as is known."""
        ...

    @property
    def delays(self) -> Sequence[float]:
        """[s/veh] mean delay so far at seconds 0, 1, 2 and so on, as far as is known."""
        ...

    def moment_at(self, second: int) -> Moment:
        """The moment at a second from 0 to `last`, in any order."""
        ...
