"""Choice of phases from the rows of a phase table, and the row that is shown between two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import networkx as nx
import numpy as np

from traffic_marl.arrays import Bits, Bools, Ints
from traffic_marl.errors import NetworkError, suggest_of_many
from traffic_marl.kernels.tables import NONE, WORD
from traffic_marl.network.model import Node, PhaseRow, signalised_nodes
from traffic_marl.network.network import Network
from traffic_marl.network.phase_tables import ALL_RED_ROW, listed, purposes

RowChoice = Sequence[int] | Mapping[str, Sequence[int]] | None  # for all intersections, by intersection, or the default


class Selection(NamedTuple):
    """The phases of every intersection, as tables for the kernels."""

    phase_count: Ints  # (N,)
    phase_row: Ints  # (N, P)
    clearance_row: Ints  # (N, P, P)
    served: Bools  # (M, P)


def select_phases(network: Network, rows: RowChoice) -> Network:
    """The same network with other phases to choose from.

    Args:
        network: any network; its phase tables stay as they are.
        rows: rows of the phase tables to choose from. None takes the default rows, see `phase_tables.purposes`. A list
            means those of these rows that each intersection's table has. A mapping gives rows for some intersections by
            name; the others have their default rows.

    Raises:
        NetworkError: no row, a row twice, a row that no intersection has or that serves no movement, an intersection
            without any of the rows, or an intersection that does not exist.
    """
    nodes = signalised_nodes(network.graph)
    chosen = choose_rows(nodes, rows)
    selection = selected(nodes, chosen, len(network.movement_roads))
    return replace(
        network,
        phase_names=phase_names(nodes, chosen),
        tables=network.tables._replace(**selection._asdict()),
    )


def choose_rows(nodes: Sequence[Node], rows: RowChoice) -> list[list[int]]:
    """The rows to choose from at each of these nodes; see `select_phases`."""
    if rows is None:
        return [_default_rows(node) for node in nodes]
    if isinstance(rows, Mapping):
        return _chosen_by_name(nodes, rows)
    _check_list("phases", rows)
    for row in rows:
        _check_used(nodes, row)
    return [_usable(node, rows) for node in nodes]


def phase_names(nodes: Sequence[Node], chosen: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
    """Names of the chosen rows of each node."""
    return tuple(
        tuple(node.rows[row].name or f"row {row}" for row in rows) for node, rows in zip(nodes, chosen, strict=True)
    )


def with_clearance(node: Node) -> Node:
    """The node, with an all-red row appended unless its table has a row to show between any two others."""
    greens = [row.shown for row in node.rows]
    pairs = ((one, other) for place, one in enumerate(greens) for other in greens[:place])
    if all(any(row <= one & other for row in greens) for one, other in pairs):
        return node
    return replace(node, rows=(*node.rows, ALL_RED_ROW))


def clearance_row(rows: Sequence[PhaseRow], one: int, other: int) -> int:
    """The row that keeps most of the green that both rows share, and serves nothing else. The first of equals."""
    if one == other:
        return one
    kept = rows[one].shown & rows[other].shown
    sizes = [len(row.green) if row.shown <= kept else NONE for row in rows]
    best = max(sizes)
    assert best != NONE, "the table has no row to show between two phases"
    return sizes.index(best)


def selected(nodes: Sequence[Node], chosen: Sequence[Sequence[int]], movements: int) -> Selection:
    """Tables of the chosen rows.

    The movements are those of the nodes, one node after the other, then those of junctions without signals.
    """
    most = max(len(rows) for rows in chosen)
    selection = Selection(
        phase_count=np.array([len(rows) for rows in chosen], dtype=np.int32),
        phase_row=np.full((len(nodes), most), NONE, dtype=np.int32),
        clearance_row=np.full((len(nodes), most, most), NONE, dtype=np.int32),
        served=np.zeros((movements, most), dtype=np.bool_),
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
                first = ends[movement] - len(node.movements[movement].connections)
                for bit in range(first, ends[movement]):
                    if (movement, bit - first) not in phase.closed:
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
    return list(purposes(node.rows).phases)


def _chosen_by_name(nodes: Sequence[Node], rows: Mapping[str, Sequence[int]]) -> list[list[int]]:
    by_name = {node.name: node for node in nodes}
    for name, own in rows.items():
        where = f"phases[{name}]"
        if name not in by_name:
            what = "there is no intersection with signals of this name"
            raise NetworkError(where, what, suggest_of_many(name, by_name))
        _check_list(where, own)
        for row in own:
            _check_row(where, by_name[name], row)
    return [list(rows[node.name]) if node.name in rows else _default_rows(node) for node in nodes]


def _check_list(where: str, rows: Sequence[int]) -> Sequence[int]:
    """The rows, if they are some and different."""
    if not rows:
        raise NetworkError(where, "the list of rows is empty", "give at least one row of the phase tables")
    for row in rows:
        if list(rows).count(row) > 1:
            raise NetworkError(where, f"row {row} is given twice", "give each row once")
    return rows


def _has(node: Node, row: int) -> bool:
    """Whether the table of a node has a row that serves a movement."""
    return 0 <= row < len(node.rows) and bool(node.rows[row].green)


def _usable(node: Node, rows: Sequence[int]) -> list[int]:
    """Those of the rows that the table of a node has."""
    usable = [row for row in rows if _has(node, row)]
    if not usable:
        what = f"{listed(rows)} {'serves' if len(rows) == 1 else 'serve'} no movement at {node.name}"
        own = ", ".join(map(str, _default_rows(node)))
        remedy = f"add one of its phases, {own}, or give rows for each intersection by its name"
        raise NetworkError("phases", what, remedy)
    return usable


def _check_used(nodes: Sequence[Node], row: int) -> None:
    """Checks that a row can be a phase at some node at least."""
    if any(_has(node, row) for node in nodes):
        return
    longest = max(nodes, key=lambda node: len(node.rows))
    if 0 <= row < len(longest.rows):
        what = f"row {row} of the phase table of {longest.name} serves no movement, nor does that of another"
        raise NetworkError("phases", what, f"give some of its rows {_own(longest)}")
    what = f"row {row} is not in the phase table of {longest.name}, nor in any other"
    raise NetworkError("phases", what, f"give rows from 0 to {len(longest.rows) - 1}")


def _check_row(where: str, node: Node, row: int) -> None:
    if not 0 <= row < len(node.rows):
        raise NetworkError(where, f"row {row} is not in its phase table", f"give rows from 0 to {len(node.rows) - 1}")
    if not node.rows[row].green:
        raise NetworkError(where, f"row {row} serves no movement", f"give some of its rows {_own(node)}")


def _own(node: Node) -> str:
    return ", ".join(str(row) for row in range(len(node.rows)) if _has(node, row))
