"""What became of the vehicles of all seeds under one strategy, in the numbers that charts are drawn of."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.comparison.statistics import Estimate, estimate
from traffic_marl.kernels.tables import NEVER
from traffic_marl.measures import delays_of
from traffic_marl.rollout import Rollout
from traffic_marl.simulation import Records
from traffic_marl.simulation.conservation import vehicle_columns

SPANS = (30, 60, 120, 300, 600, 900, 1800, 3600)  # [s] of departures that one mean is taken over
FEWEST_SPANS = 12  # of a demand
STEPS = 120  # of a demand, between two counts


@dataclass(frozen=True, eq=False)
class Detail:
    """Numbers of one strategy. All of them are of vehicles due before the demand ends."""

    label: str
    span: int  # [s] of departures that one mean is taken over
    delay: tuple[Estimate, ...]  # [s/veh] of the vehicles due in each span, with its interval over the seeds
    times: Floats  # [s] (T,) of the counts
    due: Floats  # [veh] (T,) so far, mean over the seeds
    entered: Floats  # [veh] (T,) so far
    completed: Floats  # [veh] (T,) so far
    delays: Floats  # [s] (V,) of each vehicle of all seeds, ascending
    standstills: Ints  # [s] (V,) longest standstill of each vehicle that entered, ascending


def detail_of(rollout: Rollout) -> Detail:
    """The numbers of a run of all seeds."""
    records, horizon = rollout.at_end, rollout.horizon
    demanded = vehicle_columns(records) & (records.scheduled < horizon)
    delays, span = delays_of(records), span_of(horizon)
    times = _times(horizon, records.time)
    return Detail(
        label=rollout.strategy.label,
        span=span,
        delay=_by_departure(records, delays, demanded, span, horizon),
        times=times,
        due=_counts(records.scheduled, demanded, times),
        entered=_counts(records.entered, demanded & (records.entered != NEVER), times),
        completed=_counts(records.left + 1, demanded & (records.left != NEVER), times),
        delays=np.sort(delays[demanded]),
        standstills=np.sort(records.longest_halt[demanded & (records.entered != NEVER)]),
    )


def span_of(horizon: int) -> int:
    """[s] The longest of SPANS that a demand has at least FEWEST_SPANS of, else the shortest."""
    return max((span for span in SPANS if span * FEWEST_SPANS <= horizon), default=SPANS[0])


def _times(horizon: int, end: int) -> Floats:
    """[s] (T,) Equal steps to the end of the run, with the end."""
    step = max(1, horizon // STEPS)
    return np.append(np.arange(0, end, step, dtype=np.float64), float(end))


def _by_departure(records: Records, delays: Floats, demanded: Bools, span: int, horizon: int) -> tuple[Estimate, ...]:
    """[s/veh] For each span of departures, the mean over the seeds. Seeds without a vehicle in it are left out."""
    place = np.where(demanded, records.scheduled // span, 0)
    spans = -(-horizon // span)
    means = np.full((len(delays), spans), np.nan)
    for copy in range(len(delays)):
        chosen = demanded[copy]
        count = np.bincount(place[copy][chosen], minlength=spans)
        total = np.bincount(place[copy][chosen], weights=delays[copy][chosen], minlength=spans)
        means[copy, count > 0] = total[count > 0] / count[count > 0]
    return tuple(estimate(column) for column in means.T)


def _counts(moments: Ints, chosen: Bools, times: Floats) -> Floats:
    """[veh] (T,) Events up to each time, mean over the seeds."""
    found = np.sort(moments[chosen])
    return np.searchsorted(found, times, side="right") / max(len(moments), 1)
