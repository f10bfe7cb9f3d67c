"""Timing plans as signal tables of GMNS, the General Modeling Network Specification: plain CSV files in a folder.

A controller has the name of its intersection, and phases are numbered from 1 in the order of the network's phases. The
greens of a cycle follow each other in one ring. Links have the names of roads.

Source: https://github.com/zephyr-data-specs/GMNS, version 0.97, folder `spec`.
"""

from collections.abc import Sequence

import numpy as np

from traffic_marl.files.csv_table import csv_text
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.strategies.plans.sheet import Green

PLANS, PHASES = "signal_timing_plan.csv", "signal_timing_phase.csv"
COORDINATION = "signal_coordination.csv"
TURN_NAMES = {"left": "left", "through": "thru", "right": "right"}
RING = BARRIER = 1
BEGIN = "begin_of_green"


def gmns_tables(greens: Sequence[Green], network: Network) -> dict[str, str]:
    """The tables of a plan by file name: controllers, plans, phases, coordination, movements.

    Args:
        greens: of all intersections, phases as numbers from 0, every time written.
        network: to which they belong.
    """
    names = list(dict.fromkeys(green.intersection for green in greens))
    first = {name: next(green for green in greens if green.intersection == name) for name in names}
    plans = [(f"plan_{name}", name, "11111111_0000_2400", first[name].cycle) for name in names]
    coordination = [
        (f"coordination_{name}", f"plan_{name}", name, names[0], int(first[name].phase) + 1, BEGIN, first[name].offset)
        for name in names
    ]
    return {
        "signal_controller.csv": csv_text(("controller_id",), [(name,) for name in names]),
        PLANS: csv_text(("timing_plan_id", "controller_id", "time_day", "cycle_length"), plans),
        PHASES: _phases(greens),
        COORDINATION: csv_text(
            (
                "coordination_id",
                "timing_plan_id",
                "controller_id",
                "coord_contr_id",
                "coord_phase",
                "coord_ref_to",
                "offset",
            ),
            coordination,
        ),
        "signal_phase_mvmt.csv": _phase_movements(greens, network),
        "movement.csv": _movements(network),
    }


def _numbered(greens: Sequence[Green]) -> list[tuple[str, int, Green]]:
    """Each green with its name and its position in the cycle, from 1."""
    count: dict[str, int] = {}
    found = []
    for green in greens:
        count[green.intersection] = position = count.get(green.intersection, 0) + 1
        found.append((f"{green.intersection}_{position}", position, green))
    return found


def _phases(greens: Sequence[Green]) -> str:
    heads = (
        "timing_phase_id",
        "timing_plan_id",
        "signal_phase_num",
        "min_green",
        "max_green",
        "clearance",
        "ring",
        "barrier",
        "position",
    )
    rows = [
        (
            name,
            f"plan_{green.intersection}",
            int(green.phase) + 1,
            green.green,
            green.green,
            (green.yellow or 0.0) + (green.all_red or 0.0),
            RING,
            BARRIER,
            position,
        )
        for name, position, green in _numbered(greens)
    ]
    return csv_text(heads, rows)


def _phase_movements(greens: Sequence[Green], network: Network) -> str:
    """The movements of each green. Movements that are green in every phase need no phase and are left out."""
    tables = network.tables
    rows = []
    for name, _, green in _numbered(greens):
        place = network.intersections.index(green.intersection)
        here = tables.movement_intersection == place
        for movement in np.flatnonzero(here & tables.served[:, int(green.phase)]).tolist():
            rows.append((f"{name}_{movement}", name, movement))
    return csv_text(("signal_phase_mvmt_id", "timing_phase_id", "mvmt_id"), rows)


def _movements(network: Network) -> str:
    rows = [
        (number, network.intersections[place], from_road, to_road, TURN_NAMES[turn], "signal")
        for number, (place, (from_road, to_road), turn) in enumerate(
            zip(
                network.tables.movement_intersection.tolist(),
                network.movement_roads,
                network.movement_turns,
                strict=True,
            )
        )
        if place != NONE
    ]
    return csv_text(("mvmt_id", "node_id", "ib_link_id", "ob_link_id", "type", "ctrl_type"), rows)
