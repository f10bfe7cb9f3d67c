"""The trips and signal changes of one run as CSV."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from traffic_marl.kernels.tables import NEVER
from traffic_marl.rollout import Rollout


def trips_csv(rollout: Rollout, names: tuple[str, ...]) -> str:
    """One line for each demanded vehicle of the first copy. Times that were not reached are empty.

    Args:
        rollout: the run.
        names: names of the first copy's vehicles, in the order of its records.
    """
    records = rollout.at_end
    columns = ("scheduled", "entered", "left", "halted", "stops")
    table = np.stack([getattr(records, column)[0, : len(names)] for column in columns], axis=1)
    due = table[:, 0] < rollout.horizon
    lines = [
        (name, *("" if value == NEVER else value for value in values))
        for name, values, counts in zip(names, table.tolist(), due.tolist(), strict=True)
        if counts
    ]
    return _csv(("vehicle", "scheduled", "entered", "finished", "halted", "stops"), lines)


def signals_csv(rollout: Rollout) -> str:
    """One line for each signal change of the first copy, and one for each intersection at time 0.

    The phase is the row of the intersection's phase table that is shown from that second on. Intergreens are included.
    """
    shown = rollout.simulation.signal_log()[0, : rollout.simulation.time]
    changes = np.ones(shown.shape, np.bool_)
    changes[1:] = shown[1:] != shown[:-1]
    names = rollout.simulation.network.intersections
    times, places = np.nonzero(changes)
    lines = [
        (time, names[place], row)
        for time, place, row in zip(times.tolist(), places.tolist(), shown[changes].tolist(), strict=True)
    ]
    return _csv(("time", "intersection", "phase"), lines)


def _csv(heads: tuple[str, ...], lines: Sequence[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(lines)
    return text.getvalue()
