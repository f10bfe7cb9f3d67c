"""How well the trips of a demand meet the counts that it was made from, by the GEH statistic."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.demand.counts.demand import CountedDemand
from traffic_marl.demand.counts.geh import GOOD, geh
from traffic_marl.demand.counts.matching import Group
from traffic_marl.files.csv_table import csv_text

HEADS = ("intersection", "approach", "turn", "start", "counted", "trips", "geh")


@dataclass(frozen=True)
class Met:
    """A count beside the trips that pass."""

    group: Group
    start: int | None  # [s] of the interval, as `Line.start`; None for all counted intervals together
    counted: float  # [veh]
    trips: float  # [veh]
    geh: float  # of the two as hourly flows


@dataclass(frozen=True)
class Fit:
    """All counts of a demand beside its trips."""

    by_interval: tuple[Met, ...]
    by_movement: tuple[Met, ...]  # over all intervals in which the movement was counted

    @property
    def worst(self) -> tuple[Met, ...]:
        """The movements, the greatest GEH first."""
        return tuple(sorted(self.by_movement, key=lambda met: -met.geh))

    def lines(self) -> list[str]:
        """The fit in two lines."""
        return [
            _line(self.by_movement, "movements over all intervals"),
            _line(self.by_interval, "movements in single intervals"),
        ]

    def csv(self) -> str:
        """One line a movement and interval."""
        rows = [
            (
                met.group.intersection,
                met.group.road,
                met.group.turn,
                met.start,
                met.counted,
                met.trips,
                f"{met.geh:.2f}",
            )
            for met in self.by_interval
        ]
        return csv_text(HEADS, rows)


def fit_of(demand: CountedDemand) -> Fit:
    """The counts of a demand beside the trips that it draws, whatever the seed."""
    counts = demand.counts
    trips = np.asarray((demand.group_matrix @ demand.passing.T).T, dtype=np.float64)  # (Q, G)
    single, together = [], []
    for number, group in enumerate(counts.groups):
        seen = np.flatnonzero(~np.isnan(counts.vehicles[:, number]))
        if not len(seen):
            continue
        counted, passing = counts.vehicles[seen, number], trips[seen, number]
        each = geh(passing, counted, counts.interval)
        starts = (counts.first + seen * counts.interval).tolist()
        single += [
            Met(group, *row) for row in zip(starts, counted.tolist(), passing.tolist(), each.tolist(), strict=True)
        ]
        total = geh(passing.sum(), counted.sum(), counts.interval * len(seen))
        together.append(Met(group, None, float(counted.sum()), float(passing.sum()), float(total)))
    return Fit(tuple(single), tuple(together))


def _line(mets: tuple[Met, ...], noun: str) -> str:
    values = np.array([met.geh for met in mets])
    good = int((values < GOOD).sum())
    share = 100.0 * good / len(values) if len(values) else 100.0
    worst = values.max(initial=0.0)
    return f"{good} of {len(values)} {noun} have a GEH below {GOOD:g} ({share:.0f} %); the greatest is {worst:.2f}"
