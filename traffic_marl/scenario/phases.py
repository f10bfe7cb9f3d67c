"""The phases that a scenario's signals choose from the phase tables of a network."""

from dataclasses import replace
from pathlib import Path

from traffic_marl.network.network import Network
from traffic_marl.network.phase_remarks import phase_remarks
from traffic_marl.network.phases import select_phases
from traffic_marl.scenario.signals import Signals


def with_phases(network: Network, signals: Signals, path: str) -> Network:
    """The network with the phases of the signals, and with remarks about them.

    Args:
        network: as it was read.
        signals: with rows of the phase tables, or none for the default rows.
        path: the file of the network.

    Raises:
        NetworkError: the signals choose rows that an intersection does not have.
    """
    rows = signals.phases
    assert not isinstance(rows, str), "the scenario has checked this"
    chosen = select_phases(network, rows)
    return replace(chosen, remarks=(*network.remarks, *phase_remarks(chosen, rows, Path(path).name)))
