"""The phases of a scenario whose network has phase tables: as users write them, and as the network has them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError
from traffic_marl.network.formats.document import read_json
from traffic_marl.network.network import Network
from traffic_marl.network.phase_remarks import phase_remarks
from traffic_marl.network.phases import select_phases
from traffic_marl.scenario.signals import Signals

PhaseRows = Sequence[int] | Mapping[str, Sequence[int]]  # one list for all intersections, or lists by intersection
FLAG = "--phases"


def with_phases(network: Network, signals: Signals, path: str) -> Network:
    """The network with the phases of the signals, and with remarks about them.

    Args:
        network: as it was read.
        signals: with rows of the phase tables, or none for the default rows.
        path: the file of the network.

    Raises:
        NetworkError: the signals choose rows that an intersection does not have.
    """
    rows: Any = signals.phases  # the scenario has checked that these are no phases of a generated network
    chosen = select_phases(network, rows)
    return replace(chosen, remarks=(*network.remarks, *phase_remarks(chosen, rows, Path(path).name)))


def parse_phases(text: str) -> PhaseRows:
    """Rows of phase tables from `1-4` or `1,3,5-6`, in the order given, or from a JSON file.

    The file holds one list of rows for all intersections, or lists by name of the intersection.

    Raises:
        UsageError: the text or the file has another form, or a row twice.
        FileError: the file cannot be read or is not JSON.
    """
    if text.lower().endswith(".json"):
        return _phases_of_file(text)
    return _distinct([row for piece in text.split(",") for row in _rows(text, piece.strip())], repr(text))


def _phases_of_file(path: str) -> PhaseRows:
    content = read_json(Path(path), "a file of phases")
    if isinstance(content, dict) and content:
        return {name: _listed(rows, f"{path}, {shown(name)},") for name, rows in content.items()}
    return _listed(content, path)


def _listed(rows: Any, where: str) -> tuple[int, ...]:
    """The rows of a file, if they are a list of whole numbers."""
    if not isinstance(rows, list) or not rows or not all(type(row) is int and row >= 0 for row in rows):
        what = f"{where} has {shown(rows)}, which is not a list of rows"
        raise UsageError(FLAG, what, 'write the file like [1, 2, 3] or like {"intersection": [0, 2]}')
    return _distinct(rows, where)


def _distinct(rows: list[int], where: str) -> tuple[int, ...]:
    for row in rows:
        if rows.count(row) > 1:
            raise UsageError(FLAG, f"{where} has row {row} twice", "give each row once")
    return tuple(rows)


def _rows(text: str, piece: str) -> range:
    """The rows of `3` or `5-6`."""
    first, dash, last = piece.partition("-")
    last = last if dash else first
    if not (_is_number(first) and _is_number(last) and int(first) <= int(last)):
        raise UsageError(FLAG, f"{text!r} is not a list of rows", "write it like 1-4 or 1,3,5-6, or name a .json file")
    return range(int(first), int(last) + 1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3
