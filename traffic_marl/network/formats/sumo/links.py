"""Connections of SUMO's networks: links from lane to lane, with their way through the junction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.network.formats.sumo.lanes import Edge, Inner, joined_line
from traffic_marl.network.model import Line, Turn
from traffic_marl.remarks import RemarkBook

TURNS: dict[str, Turn] = {"l": "left", "L": "left", "t": "left", "r": "right", "R": "right"}  # others go through
MOST_PARTS = 16  # of a way through a junction


@dataclass(frozen=True)
class Link:
    """A connection between lanes for cars."""

    start: Edge
    end: Edge
    from_lane: int  # counted from the left, as all that follow
    to_lane: int
    turn: Turn
    inner: tuple[str, ...]  # names of the lanes inside the junction
    line: Line  # [m] empty where the file has none
    length: float | None  # [m]
    limit: float | None  # [m/s]
    keeps_clear: bool  # vehicles do not enter the junction before they can leave it
    signal: str | None  # name of the signal, None without one
    place: int  # in the states of the signal


def read_links(
    elements: Sequence[Element], edges: Mapping[str, Edge], inner: Mapping[str, Inner], book: RemarkBook
) -> list[Link]:
    """The links between lanes for cars, in the order of the file. The book notes those that are left out.

    Raises:
        NetworkError: a connection is wrong. The message names it.
    """
    onward = {
        f"{element.text('from')}_{element.text('fromLane')}": element.find("via")
        for element in elements
        if element.text("from").startswith(":")
    }
    links: dict[tuple[str, int, str, int], Link] = {}
    for element in elements:
        if element.text("from").startswith(":"):
            continue
        link = _link(element, edges, inner, onward)
        if link is None:
            continue
        key = (link.start.road.name, link.from_lane, link.end.road.name, link.to_lane)
        if key in links:
            book.add("{count} connection{s} given twice, of which the first counts", _named(element))
        links.setdefault(key, link)
    return list(links.values())


def _link(
    element: Element, edges: Mapping[str, Edge], inner: Mapping[str, Inner], onward: Mapping[str, str | None]
) -> Link | None:
    """The link of a connection; None where one of its lanes is not for cars."""
    start, end = edges.get(element.text("from")), edges.get(element.text("to"))
    if start is None or end is None:
        return None
    from_lane, to_lane = (element.index(name, 1000, "lanes") for name in ("fromLane", "toLane"))
    if from_lane not in start.numbers or to_lane not in end.numbers:
        return None
    if start.road.end != end.road.start:
        what = f"{start.road.name} ends at {start.road.end}, and {end.road.name} starts at {end.road.start}"
        raise element.error(what, "join edges that meet")
    names = _way(element, inner, onward)
    parts = [inner[name] for name in names]
    signal = element.find("tl")
    return Link(
        start=start,
        end=end,
        from_lane=start.numbers[from_lane],
        to_lane=end.numbers[to_lane],
        turn=TURNS.get(element.find("dir") or "s", "through"),
        inner=tuple(names),
        line=joined_line([part.line for part in parts]) if parts else (),
        length=sum(part.length for part in parts) if parts else None,
        limit=min(part.limit for part in parts) if parts else None,
        keeps_clear=element.flag("keepClear", True),
        signal=signal,
        place=-1 if signal is None else element.index("linkIndex", 100_000, "signal's links"),
    )


def _way(element: Element, inner: Mapping[str, Inner], onward: Mapping[str, str | None]) -> list[str]:
    """Names of the lanes inside the junction that a connection leads over."""
    names: list[str] = []
    via = element.find("via")
    while via is not None and via in inner and len(names) < MOST_PARTS:
        names.append(via)
        via = onward.get(via)
    return names


def _named(element: Element) -> str:
    return f"{element.text('from')}_{element.text('fromLane')} > {element.text('to')}_{element.text('toLane')}"
