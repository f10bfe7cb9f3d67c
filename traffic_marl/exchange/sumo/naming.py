"""The names of a network's parts in SUMO's files, and SUMO's numbers of lanes."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.exchange.sumo.names import sumo_names
from traffic_marl.network.model import nodes_of
from traffic_marl.network.network import Network


@dataclass(frozen=True)
class Naming:
    """Names in SUMO's files of the parts of a network, in the network's order."""

    nodes: dict[str, str]  # by our name
    roads: tuple[str, ...]  # (R,)
    intersections: tuple[str, ...]  # (N,)
    lane_place: Ints  # (K,) number of each lane within its road in SUMO, which counts from the kerb

    def lane(self, network: Network, lane: int) -> str:
        """Name of a lane."""
        return f"{self.roads[network.tables.lane_road[lane]]}_{self.lane_place[lane]}"


def naming_of(network: Network) -> Naming:
    """The names of a network's parts."""
    ours = tuple(node.name for node in nodes_of(network.graph))
    nodes = dict(zip(ours, sumo_names(ours), strict=True))
    owner = network.tables.lane_road
    last = np.searchsorted(owner, owner, side="right") - 1
    return Naming(
        nodes=nodes,
        roads=sumo_names(network.roads),
        intersections=tuple(nodes[name] for name in network.intersections),
        lane_place=np.asarray(last - np.arange(len(owner)), np.int32),
    )
