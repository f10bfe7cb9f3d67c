"""Routes of vehicles that meet whole flows of movements exactly."""

from collections.abc import Iterator, Sequence

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.demand.paths import Route

Leaving = list[list[list[int]]]  # of each road: pairs of a movement's next road and the vehicles left to it


def routes_of(flow: Ints, leaves: Ints, enters: Ints, roads: int, generator: np.random.Generator) -> list[Route]:
    """One route for each vehicle of an interval, in a random order.

    Each movement is made by as many vehicles as its flow says. At each road a vehicle takes one of the movements that
    are left over, with probabilities in proportion to their numbers. A round trip that is left over at the end is put
    into a route that passes it. One that no route passes is left out.

    Args:
        flow: [veh] (M,) balanced: as many vehicles leave a road between two intersections as enter it.
        leaves: (M,) road that each movement leaves.
        enters: (M,) road that it enters.
        roads: number of roads.
        generator: the only source of randomness.
    """
    leaving: Leaving = [[] for _ in range(roads)]
    surplus = np.zeros(roads, np.int64)
    for count, before, after in zip(flow.tolist(), leaves.tolist(), enters.tolist(), strict=True):
        if count:
            leaving[before].append([after, count])
            surplus[before] += count
            surplus[after] -= count
    starts = generator.permutation(np.repeat(np.arange(roads), np.maximum(surplus, 0)))
    draws = Draws(generator, int(flow.sum()))
    routes = [walk(start, leaving, draws) for start in starts.tolist()]
    _put_in_round_trips(routes, leaving, draws)
    return [tuple(route) for route in routes]


class Draws:
    """Random numbers within 0 .. 1, one after the other.

    Args:
        generator: from which they are drawn.
        count: of numbers that are needed.
    """

    def __init__(self, generator: np.random.Generator, count: int) -> None:
        self._numbers: Iterator[float] = iter(generator.random(count).tolist())

    def number(self) -> float:
        """The next number."""
        return next(self._numbers)


def walk(start: int, leaving: Leaving, draws: Draws) -> list[int]:
    """Roads from a start, by movements that are left over, until a road has none. They are used up."""
    route = [start]
    while leaving[route[-1]]:
        route.append(_step(leaving[route[-1]], draws.number()))
    return route


def _step(options: list[list[int]], draw: float) -> int:
    """The next road, drawn in proportion to the vehicles that are left to each."""
    place = draw * sum(count for _, count in options)
    for number, option in enumerate(options):
        place -= option[1]
        if place < 0.0 or number == len(options) - 1:
            break
    option[1] -= 1
    if not option[1]:
        del options[number]
    return option[0]


def _put_in_round_trips(routes: Sequence[list[int]], leaving: Leaving, draws: Draws) -> None:
    """Puts each round trip that is left over into a route that passes one of its roads."""
    place = 0
    while place < len(routes):
        route = routes[place]
        passed = next((turn for turn, road in enumerate(route) if leaving[road]), None)
        if passed is None:
            place += 1
        else:
            route[passed : passed + 1] = walk(route[passed], leaving, draws)
