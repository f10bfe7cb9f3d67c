"""Junctions of SUMO's networks, read as intersections with signals, junctions without, and the rim.

A signal that spans several junctions makes one intersection of them. The roads between them then start and end there.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.network.formats.sumo.fans import Strand, strands
from traffic_marl.network.formats.sumo.links import Link
from traffic_marl.network.formats.sumo.rights import Rights, read_rights
from traffic_marl.network.formats.sumo.signals import Program, is_open, rows_of
from traffic_marl.network.model import FARTHEST, Connection, Movement, Node
from traffic_marl.remarks import RemarkBook

STOPS = ("allway_stop", "priority_stop")  # types of junctions at which vehicles stop first
RAILS = ("rail_crossing", "rail_signal")


@dataclass(frozen=True)
class Junction:
    """A junction of the file."""

    name: str
    element: Element
    links: tuple[Link, ...]  # between lanes for cars

    @property
    def signals(self) -> list[str]:
        """Names of the signals of its links, each once."""
        return list(dict.fromkeys(link.signal for link in self.links if link.signal is not None))


def read_nodes(
    elements: Sequence[Element],
    links: Sequence[Link],
    programs: Mapping[str, Program],
    ends: Sequence[str],
    book: RemarkBook,
) -> tuple[list[Node], dict[str, str]]:
    """The nodes, and the name of the node of each junction.

    Args:
        elements: the junctions, in the order of the file.
        links: between lanes for cars.
        programs: of the signals, by name.
        ends: names of the junctions at which roads start or end.
        book: notes what is taken otherwise than as written.

    Raises:
        NetworkError: an element is wrong. The message names it.
    """
    junctions = _junctions(elements, links, ends)
    groups = _groups(junctions, programs, book)
    node_of = {junction.name: name for name, group in groups.items() for junction in group}
    return [_node(name, group, programs, book) for name, group in groups.items()], node_of


def _junctions(elements: Sequence[Element], links: Sequence[Link], ends: Sequence[str]) -> list[Junction]:
    """The junctions at which roads start or end."""
    own: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        own[link.start.road.end].append(link)
    used = frozenset(ends)
    named = {element.text("id"): element for element in elements}
    return [Junction(name, each, tuple(own[name])) for name, each in named.items() if name in used]


def _groups(
    junctions: Sequence[Junction], programs: Mapping[str, Program], book: RemarkBook
) -> dict[str, list[Junction]]:
    """The junctions of each node, by its name: those of one signal together, and each of the others alone."""
    of_signal: dict[str, list[Junction]] = defaultdict(list)
    for junction in junctions:
        signals = [name for name in junction.signals if name in programs]
        if len(signals) > 1:
            book.add("{count} junction{s} with several signals, of which the first one counts", junction.name)
        if signals:
            of_signal[signals[0]].append(junction)
    joined = {junction.name: name for name, group in of_signal.items() for junction in group}
    names = {junction.name for junction in junctions}
    groups: dict[str, list[Junction]] = {}
    for junction in junctions:
        signal = joined.get(junction.name)
        if signal is None:
            groups[junction.name] = [junction]
            continue
        group = of_signal[signal]
        is_free = signal not in names or any(other.name == signal for other in group)
        groups.setdefault(signal if is_free else group[0].name, group)
    return groups


def _node(name: str, group: Sequence[Junction], programs: Mapping[str, Program], book: RemarkBook) -> Node:
    elements = [junction.element for junction in group]
    x, y = (sum(e.number(axis, -FARTHEST, FARTHEST, "metres") for e in elements) / len(group) for axis in "xy")
    links = [link for junction in group for link in junction.links]
    if not links:
        return Node(name, (x, y), 0.0, virtual=True)
    groups = list(_movements(links))
    movements = tuple(_movement(own) for own in groups)
    rights = [read_rights(junction.element) for junction in group]
    yields = tuple(_yields([strand for own in groups for strand in own], rights))
    program = next((programs[signal] for junction in group for signal in junction.signals if signal in programs), None)
    if program is not None:
        _note_others(group, program, book)
        places = [[_place(strand.link, program) for strand in own] for own in groups]
        rows = rows_of(program, places, book)
        if not is_open(rows, len(movements)):
            return Node(name, (x, y), 0.0, False, movements, rows, yields, program.offset)
        book.add("{count} signal{s} that let everybody pass at all times, taken as junctions without", name)
    for junction in group:
        _note_type(junction, book)
    return Node(name, (x, y), 0.0, False, movements, (), yields)


def _movements(links: Sequence[Link]) -> Iterator[list[Strand]]:
    """The connections of each movement, in the order of the file."""
    found: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        found[link.start.road.name, link.end.road.name].append(link)
    return (strands(own) for own in found.values())


def _movement(own: Sequence[Strand]) -> Movement:
    first = own[0].link
    return Movement(first.start.road.name, first.end.road.name, first.turn, tuple(map(_connection, own)))


def _connection(strand: Strand) -> Connection:
    """A connection. Where it leads to the lane of its link, it has the line of the file."""
    link = strand.link
    beyond = link.end.road.lanes[strand.to_lane].limit
    return Connection(
        from_lane=link.from_lane,
        to_lane=strand.to_lane,
        line=link.line if strand.to_lane == link.to_lane else (),
        length=link.length,
        limit=beyond if link.limit is None else min(link.limit, beyond),
        shift=strand.shift,
        keeps_clear=link.keeps_clear,
    )


def _yields(all_strands: Sequence[Strand], rights: Sequence[Rights]) -> Iterator[tuple[int, int]]:
    """Connections, and those that they yield to: as the file says, and those that change lanes to the others."""
    for one, own in enumerate(all_strands):
        for other, foe in enumerate(all_strands):
            if own.link.from_lane == foe.link.from_lane and own.link.start is foe.link.start:
                continue
            if any(each.yields(own.link.inner, foe.link.inner) for each in rights) or (
                _changes(own)
                and not _changes(foe)
                and not any(each.yields(foe.link.inner, own.link.inner) for each in rights)
            ):
                yield one, other


def _changes(strand: Strand) -> bool:
    return strand.to_lane != strand.link.to_lane


def _place(link: Link, program: Program) -> int:
    """The place of a link in the states of the program, -1 where it has none."""
    return link.place if link.signal == program.name else -1


def _note_others(group: Sequence[Junction], program: Program, book: RemarkBook) -> None:
    """Notes connections at signals that are not signalled themselves."""
    for junction in group:
        for link in junction.links:
            if link.signal != program.name:
                told = "{count} connection{s} without signal at intersections with signals, always open and yielding"
                book.add(told, f"{link.start.road.name} > {link.end.road.name}")


def _note_type(junction: Junction, book: RemarkBook) -> None:
    kind = junction.element.find("type") or ""
    if kind in STOPS:
        book.add("{count} junction{s} with stop signs, where vehicles yield without stopping first", junction.name)
    elif kind in RAILS:
        book.add("{count} railway crossing{s} without trains", junction.name)
