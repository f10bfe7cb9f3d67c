"""The plan that stands in the phase tables of a network: their rows in order, each with its time."""

from dataclasses import dataclass, replace

from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.model import Node, signalised_nodes
from traffic_marl.network.network import Network
from traffic_marl.network.phase_tables import purposes
from traffic_marl.strategies.plans.sheet import Green, Sheet

WHERE = "plan"


@dataclass(frozen=True)
class _Turn:
    """A series of rows that show the same phase, or that stand between two phases."""

    phase: int  # NONE between two phases
    begins: float  # [s] after the start of the table
    lasts: float  # [s]


def sheet_of_tables(network: Network) -> Sheet:
    """The plan of the network's own phase tables.

    A row that repeats a phase stands for it. Where the file states which rows stand between phases, these are yellow
    and all-red. Otherwise yellow and all-red are those of the signals.

    Raises:
        StrategyError: a phase has no time.
    """
    nodes = signalised_nodes(network.graph)
    greens = [green for place, node in enumerate(nodes) for green in _greens(network, place, node)]
    return Sheet(WHERE, tuple(greens))


def _greens(network: Network, place: int, node: Node) -> list[Green]:
    """The greens of an intersection."""
    turns = _turns(network, place, node)
    greens = [turn for turn in turns if turn.phase != NONE]
    offset = node.offset + (greens[0].begins if greens else 0.0)
    is_stated = any(row.is_phase is not None for row in node.rows)
    found = []
    for number, turn in enumerate(turns):
        if turn.phase == NONE:
            continue
        after = turns[(number + 1) % len(turns)]
        between = after.lasts if after.phase == NONE else 0.0
        if turn.lasts < 1:
            what = f"the phase {network.phase_names[place][turn.phase]!r} of {node.name} has no time in its phase table"
            raise StrategyError(WHERE, what, "give a plan with plan:file=plan.csv")
        green = Green(
            WHERE,
            node.name,
            _label(network.phase_names[place], turn.phase),
            float(round(turn.lasts)),
            offset=float(round(offset)),
        )
        found.append(replace(green, clearance=float(round(between))) if is_stated else green)
    return found


def _label(names: tuple[str, ...], phase: int) -> str:
    """The number of a phase, or its name where the number is the name of another phase. A line takes names first."""
    number = str(phase)
    return names[phase] if number in names and names[phase] != number else number


def _turns(network: Network, place: int, node: Node) -> list[_Turn]:
    """The rows of a table in order, of which equal neighbours are one. The last may go on in the first."""
    turns: list[_Turn] = []
    time = 0.0
    is_stated = any(row.is_phase is not None for row in node.rows)
    for phase, lasts in zip(_phases(network, place, node), (row.time for row in node.rows), strict=True):
        if phase == NONE and not is_stated:
            continue  # the rows between two phases stand in no order and take no time
        if turns and turns[-1].phase == phase:
            turns[-1] = replace(turns[-1], lasts=turns[-1].lasts + lasts)
        else:
            turns.append(_Turn(phase, time, lasts))
        time += lasts
    if len(turns) > 1 and turns[0].phase == turns[-1].phase:
        last = turns.pop()
        turns[0] = _Turn(last.phase, turns[0].begins - last.lasts, turns[0].lasts + last.lasts)
    return turns


def _phases(network: Network, place: int, node: Node) -> list[int]:
    """The phase of each row, NONE for a row between two phases."""
    rows = [row for row in network.tables.phase_row[place].tolist() if row != NONE]
    taken = {*rows, *(row for row, _ in purposes(node.rows).repeats)}
    phase_of = {node.rows[row].shown: phase for phase, row in reversed(list(enumerate(rows)))}
    return [phase_of.get(row.shown, NONE) if number in taken else NONE for number, row in enumerate(node.rows)]
