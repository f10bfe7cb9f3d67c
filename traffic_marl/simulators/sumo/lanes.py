"""The lanes of SUMO's network and their places on ours."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from traffic_marl.exchange.sumo.naming import Naming
from traffic_marl.network.network import Network


@dataclass(frozen=True)
class Stretch:
    """A lane of SUMO, and the part of our drivable that it stands for."""

    drivable: int
    start: float  # [m] from the drivable's start
    scale: float  # metres here for a metre there


def stretches(libsumo: Any, network: Network, naming: Naming) -> dict[str, Stretch]:
    """The place on our network of each lane of SUMO's, by its name. Junctions may cut a connection into several."""
    lengths = network.tables.length
    found: dict[str, Stretch] = {}
    for lane in range(len(network.lane_names)):
        name = naming.lane(network, lane)
        found[name] = Stretch(lane, 0.0, float(lengths[lane]) / libsumo.lane.getLength(name))
    for connection, inner in inner_lanes(libsumo, network, naming).items():
        drivable = connection + len(network.lane_names)
        if not inner:
            continue
        measured = [libsumo.lane.getLength(name) for name in inner]
        scale = float(lengths[drivable]) / sum(measured)
        for name, before in zip(inner, np.cumsum([0.0, *measured[:-1]]).tolist(), strict=True):
            found[name] = Stretch(drivable, before * scale, scale)
    return found


def inner_lanes(libsumo: Any, network: Network, naming: Naming) -> dict[int, list[str]]:
    """Names of the lanes within the junction that make up each connection, in driving order."""
    tables = network.tables
    found = {}
    for connection, (start, end) in enumerate(zip(tables.start_lane.tolist(), tables.end_lane.tolist(), strict=True)):
        goal = naming.lane(network, end)
        found[connection] = inner_way(libsumo, naming.lane(network, start), goal)
    return found


def inner_way(libsumo: Any, start: str, goal: str) -> list[str]:
    """Names of the lanes within the junction on the way from one lane to another."""
    way: list[str] = []
    at = start
    while True:
        links = [(link[0], link[4]) for link in libsumo.lane.getLinks(at)]
        inner = next((via for to, via in links if to == goal), "")
        if not inner:
            return way
        way.append(inner)
        at = inner
