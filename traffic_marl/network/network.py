"""Network: a road network with names and geometry, and its tables for the kernels."""

from dataclasses import dataclass

import networkx as nx

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import Roads


@dataclass(frozen=True, eq=False)
class Network:
    """A signalised road network; never changes.

    Counts and order as in `kernels.tables`: N intersections, R roads, K lanes, C connections, M movements, P phases.
    Lanes are numbered road by road, within a road from the leftmost (0, next to the centre line) outwards.
    """

    graph: nx.MultiDiGraph  # nodes and roads with all their attributes, as built or read
    intersections: tuple[str, ...]  # (N,) names of the signalised intersections
    positions: Floats  # [m] (N, 2) x, y
    roads: tuple[str, ...]  # (R,) names
    lane_names: tuple[str, ...]  # (K,) road name, "_", index
    movement_roads: tuple[tuple[str, str], ...]  # (M,) names of the road it leaves from and the road it leads to
    movement_turns: tuple[str, ...]  # (M,) "left", "through" or "right"
    phase_names: tuple[tuple[str, ...], ...]  # (N,) of the phases that may be asked for, such as "NS through"
    row_movements: tuple[tuple[tuple[int, ...], ...], ...]  # (N,) movements m green in each row of the phase table
    lane_lines: tuple[Floats, ...]  # [m] (K,) centre line of each lane, (points, 2)
    connection_lines: tuple[Floats, ...]  # [m] (C,) path of each connection, (points, 2)
    tables: Roads
