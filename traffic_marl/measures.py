"""Measures of a run, computed from the records of every vehicle, each with its definition."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from traffic_marl.arrays import Bools, Floats, Ints
from traffic_marl.checks import at_least_one, boolean, ensure_kind
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.simulation import Records
from traffic_marl.simulation.conservation import check_records, count_of, vehicle_columns
from traffic_marl.units import HOUR


@dataclass(frozen=True)
class Definition:
    """The definition of a measure, and its unit."""

    unit: str
    text: str


DEFINITIONS: dict[str, Definition] = {
    "demanded": Definition(
        "veh", "vehicles due to depart before the demand ends (the horizon); all of them count below"
    ),
    "completed": Definition("veh", "demanded vehicles that completed their trip before the run ended"),
    "under_way": Definition("veh", "demanded vehicles still on the network when the run ended"),
    "backlog": Definition("veh", "demanded vehicles that had found no room to enter when the run ended"),
    "unserved": Definition(
        "veh", "demanded vehicles without a completed trip when the run ended: under way and backlog"
    ),
    "completion_rate": Definition("share", "completed vehicles per demanded vehicle"),
    "clear_time": Definition(
        "s",
        "end of the second in which the last demanded vehicle completed its trip; the end of the run if some had not",
    ),
    "mean_delay": Definition(
        "s/veh",
        "travel time less free travel time, mean over all demanded vehicles; from the scheduled departure, so waiting "
        "to enter counts, to the start of the trip's last second; a trip not completed counts to the end of the run, "
        "and no less than 0",
    ),
    "mean_travel_time": Definition(
        "s/veh",
        "from the scheduled departure to the start of the trip's last second, mean over all demanded vehicles; a trip "
        "not completed counts to the end of the run",
    ),
    "p95_travel_time": Definition("s", "travel time (as in its mean) that 95 % of the demanded vehicles do not exceed"),
    "largest_travel_time": Definition("s", "longest travel time (as in its mean) of a demanded vehicle"),
    "stops": Definition(
        "1/veh", "times a vehicle came to a standstill (below 0.1 m/s), mean over vehicles that entered"
    ),
    "mean_queue": Definition(
        "veh", "halted vehicles (below 0.1 m/s) on the network, mean over the time until the horizon"
    ),
    "largest_queue": Definition("veh", "most halted vehicles on one lane at one time, over the whole run"),
    "throughput": Definition("veh/h", "trips completed before the horizon, per hour of demand"),
    "longest_wait": Definition(
        "s",
        "longest standstill of a vehicle without a break, anywhere on the network, at a red or in a jam; waiting "
        "outside for room to enter is not included",
    ),
    "gridlock": Definition(
        "yes/no",
        "vehicles stood in a circle in which each blocks the next, whatever the signals show, and all had stood for at "
        "least 120 s when the run ended; a red blocks nobody, however long it is",
    ),
    "gridlocked_vehicles": Definition(
        "veh", "vehicles in such a circle or blocked by it, that had stood for at least 120 s when the run ended"
    ),
    "overlaps": Definition("veh s", "vehicles found overlapping the one ahead on their lane; counted by an audit only"),
    "disorders": Definition(
        "veh s",
        "vehicles found ahead of their predecessor on the lane, summed over the seconds; counted by an audit only",
    ),
    "travel_time_cityflow": Definition(
        "s/veh",
        "as CityFlow's engine counts it: mean over vehicles due before the horizon, from the scheduled departure to "
        "the start of the trip's last second, or to the horizon if it is not completed by then",
    ),
    "travel_time_log": Definition(
        "s/veh",
        "as CoLight and its successors count it: from the first arrival on a lane that ends at an intersection to the "
        "last departure from such a lane, summed over the intersections of a vehicle, mean over the vehicles that "
        "arrived at one before the horizon; a vehicle that has not left one counts to the horizon, and one that has "
        "come back to it to its last departure; seconds are counted by their start",
    ),
}


@dataclass(frozen=True, eq=False)
class Measures:
    """The measures of each of B copies, defined in `DEFINITIONS`.

    A mean over no vehicle is nan.
    """

    demanded: Ints  # [veh] (B,)
    completed: Ints  # [veh] (B,)
    under_way: Ints  # [veh] (B,)
    backlog: Ints  # [veh] (B,)
    unserved: Ints  # [veh] (B,)
    completion_rate: Floats  # (B,)
    clear_time: Ints  # [s] (B,)
    mean_delay: Floats  # [s/veh] (B,)
    mean_travel_time: Floats  # [s/veh] (B,)
    p95_travel_time: Floats  # [s] (B,)
    largest_travel_time: Floats  # [s] (B,)
    stops: Floats  # [1/veh] (B,)
    mean_queue: Floats  # [veh] (B,)
    largest_queue: Ints  # [veh] (B,)
    throughput: Floats  # [veh/h] (B,)
    longest_wait: Ints  # [s] (B,)
    gridlock: Bools  # (B,)
    gridlocked_vehicles: Ints  # [veh] (B,)
    overlaps: Floats  # [veh s] (B,) nan without an audit
    disorders: Floats  # [veh s] (B,) nan without an audit
    travel_time_cityflow: Floats  # [s/veh] (B,)
    travel_time_log: Floats  # [s/veh] (B,)

    def of(self, copy: int) -> dict[str, float | int | bool]:
        """The numbers of one copy by name, as plain Python values."""
        return {name: values[copy].item() for name, values in self}

    def __iter__(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        """Names and values (B,), in the order of the definitions."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)


def summarise(at_horizon: Records, at_end: Records, horizon: int, *, audited: bool = False) -> Measures:
    """The measures of a run.

    Args:
        at_horizon: records of every vehicle when the demand ended.
        at_end: records when the run ended. These are `at_horizon` itself if it ended there.
        horizon: [s] when the demand ended, at least 1. Vehicles due later are left out.
        audited: the run counted overlaps and disorders.

    Returns:
        The measures of every copy.

    Raises:
        UsageError: an argument has a wrong type, or the records are not those of the horizon and of the end.
        AssertionError: the records contradict themselves or each other.
    """
    ensure_kind("at_horizon", at_horizon, Records, "Simulation.records()")
    ensure_kind("at_end", at_end, Records, "Simulation.records()")
    horizon, audited = at_least_one("horizon", horizon), boolean("audited", audited)
    _check_times(at_horizon, at_end, horizon)
    check_records(at_horizon)
    check_records(at_end)
    demanded = vehicle_columns(at_end) & (at_end.scheduled < horizon)
    completed = demanded & (at_end.left != NEVER)
    backlog = demanded & (at_end.entered == NEVER)
    under_way = demanded & ~completed & ~backlog
    entered = demanded & ~backlog
    travel_time = _travel_time(at_end)
    done_by_horizon = demanded & (at_horizon.left != NEVER)
    assert np.array_equal(at_horizon.left[done_by_horizon], at_end.left[done_by_horizon]), "a completed trip changed"
    measures = Measures(
        demanded=count_of(demanded),
        completed=count_of(completed),
        under_way=count_of(under_way),
        backlog=count_of(backlog),
        unserved=count_of(demanded & ~completed),
        completion_rate=mean_of(completed.astype(np.float64), demanded),
        clear_time=np.where(demanded, np.minimum(at_end.left + 1, at_end.time), 0).max(axis=1, initial=0),
        mean_delay=mean_of(_delay(at_end, travel_time), demanded),
        mean_travel_time=mean_of(travel_time, demanded),
        p95_travel_time=_percentile(travel_time, demanded, 95.0),
        largest_travel_time=_percentile(travel_time, demanded, 100.0),
        stops=mean_of(at_end.stops, entered),
        mean_queue=np.where(demanded, at_horizon.halted, 0).sum(axis=1) / horizon,
        largest_queue=at_end.largest_queue,
        throughput=count_of(done_by_horizon) * HOUR / horizon,
        longest_wait=np.where(entered, at_end.longest_halt, 0).max(axis=1, initial=0),
        gridlock=at_end.gridlocked,
        gridlocked_vehicles=count_of(demanded & at_end.locked),
        overlaps=_audited(at_end.overlaps, audited),
        disorders=_audited(at_end.disorders, audited),
        travel_time_cityflow=mean_of(_travel_time(at_horizon), demanded),
        travel_time_log=mean_of(at_horizon.visiting, demanded & (at_horizon.visiting > 0)),
    )
    assert np.array_equal(measures.demanded, measures.completed + measures.under_way + measures.backlog)
    return measures


def _check_times(at_horizon: Records, at_end: Records, horizon: int) -> None:
    """Checks that the records are those of the horizon [s] and of a later time or the same."""
    if at_horizon.time != horizon:
        what = f"the records at the horizon are those of second {at_horizon.time}, not {horizon}"
        raise UsageError("at_horizon", what, "take them when the demand ends")
    if at_end.time < horizon:
        what = f"the records at the end are those of second {at_end.time}, before the horizon"
        raise UsageError("at_end", what, f"take them at second {horizon} or later")


def _travel_time(records: Records) -> Floats:
    """[s] (B, V) from the scheduled departure to the start of the trip's last second, or to the moment of the records.

    `left` is that start, as in CityFlow's log.
    """
    until = np.where(records.left == NEVER, records.time, records.left)
    return np.asarray(until - records.scheduled, np.float64)


def _delay(records: Records, travel_time: Floats) -> Floats:
    """[s] (B, V) travel time less free time, at least 0 for a trip that is not completed."""
    delay = travel_time - records.free
    return np.where(records.left == NEVER, np.maximum(delay, 0.0), delay)


def delays_of(records: Records) -> Floats:
    """[s] (B, V) delay of each vehicle up to now, as `mean_delay` defines it."""
    return _delay(records, _travel_time(records))


def mean_over_known(values: Floats) -> float | None:
    """The mean of one number for each copy, (B,). Copies without a number (nan) are left out. None without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _audited(counts: Ints, audited: bool) -> Floats:
    """The counts of an audit, or nan without an audit."""
    return counts.astype(np.float64) if audited else np.full(len(counts), np.nan)


def mean_of(values: Floats | Ints, mask: Bools) -> Floats:
    """(B,) mean over the vehicles in the mask, nan without vehicles."""
    return np.array([row.mean() if len(row) else np.nan for row in _rows(values, mask)], np.float64)


def _percentile(values: Floats, mask: Bools, percent: float) -> Floats:
    """(B,) percentile over the vehicles in the mask, interpolated linearly, nan without vehicles."""
    return np.array([np.percentile(row, percent) if len(row) else np.nan for row in _rows(values, mask)], np.float64)


def _rows(values: Floats | Ints, mask: Bools) -> list[Floats]:
    """The values in the mask, copy by copy. Without padding, no other copy can change the last digit of a sum."""
    return [row[chosen].astype(np.float64) for row, chosen in zip(values, mask, strict=True)]
