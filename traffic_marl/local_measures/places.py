"""The places of a network: its intersections, the roads that end at one, and the movements through them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.kernels.tables import NONE
from traffic_marl.local_measures.tables import KINDS, Kind, Place
from traffic_marl.network.described import sides_of
from traffic_marl.network.network import Network


@dataclass(frozen=True, eq=False)
class PlacesOf:
    """The G places of one kind."""

    kind: Kind
    places: tuple[Place, ...]  # (G,)
    of_movement: Ints  # (M,) place that each movement at a signal belongs to
    offset: int  # places of other kinds before these, as `Visits` numbers them


def places_of(network: Network) -> tuple[PlacesOf, ...]:
    """The places of each kind."""
    tables = network.tables
    at = tables.movement_intersection[tables.movement_intersection != NONE]
    roads = np.unique(tables.lane_road[tables.lane_intersection != NONE])
    index = {network.roads[road]: place for place, road in enumerate(roads.tolist())}
    movements = np.arange(len(at), dtype=np.int32)
    sides = sides_of(network)
    approaches = np.array([index[network.movement_roads[m][0]] for m in movements.tolist()], np.int32)
    offsets = {"movement": 0, "approach": len(at), "intersection": len(at) + len(roads)}
    of_movement = {"movement": movements, "approach": approaches, "intersection": at}
    named = {
        "movement": tuple(_movement(network, m, sides) for m in movements.tolist()),
        "approach": tuple(_approach(network, road, sides) for road in roads.tolist()),
        "intersection": tuple(Place(name) for name in network.intersections),
    }
    return tuple(PlacesOf(kind, named[kind], of_movement[kind], offsets[kind]) for kind in KINDS)


def _approach(network: Network, road: int, sides: Mapping[str, str]) -> Place:
    name = network.roads[road]
    lane = int(np.searchsorted(network.tables.lane_road, road))
    place = int(network.tables.lane_intersection[lane])
    return Place(network.intersections[place], name, sides[name])


def _movement(network: Network, movement: int, sides: Mapping[str, str]) -> Place:
    from_road, to_road = network.movement_roads[movement]
    place = int(network.tables.movement_intersection[movement])
    return Place(network.intersections[place], from_road, sides[from_road], network.movement_turns[movement], to_road)
