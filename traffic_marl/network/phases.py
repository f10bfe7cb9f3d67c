"""Choice of phases from the rows of a phase table, and the row that is shown between two of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import networkx as nx
import numpy as np

from traffic_marl.arrays import Bits, Bools, Ints
from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NONE, WORD
from traffic_marl.network.model import Node, PhaseRow, signalised_nodes
from traffic_marl.network.network import Network

ALL_RED_TIME = 5.0  # [s] of a row added to a table that lacks one to show between two phases


class Selection(NamedTuple):
    """The phases of every intersection, as tables for the kernels."""

    phase_count: Ints  # (N,)
    phase_row: Ints  # (N, P)
    clearance_row: Ints  # (N, P, P)
    served: Bools  # (M, P)


def select_phases(network: Network, rows: Sequence[int] | None) -> Network:
    """The same network with other phases to choose from.

    Args:
        network: any network; its phase tables stay as they are.
        rows: rows of the phase table to choose from, the same at every intersection. None takes the default rows, which
            are all named rows but those whose movements are green in all other named rows too.

    Raises:
        NetworkError: no row, a row twice, or a row that an intersection lacks or that serves no movement.
    """
    nodes = signalised_nodes(network.graph)
    chosen = choose_rows(nodes, rows)
    selection = selected(nodes, chosen)
    return replace(
        network,
        phase_names=phase_names(nodes, chosen),
        tables=network.tables._replace(**selection._asdict()),
    )


def choose_rows(nodes: Sequence[Node], rows: Sequence[int] | None) -> list[list[int]]:
    """The rows to choose from at each of these nodes; see `select_phases`."""
    if rows is None:
        return [_default_rows(node) for node in nodes]
    if not rows:
        raise NetworkError("phases", "the list of rows is empty", "give at least one row of the phase tables")
    for row in rows:
        if list(rows).count(row) > 1:
            raise NetworkError("phases", f"row {row} is given twice", "give each row once")
    for node in nodes:
        for row in rows:
            _check_row(node, row)
    return [list(rows) for _ in nodes]


def phase_names(nodes: Sequence[Node], chosen: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
    """Names of the chosen rows of each node."""
    return tuple(
        tuple(node.rows[row].name or f"row {row}" for row in rows) for node, rows in zip(nodes, chosen, strict=True)
    )


def with_clearance(node: Node) -> Node:
    """The node, with an all-red row appended unless its table has a row to show between any two others."""
    greens = [set(row.green) for row in node.rows]
    pairs = ((one, other) for place, one in enumerate(greens) for other in greens[:place])
    if all(any(row <= one & other for row in greens) for one, other in pairs):
        return node
    return replace(node, rows=(*node.rows, PhaseRow(name="", green=(), time=ALL_RED_TIME)))


def clearance_row(rows: Sequence[PhaseRow], one: int, other: int) -> int:
    """The row that keeps most of the green that both rows share, and serves nothing else. The first of equals."""
    if one == other:
        return one
    kept = set(rows[one].green) & set(rows[other].green)
    sizes = [len(row.green) if kept.issuperset(row.green) else NONE for row in rows]
    best = max(sizes)
    assert best != NONE, "the table has no row to show between two phases"
    return sizes.index(best)


def selected(nodes: Sequence[Node], chosen: Sequence[Sequence[int]]) -> Selection:
    """Tables of the chosen rows. The movements are those of the nodes, one node after the other."""
    most = max(len(rows) for rows in chosen)
    selection = Selection(
        phase_count=np.array([len(rows) for rows in chosen], dtype=np.int32),
        phase_row=np.full((len(nodes), most), NONE, dtype=np.int32),
        clearance_row=np.full((len(nodes), most, most), NONE, dtype=np.int32),
        served=np.zeros((sum(len(node.movements) for node in nodes), most), dtype=np.bool_),
    )
    first = 0
    for place, (node, rows) in enumerate(zip(nodes, chosen, strict=True)):
        count = len(rows)
        selection.phase_row[place, :count] = rows
        between = [[clearance_row(node.rows, one, other) for other in rows] for one in rows]
        selection.clearance_row[place, :count, :count] = between
        for phase, row in enumerate(rows):
            selection.served[[first + movement for movement in node.rows[row].green], phase] = True
        first += len(node.movements)
    return selection


def green_bits(nodes: Sequence[Node], words: int) -> Bits:
    """Connections that are green in each row of each node's table, (N, T, words)."""
    green = np.zeros((len(nodes), max(len(node.rows) for node in nodes), words), dtype=np.uint64)
    for place, node in enumerate(nodes):
        ends = np.cumsum([len(movement.connections) for movement in node.movements]).tolist()
        for row, phase in enumerate(node.rows):
            for movement in phase.green:
                for bit in range(ends[movement] - len(node.movements[movement].connections), ends[movement]):
                    green[place, row, bit // WORD] |= np.uint64(1 << bit % WORD)
    return green


def graph_with_clearance(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """A frozen copy of the graph in which every phase table can pass from any row to any other."""
    complete = graph.copy()
    for name, node in graph.nodes(data="node"):
        if not node.virtual:
            complete.nodes[name]["node"] = with_clearance(node)
    return nx.freeze(complete)


def _default_rows(node: Node) -> list[int]:
    greens = [set(row.green) for row in node.rows]
    named = [place for place, row in enumerate(node.rows) if row.name]
    default = [place for place in named if not all(greens[place] <= greens[other] for other in named if other != place)]
    return default or named


def _check_row(node: Node, row: int) -> None:
    if not 0 <= row < len(node.rows):
        what = f"row {row} is not in the phase table of {node.name}"
        raise NetworkError("phases", what, f"give rows from 0 to {len(node.rows) - 1}")
    if not node.rows[row].green:
        what = f"row {row} of the phase table of {node.name} serves no movement"
        raise NetworkError("phases", what, "give rows that serve a movement")
