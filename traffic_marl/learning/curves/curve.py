"""The learning curve of a group of runs."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.errors import UsageError
from traffic_marl.learning.curves.groups import Group
from traffic_marl.learning.curves.reading import Validated
from traffic_marl.learning.curves.statistics import interquartile_mean, interval


class Axis(StrEnum):
    """The effort that a curve is drawn over."""

    AGENT_STEPS = "agent-steps"
    MINUTES = "minutes"


@dataclass(frozen=True, eq=False)
class Curve:
    """Delays of a group at T moments that all its runs have reached."""

    group: Group
    axis: Axis
    effort: Floats  # (T,) agent-steps or minutes, ascending
    delay: Floats  # [s/veh] (T,) interquartile mean over the runs and their validation seeds
    low: Floats  # [s/veh] (T,) ends of its interval, nan with fewer than two runs
    high: Floats  # [s/veh] (T,)


def curve_of(group: Group, axis: Axis = Axis.AGENT_STEPS) -> Curve:
    """The curve of a group. Between two validations a run keeps the delay of the former one.

    Raises:
        UsageError: the runs have no moment in common.
    """
    efforts = [_effort(run, axis) for run in group.runs]
    begin, end = max(each[0] for each in efforts), min(each[-1] for each in efforts)
    if begin > end:
        shortest = min(group.runs, key=lambda run: float(_effort(run, axis)[-1]))
        what = f"ends before another run of the same settings begins, by {axis}"
        raise UsageError(shortest.name, what, "train it longer, or leave it out")
    every = np.unique(np.concatenate(efforts))
    moments = every[(every >= begin) & (every <= end)]
    table = _table(group, efforts, moments)  # (R, T, S)
    ends = np.array([interval(table[:, place]) for place in range(len(moments))])
    whole = interquartile_mean(table.transpose(1, 0, 2).reshape(len(moments), -1))
    return Curve(group, axis, moments, whole, ends[:, 0], ends[:, 1])


def _table(group: Group, efforts: list[Floats], moments: Floats) -> Floats:
    """[s/veh] (R, T, S) The delays of each run at each moment. Where one has its mean alone, so have all."""
    delays = [run.delays for run in group.runs]
    if len({each.shape[1] for each in delays}) > 1:
        delays = [each.mean(axis=1, keepdims=True) for each in delays]
    places = [np.searchsorted(effort, moments, side="right") - 1 for effort in efforts]
    return np.stack([delay[place] for delay, place in zip(delays, places, strict=True)])


def _effort(run: Validated, axis: Axis) -> Floats:
    return run.agent_steps if axis is Axis.AGENT_STEPS else run.minutes
