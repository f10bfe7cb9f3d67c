"""Network: a road network with names and geometry, and its tables for the kernels."""

from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import Roads
from traffic_marl.remarks import Remark


@dataclass(frozen=True, eq=False)
class Network:
    """A signalised road network, which never changes.

    Counts and order as in `kernels.tables`: N intersections, R roads, K lanes, C connections, M movements, P phases.
    Movements and connections at junctions without signals come last.
    Lanes are numbered road by road, within a road from the one next to the centre line (0) outwards.
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
    remarks: tuple[Remark, ...] = ()  # about the file it was read from

    @property
    def left_hand(self) -> bool:
        """Whether traffic keeps to the left."""
        return bool(self.graph.graph.get("left_hand", False))

    @cached_property
    def road_graph(self) -> nx.DiGraph:
        """Roads as nodes, joined where a movement leads from one to the other. `length` [m] is the second one's."""
        count = np.bincount(self.tables.lane_road, minlength=len(self.roads))
        lanes = len(self.lane_names)
        total = np.bincount(self.tables.lane_road, weights=self.tables.length[:lanes], minlength=len(self.roads))
        length = dict(zip(self.roads, (total / count).tolist(), strict=True))
        graph = nx.DiGraph()
        graph.add_nodes_from(self.roads)
        graph.add_edges_from(
            (entering, leaving, {"length": length[leaving]}) for entering, leaving in self.movement_roads
        )
        return nx.freeze(graph)

    @cached_property
    def entry_roads(self) -> tuple[str, ...]:
        """Names of the roads that start at the rim, where no movements lead to them, in the order of `roads`."""
        starts = {road: start for start, _, road in self.graph.edges(keys=True)}
        return tuple(road for road in self.roads if not self.graph.nodes[starts[road]]["node"].joins)

    @cached_property
    def exit_roads(self) -> tuple[str, ...]:
        """Names of the roads that end at the rim, where no movements lead on, in the order of `roads`."""
        ends = {road: end for _, end, road in self.graph.edges(keys=True)}
        return tuple(road for road in self.roads if not self.graph.nodes[ends[road]]["node"].joins)

    def lanes_of(self, road: str) -> range:
        """Lanes of a road, from the centre line outwards."""
        first, last = np.searchsorted(self.tables.lane_road, self.roads.index(road) + np.arange(2))
        return range(int(first), int(last))
