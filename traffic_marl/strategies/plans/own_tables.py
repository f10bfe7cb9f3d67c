"""The plan that stands in the phase tables of a network: their rows in order, each with its time."""

from itertools import groupby

from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.model import Node, signalised_nodes
from traffic_marl.network.network import Network
from traffic_marl.strategies.plans.sheet import Green, Sheet

WHERE = "plan"


def sheet_of_tables(network: Network) -> Sheet:
    """The plan of the network's own phase tables. Yellow and all-red are those of the signals.

    A row that repeats a phase stands for it. Rows that are no phase to choose from are left out.

    Raises:
        StrategyError: the network has no phase tables, or a phase has no time.
    """
    nodes = signalised_nodes(network.graph)
    greens = [green for place, node in enumerate(nodes) for green in _greens(network, place, node)]
    return Sheet(WHERE, tuple(greens))


def _greens(network: Network, place: int, node: Node) -> list[Green]:
    """The greens of an intersection."""
    rows = [row for row in network.tables.phase_row[place].tolist() if row != NONE]
    phase_of = {node.rows[row].shown: phase for phase, row in reversed(list(enumerate(rows)))}
    shown = [(phase_of[row.shown], row.time) for row in node.rows if row.shown in phase_of]
    found = []
    for phase, turns in groupby(shown, key=lambda turn: turn[0]):
        green = float(round(sum(time for _, time in turns)))
        if green < 1:
            what = f"the phase {network.phase_names[place][phase]!r} of {node.name} has no time in its phase table"
            raise StrategyError(WHERE, what, "give a plan with plan:file=plan.csv")
        found.append(Green(WHERE, node.name, str(phase), green))
    return _closed(found)


def _closed(greens: list[Green]) -> list[Green]:
    """The greens of a cycle whose last one may go on in the first one."""
    if len(greens) > 1 and greens[0].phase == greens[-1].phase:
        first, *middle, last = greens
        return [Green(WHERE, first.intersection, first.phase, first.green + last.green), *middle]
    return greens
