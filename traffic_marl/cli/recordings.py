"""The signal changes of one run as CSV."""

import numpy as np

from traffic_marl.files.csv_table import csv_text
from traffic_marl.rollout import Rollout


def signals_csv(rollout: Rollout) -> str:
    """One line for each signal change of the first copy, and one for each intersection at time 0.

    The phase is the row of the intersection's phase table that is shown from that second on. Intergreens are included.
    The name is that of a phase to choose from, and empty for rows that are shown between two.
    """
    shown = rollout.simulation.signal_log()[0, : rollout.simulation.time]
    changes = np.ones(shown.shape, np.bool_)
    changes[1:] = shown[1:] != shown[:-1]
    network = rollout.simulation.network
    names = network.intersections
    rows = network.tables.phase_row.tolist()
    chosen = [dict(zip(own, phases, strict=False)) for own, phases in zip(rows, network.phase_names, strict=True)]
    times, places = np.nonzero(changes)
    lines = [
        (time, names[place], row, chosen[place].get(row, ""))
        for time, place, row in zip(times.tolist(), places.tolist(), shown[changes].tolist(), strict=True)
    ]
    return csv_text(("time", "intersection", "phase", "name"), lines)
