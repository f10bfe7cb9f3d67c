"""Counts matched with the movements of a network."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.demand.counts.approaches import Approaches, junctions
from traffic_marl.demand.counts.sheet import CountSheet, Line
from traffic_marl.errors import DemandError
from traffic_marl.files.csv_table import known_name
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark, RemarkBook


@dataclass(frozen=True)
class Group:
    """Movements that are counted together: those of one turn from one road."""

    intersection: str
    road: str
    turn: str
    movements: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Counts:
    """Q intervals of counts on one network."""

    name: str  # of the file
    groups: tuple[Group, ...]  # (G,)
    vehicles: Floats  # [veh] (Q, G) nan where it was not counted
    interval: int  # [s] of each
    first: int  # [s] start of the first one; the day after a file begins counts on
    remarks: tuple[Remark, ...]


def matched(sheet: CountSheet, network: Network, interval: int, duration: int) -> Counts:
    """The counts of a file within the duration, by movements of the network.

    Lines about intersections that the network lacks, intervals after the duration and counts of turns that no movement
    makes are left out and told.

    Args:
        sheet: the file.
        network: on which vehicles were counted.
        interval: [s] that a line counts.
        duration: [s] of the demand.

    Raises:
        DemandError: no line belongs to the network, an approach is unknown, an interval begins between two others, or
            an approach is counted twice in an interval.
    """
    book = RemarkBook(sheet.name)
    kept = list(_lines_within(sheet, network, interval, duration, book))
    groups = groups_of(network)
    place = {(group.road, group.turn): number for number, group in enumerate(groups)}
    vehicles = np.full((-(-duration // interval), len(groups)), np.nan)
    approaches, seen = Approaches(network), dict[tuple[int, int], str]()
    for line, number in kept:
        road = approaches.road(line.intersection, line.approach, line.where)
        other = seen.setdefault((number, road), line.where)
        if other != line.where:
            again = f"after {other.rpartition(', ')[2]}"
            what = f"counts the approach {line.approach} of {line.intersection} a second time, {again}"
            raise DemandError(line.where, what, "give each approach one line for an interval")
        for turn, count in line.vehicles.items():
            group = place.get((network.roads[road], turn))
            if group is not None:
                vehicles[number, group] = count
            elif count > 0:
                _add_lost(book, line, turn, count)
    remarks = (*sheet.remarks, *_holes(sheet, {number for _, number in kept}, interval), *book.remarks())
    return Counts(sheet.name, tuple(groups), vehicles, interval, sheet.first, remarks)


def _holes(sheet: CountSheet, counted: set[int], interval: int) -> list[Remark]:
    """A remark on intervals between the first and the last one that have no counts."""
    last = max(counted, default=0)
    missing = sorted(set(range(last)) - counted)
    if not missing:
        return []
    has = "has" if len(missing) == 1 else "have"
    what = f"{len(missing)} of {last + 1} intervals of {interval} s {has} no counts, and nobody is due then"
    return [Remark(sheet.name, f"{what}; the first begins {missing[0] * interval:,} s after the earliest count")]


def groups_of(network: Network) -> list[Group]:
    """The movements by road and turn."""
    end = {road: node for _, node, road in network.graph.edges(keys=True)}
    found: dict[tuple[str, str, str], list[int]] = {}
    for movement, ((road, _), turn) in enumerate(zip(network.movement_roads, network.movement_turns, strict=True)):
        found.setdefault((end[road], road, turn), []).append(movement)
    return [Group(*key, tuple(movements)) for key, movements in found.items()]


def _lines_within(
    sheet: CountSheet, network: Network, interval: int, duration: int, book: RemarkBook
) -> Iterable[tuple[Line, int]]:
    """The lines that belong to the network and begin within the duration, with the number of their interval."""
    names = junctions(network)
    known = set(names)
    if not any(line.intersection in known for line in sheet.lines):
        name = sheet.lines[0].intersection
        what = f"there is no intersection {name!r}, nor any other of the file"
        raise DemandError(sheet.lines[0].where, what, known_name(name, names))
    for line in sheet.lines:
        number, rest = divmod(line.start - sheet.first, interval)
        if rest:
            what = f"begins {line.start - sheet.first} s after the first interval, which is no multiple of {interval} s"
            raise DemandError(line.where, what, f"give starts every {interval} s, or state interval_s")
        if line.intersection not in known:
            error = DemandError(
                line.where,
                f"there is no intersection {line.intersection!r}",
                known_name(line.intersection, names),
            )
            kind = "{count} line{s} left out, because the network has no such intersection"
            book.add(kind, f"{line.where.rpartition(', ')[2]} with {line.intersection}", error)
        elif number * interval >= duration:
            error = DemandError(line.where, f"begins after the demand of {duration} s", "give a longer duration")
            book.add("{count} line{s} left out, because the demand ends before", line.where.rpartition(", ")[2], error)
        else:
            yield line, number


def _add_lost(book: RemarkBook, line: Line, turn: str, count: float) -> None:
    """Notes a count of a turn that no movement makes."""
    name = f"{line.where.rpartition(', ')[2]} with {count:g} vehicles that go {turn} from {line.approach}"
    error = DemandError(
        line.where, f"no movement goes {turn} from {line.approach} at {line.intersection}", "count none"
    )
    book.add("{count} count{s} left out, because no movement makes this turn", name, error)
