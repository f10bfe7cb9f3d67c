"""Safety of signals, checked on the rows that they have shown second by second, apart from the code that shows them."""

from collections.abc import Iterator

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network


def unsafe_signals(network: Network, timing: Timing, shown: Ints) -> Iterator[str]:
    """What the signals of one copy have done that is not safe, in sentences. Nothing if all is well.

    Two connections conflict if their paths meet and no phase shows both green. Conflicting connections are never green
    together, and between the end of one's green and the start of the other's lie at least yellow and all-red. Each
    phase that is shown lasts at least the min green, unless the run ends before.

    Args:
        network: the road network.
        timing: of the signals.
        shown: (time, N) row of the phase table shown in each second.
    """
    for place, name in enumerate(network.intersections):
        rows = shown[:, place]
        green = _green(network, place)
        conflicts = _conflicts(network, place, green)
        yield from (f"{name}: {told}" for told in _meetings(green[rows], conflicts, timing.yellow + timing.all_red))
        yield from (f"{name}: {told}" for told in _short_greens(network, place, rows, timing.min_green))


def _connections(network: Network, place: int) -> Ints:
    """The connections of an intersection, in the order of their bits."""
    tables = network.tables
    own = np.flatnonzero(tables.intersection == place)
    return np.asarray(own[np.argsort(tables.bit[own])], np.int32)


def _green(network: Network, place: int) -> Bools:
    """(T, C) whether each connection of an intersection is green in each row of its phase table."""
    words, bits = _places(network, place)
    return np.asarray((network.tables.green[place][:, words] >> bits) & np.uint64(1), np.bool_)


def _conflicts(network: Network, place: int, green: Bools) -> Bools:
    """(C, C) whether the paths of two connections meet and no phase shows both green."""
    tables = network.tables
    own = _connections(network, place)
    words, bits = _places(network, place)
    meets = np.asarray((tables.conflicts[own][:, words] >> bits) & np.uint64(1), np.bool_)
    phases = green[tables.phase_row[place, : tables.phase_count[place]]]
    together = (phases[:, :, None] & phases[:, None, :]).any(axis=0)
    return np.asarray(meets & ~together)


def _places(network: Network, place: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    """The word and the bit of each connection of an intersection."""
    bit = network.tables.bit[_connections(network, place)]
    return np.asarray(bit // 64, np.int32), (bit % 64).astype(np.uint64)


def _meetings(green: Bools, conflicts: Bools, clearance: int) -> Iterator[str]:
    """Greens (time, C) of conflicting connections that come together, or too soon one after the other."""
    ended = np.full(green.shape[1], -clearance - 1)  # [s] last second of the last green of each connection
    for time, now in enumerate(green):
        if (conflicts & now[:, None] & now[None, :]).any():
            yield f"conflicting greens in second {time}"
            return
        begins = now & (~green[time - 1] if time else False)
        waited = time - 1 - ended
        early = begins[:, None] & conflicts & (waited < clearance)[None, :]
        if early.any():
            foe = int(np.argwhere(early)[0, 1])
            yield f"a green begins in second {time}, {waited[foe]} s after a conflicting one, not {clearance} s"
            return
        ended[now] = time


def _short_greens(network: Network, place: int, rows: Ints, least: int) -> Iterator[str]:
    """Phases in the rows shown (time,) that do not last the min green. A row that also clears a change is left out."""
    tables = network.tables
    count = tables.phase_count[place]
    changes = ~np.eye(count, dtype=np.bool_)  # a phase that follows itself shows its own row
    clearing = set(tables.clearance_row[place, :count, :count][changes].tolist())
    phases = set(tables.phase_row[place, :count].tolist()) - clearing
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if int(rows[start]) in phases and end - start < least:
            yield f"a green of {end - start} s begins in second {start}, shorter than the min green of {least} s"
            return
