"""The states of signals in SUMO's letters, and programs made of them."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from traffic_marl.arrays import Bools, Ints
from traffic_marl.exchange.sumo.naming import Naming
from traffic_marl.exchange.sumo.roads import add_connections
from traffic_marl.kernels.tables import WORD
from traffic_marl.network.network import Network


class Step(NamedTuple):
    """A state of a signal program."""

    state: str
    duration: int  # [s]
    shortest: int  # [s] of an actuated program
    longest: int  # [s] likewise


class Program(NamedTuple):
    """The program of a signal."""

    steps: Sequence[Step]
    values: dict[str, str] | None = None  # of actuated control, by SUMO's names of them. None: all times are fixed


def members(network: Network, intersection: int) -> Ints:
    """Connections of an intersection by their place in its states."""
    own = np.flatnonzero(network.tables.intersection == intersection)
    found: Ints = own[np.argsort(network.tables.bit[own])].astype(np.int32)
    return found


def green_members(network: Network, intersection: int, row: int) -> Bools:
    """(members,) which connections are green in a row of the phase table."""
    bits = network.tables.bit[members(network, intersection)]
    words = network.tables.green[intersection, row, bits // WORD]
    return np.asarray((words >> (bits % WORD).astype(np.uint64)) & np.uint64(1), np.bool_)


def yielding_members(network: Network, intersection: int, green: Bools) -> Bools:
    """(members,) which green connections meet another green one that goes first."""
    tables = network.tables
    own = members(network, intersection)
    goes = np.zeros(len(tables.bit), np.bool_)
    goes[own[green]] = True
    yields = np.zeros(len(own), np.bool_)
    for place in np.flatnonzero(green).tolist():
        met = slice(*tables.crossing_start[own[place] : own[place] + 2].tolist())
        yields[place] = (goes[tables.crossing_foe[met]] & (tables.crossing_precedence[met] < 0)).any()
    return yields


def state(network: Network, intersection: int, row: int, ending: int | None = None) -> str:
    """The signal of each connection: G for green, g for green that yields, y for yellow, r for red.

    Args:
        network: the network.
        intersection: index of the intersection.
        row: of its phase table.
        ending: row shown before, whose greens that are none in `row` are yellow now. None: no yellow is shown.
    """
    green = green_members(network, intersection, row)
    letters = np.where(green, np.where(yielding_members(network, intersection, green), "g", "G"), "r")
    if ending is not None:
        letters[green_members(network, intersection, ending) & ~green] = "y"
    return "".join(letters.tolist())


def program_elements(network: Network, naming: Naming, programs: Sequence[Program]) -> Element:
    """Programs of all signals with the places of the connections in their states.

    Args:
        network: the network.
        naming: names of its parts.
        programs: of each intersection.
    """
    root = Element("tlLogics")
    for name, program in zip(naming.intersections, programs, strict=True):
        kind = "static" if program.values is None else "actuated"
        logic = SubElement(root, "tlLogic", id=name, type=kind, programID="0", offset="0")
        for key, value in (program.values or {}).items():
            SubElement(logic, "param", key=key, value=value)
        for step in program.steps:
            attributes = {"duration": str(step.duration), "state": step.state}
            if program.values is not None:
                attributes |= {"minDur": str(step.shortest), "maxDur": str(step.longest)}
            SubElement(logic, "phase", attributes)
    add_connections(root, network, naming, signals=True)
    return root
