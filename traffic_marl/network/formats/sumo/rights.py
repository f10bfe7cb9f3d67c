"""Right of way at SUMO's junctions: which link yields to which, from the `request` rows of a junction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traffic_marl.errors import one_line
from traffic_marl.network.formats.sumo.elements import SHOWN, Element


@dataclass(frozen=True)
class Rights:
    """The right of way at one junction."""

    index: Mapping[str, int]  # of a link, by the lanes inside the junction that it leads over
    responses: Mapping[int, frozenset[int]]  # links that each link yields to

    def yields(self, one: Sequence[str], other: Sequence[str]) -> bool:
        """Whether a link yields to another one. Each is given by its lanes inside the junction."""
        own, foe = self._index(one), self._index(other)
        return own is not None and foe is not None and foe in self.responses.get(own, ())

    def _index(self, inner: Sequence[str]) -> int | None:
        return next((self.index[name] for name in inner if name in self.index), None)


def read_rights(junction: Element) -> Rights:
    """The right of way at a junction.

    Raises:
        NetworkError: a row is wrong.
    """
    inner = (junction.find("intLanes") or "").split()
    responses = {}
    for request in junction.named("request"):
        text = request.find("response") or ""
        if not set(text) <= {"0", "1"}:
            what = f'"response" is {one_line(text, SHOWN)}, which is no row of 0 and 1'
            raise request.error(what, "let netconvert make the network")
        row = frozenset(place for place, letter in enumerate(reversed(text)) if letter == "1")
        responses[request.index("index", 100_000, "links of the junction")] = row
    return Rights({name: place for place, name in enumerate(inner)}, responses)
