"""Results of a sweep: a learning curve for each point, and a table with a line for each."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from traffic_marl.learning.curves import Axis, Curve, Group, Validated, curve_of, read_runs
from traffic_marl.learning.curves.reading import MEAN
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.table import ProgressRow
from traffic_marl.learning.sweeps.dimensions import written
from traffic_marl.learning.sweeps.folder import Point, SweepFolder


@dataclass(frozen=True, eq=False)
class Judged:
    """A point with the learning curve of its runs. Without a curve if none of them has been validated."""

    point: Point
    curve: Curve | None

    @property
    def delay(self) -> float:
        """[s/veh] at the last moment that all its runs have reached, nan without a curve."""
        return nan if self.curve is None else float(self.curve.delay[-1])


def last_delay(folder: RunFolder) -> float:
    """Mean delay [s/veh] of the last validation of a run, nan if there was none."""
    rows = validated_rows(folder)
    return float(rows[-1][MEAN]) if rows else nan


def validated_rows(folder: RunFolder) -> list[ProgressRow]:
    """The lines of a run's table with a validation."""
    return [row for row in folder.progress() if row.get(MEAN, "") != ""]


def judged(folder: SweepFolder, axis: Axis = Axis.AGENT_STEPS) -> list[Judged]:
    """The points, those of least delay first. Points that were stopped or failed come after the others."""
    found = [_judged(folder, place, axis) for place in range(len(folder.points))]
    return sorted(found, key=lambda each: (not each.point.is_open, each.curve is None, each.delay))


def results_csv(results: Sequence[Judged]) -> str:
    """A line for each point: its values, and the delay of its runs."""
    names = list(dict.fromkeys(name for each in results for name in each.point.values))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    delays = ["delay at last [s/veh]", "low [s/veh]", "high [s/veh]", "best [s/veh]"]
    writer.writerow([*names, "runs", "agent_steps", *delays, "stopped at agent_steps", "failed"])
    for each in results:
        values = [written(each.point.values[name]) if name in each.point.values else "" for name in names]
        ended = ["" if each.point.stopped is None else each.point.stopped, each.point.failed or ""]
        writer.writerow([*values, *_cells(each.curve), *ended])
    return text.getvalue()


def _cells(curve: Curve | None) -> list[object]:
    """Runs, agent-steps and delays of a curve."""
    if curve is None:
        return [0, *[""] * 5]
    ends = ["" if end != end else repr(end) for end in (float(curve.low[-1]), float(curve.high[-1]))]
    last, best = repr(float(curve.delay[-1])), repr(float(curve.delay.min()))
    return [len(curve.group.runs), repr(float(curve.effort[-1])), last, *ends, best]


def _judged(folder: SweepFolder, place: int, axis: Axis) -> Judged:
    point = folder.points[place]
    runs = _validated(folder, place)
    if not runs:
        return Judged(point, None)
    group = Group(point.label, runs[0].traffic, runs[0].identity, tuple(runs))
    return Judged(point, curve_of(group, axis))


def _validated(folder: SweepFolder, place: int) -> list[Validated]:
    """The runs of a point that have been validated."""
    begun = [member for member in folder.members(place) if (run := folder.run(member)) and validated_rows(run)]
    return read_runs(str(folder.place(member)) for member in begun) if begun else []
