"""Fans: further connections of a link, to the other lanes of the road that it leads to.

SUMO's vehicles change lanes along a road. Vehicles here choose a lane at each junction. So each link also leads to the
lanes of the next road that the file does not join it to. Which of them a vehicle takes is up to the choice of lanes,
which avoids those that cross the way of other vehicles.
"""

from collections.abc import Sequence
from typing import NamedTuple

from traffic_marl.network.formats.sumo.links import Link


class Strand(NamedTuple):
    """A connection of a movement."""

    link: Link  # that it belongs to
    to_lane: int
    shift: int  # 0 for the link itself, else 1 and the number of lanes whose links it crosses


def strands(links: Sequence[Link]) -> list[Strand]:
    """The connections of a movement: its links, and then their fans.

    Args:
        links: of the movement, in the order of the file.
    """
    plain = [Strand(link, link.to_lane, 0) for link in links]
    taken = {(link.from_lane, link.to_lane) for link in links}
    lanes = range(len(links[0].end.road.lanes))
    further = []
    for lane in dict.fromkeys(link.from_lane for link in links):
        own = [link for link in links if link.from_lane == lane]
        for to_lane in lanes:
            if (lane, to_lane) not in taken:
                nearest = min(own, key=lambda link, to_lane=to_lane: abs(link.to_lane - to_lane))  # type: ignore[misc]
                further.append(Strand(nearest, to_lane, 1 + _crossed(nearest, to_lane, links)))
    return [*plain, *further]


def _crossed(link: Link, to_lane: int, links: Sequence[Link]) -> int:
    """Number of lanes whose links a way from this link to another lane crosses or meets."""
    between = range(min(link.to_lane, to_lane), max(link.to_lane, to_lane) + 1)
    return len({other.from_lane for other in links if other.from_lane != link.from_lane and other.to_lane in between})
