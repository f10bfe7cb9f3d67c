"""Remarks about the phases of a network that was read from a file."""

from collections.abc import Mapping, Sequence

from traffic_marl.errors import NetworkError
from traffic_marl.network.checks import unserved_movements
from traffic_marl.network.lanes import blocked_lanes, described, signalled_lanes
from traffic_marl.network.model import Node, PhaseRow, signalised_nodes
from traffic_marl.network.network import Network
from traffic_marl.network.phase_tables import Change, Purposes, change_of, is_plain, listed, purposes
from traffic_marl.network.phases import RowChoice
from traffic_marl.remarks import Remark, RemarkBook

USUAL_CHANGE = 5  # [s] of yellow and all-red in the published data sets


def phase_remarks(network: Network, rows: RowChoice, where: str) -> tuple[Remark, ...]:
    """How the rows of the phase tables were taken, and what the phases leave unserved or blocked.

    Args:
        network: with its phases selected.
        rows: the choice that they were selected by.
        where: the file, as messages name it.
    """
    book = RemarkBook(where)
    nodes = signalised_nodes(network.graph)
    if rows is None or isinstance(rows, Mapping):
        _add_purposes(book, nodes, rows or {})
        told = bool(book.remarks())
    else:
        _add_missing_rows(book, nodes, rows)
        told = False
    _add_unserved(book, network)
    _add_blocked(book, network)
    return (*book.remarks(), *_unusual_changes(network, where, told))


def longest_change(network: Network) -> Change | None:
    """The longest yellow and all-red of the phase tables, None if none of them has a row between two phases."""
    return max(_changes(network).values(), key=sum, default=None)


def _add_purposes(book: RemarkBook, nodes: Sequence[Node], chosen: Mapping[str, Sequence[int]]) -> None:
    for node in nodes:
        found = purposes(node.rows)
        if node.name not in chosen and not is_plain(node.rows, found):
            count = f"{{count}} of {len(nodes)} intersections"
            kind = f"yellow or repeated rows of the phase table are no phases at {count}"
            book.add(kind, f"{node.name}, with {_taken(node.rows, found)}, so its phases are {listed(found.phases)}")


def _add_missing_rows(book: RemarkBook, nodes: Sequence[Node], rows: Sequence[int]) -> None:
    for node in nodes:
        usable = [row for row in rows if row < len(node.rows) and node.rows[row].green]
        if len(usable) < len(rows):
            kind = f"{{count}} of {len(nodes)} intersections have only some of the {listed(rows)} as phases"
            missing = next(row for row in rows if row not in usable)
            what = f"row {missing} serves no movement at {node.name}"
            error = NetworkError("phases", what, "leave it out, or give rows for each intersection by its name")
            book.add(kind, f"{node.name} with {listed(usable)}", error)


def _add_unserved(book: RemarkBook, network: Network) -> None:
    unserved = set(unserved_movements(network))
    nodes = network.tables.movement_intersection.tolist()
    for roads, node in zip(network.movement_roads, nodes, strict=True):
        if roads in unserved:
            kind = f"{{count}} of {len(nodes)} movements are green in no phase"
            book.add(kind, f"{roads[0]} -> {roads[1]} at {network.intersections[node]}")


def _add_blocked(book: RemarkBook, network: Network) -> None:
    blocked = blocked_lanes(network)
    count = signalled_lanes(network) if blocked else 0
    for lane in blocked:
        kind = f"{{count}} of {count} lanes at signals block themselves, because no phase serves all turns of the lane"
        book.add(kind, described(network, lane))


def _unusual_changes(network: Network, where: str, told: bool) -> tuple[Remark, ...]:
    """A remark if the phase tables differ in the time between two phases, or have another one than usual.

    Args:
        network: with its phases selected.
        where: the file, as messages name it.
        told: whether another remark tells the time of the yellow rows.
    """
    times = {name: sum(change) for name, change in _changes(network).items()}
    if len(set(times.values())) < 2:
        unusual = [] if told else [time for time in times.values() if time != USUAL_CHANGE][:1]
        what = "yellow and all-red last {:g} s in the phase tables, which holds by default"
        return tuple(Remark(where, what.format(time)) for time in unusual)
    longest = max(times, key=times.__getitem__)
    what = f"yellow and all-red last {min(times.values())} to {max(times.values())} s in the phase tables"
    return (Remark(where, f"{what}; one time holds for all, by default the longest, that of {longest}"),)


def _changes(network: Network) -> dict[str, Change]:
    """The times between two phases, by intersection, of tables with more than one phase and a row for them."""
    counts, rows = network.tables.phase_count.tolist(), network.tables.phase_row.tolist()
    changes = {
        node.name: change_of(node, own[:count])
        for node, own, count in zip(signalised_nodes(network.graph), rows, counts, strict=True)
        if count > 1
    }
    return {name: change for name, change in changes.items() if change is not None}


def _taken(rows: Sequence[PhaseRow], found: Purposes) -> str:
    taken = []
    if found.yellow:
        taken.append(f"{listed(found.yellow)} ({_times(rows, found.yellow)}) taken as yellow")
    taken += [f"row {row} taken as a repeat of row {phase}" for row, phase in found.repeats]
    if found.needed:
        needed = f"{listed(found.needed)} ({_times(rows, found.needed)})"
        taken.append(f"{needed} taken as green, because no longer row serves the same")
    return ", ".join(taken)


def _times(rows: Sequence[PhaseRow], places: Sequence[int]) -> str:
    times = sorted({rows[place].time for place in places})
    return f"{times[0]:g} s" if len(times) == 1 else f"{times[0]:g} to {times[-1]:g} s"
