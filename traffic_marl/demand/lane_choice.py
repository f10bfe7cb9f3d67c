"""The choice of lanes along a route where connections let vehicles change lanes: ways that cross the fewest others.

A driver who knows the way is on the lane that leads on early. So of all ways along a route those are taken that cross
the fewest lanes of other vehicles. There are often several, because roads have several lanes that lead on. Vehicles are
spread over them.
"""

from collections.abc import Mapping, Sequence

Link = tuple[int, int, int]  # connection as a drivable, lane that it leads to, and lanes whose way it crosses
Links = Mapping[tuple[int, int], Sequence[Link]]  # by lane and next road
VARIANTS = 12  # ways from each first lane at most; a multiple of 2, 3 and 4, so that 2 to 4 lanes are used evenly


def spread_ways(links: Links, lanes: Sequence[Sequence[int]], route: Sequence[int]) -> list[list[int]]:
    """Drivables of the ways along a route that cross the fewest lanes. Empty if no way leads along it.

    Args:
        links: of the network.
        lanes: of each road.
        route: roads in turn.
    """
    crossed = _crossed(links, lanes, route)
    fewest = min(crossed[0].values(), default=None)
    ways: dict[tuple[int, ...], None] = {}
    for lane, count in crossed[0].items():
        if count == fewest:
            for variant in range(VARIANTS):
                ways[tuple(_way(links, crossed, route, lane, variant))] = None
    return [list(way) for way in ways]


def _crossed(links: Links, lanes: Sequence[Sequence[int]], route: Sequence[int]) -> list[dict[int, int]]:
    """For each road of a route, the fewest lanes crossed from each of its lanes to the end of the route."""
    crossed = [dict.fromkeys(lanes[route[-1]], 0)]
    for before, after in zip(route[-2::-1], route[:0:-1], strict=True):
        beyond = crossed[-1]
        own: dict[int, int] = {}
        for lane in lanes[before]:
            counts = [shift + beyond[end] for _, end, shift in links.get((lane, after), ()) if end in beyond]
            if counts:
                own[lane] = min(counts)
        crossed.append(own)
    return crossed[::-1]


def _way(
    links: Links, crossed: Sequence[Mapping[int, int]], route: Sequence[int], lane: int, variant: int
) -> list[int]:
    """Drivables from a lane to the end of a route. Different variants take different ones of equal connections."""
    way = [lane]
    for place, road in enumerate(route[1:]):
        best = crossed[place][lane]
        beyond = crossed[place + 1]
        equal = [
            (drivable, end)
            for drivable, end, shift in links[lane, road]
            if end in beyond and shift + beyond[end] == best
        ]
        drivable, lane = equal[(variant + place) % len(equal)]
        way += [drivable, lane]
    return way
