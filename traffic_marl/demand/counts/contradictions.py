"""Counts that contradict each other: other numbers of vehicles turn into a road than leave it at its end."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.demand.counts.geh import geh
from traffic_marl.demand.counts.matching import Counts
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark

ALIKE = 0.5  # [veh] by which two sums of counts may differ


@dataclass(frozen=True)
class Contradiction:
    """A road whose counts at both ends differ. Intervals count in which all turns of both ends were counted."""

    road: str
    entering: float  # [veh] that turn into the road
    leaving: float  # [veh] that leave it at its end
    geh: float  # of the two as hourly flows

    def __str__(self) -> str:
        """The road and the two numbers."""
        return f"{self.entering:g} vehicles turn into {self.road} and {self.leaving:g} leave it (GEH {self.geh:.1f})"


def contradictions(network: Network, counts: Counts) -> list[Contradiction]:
    """The roads between two counted intersections whose counts differ, the greatest GEH first."""
    into: dict[str, list[int]] = {}
    out: dict[str, list[int]] = {}
    whole: set[int] = set()
    for number, group in enumerate(counts.groups):
        exits = {network.movement_roads[movement][1] for movement in group.movements}
        out.setdefault(group.road, []).append(number)
        for road in exits:
            into.setdefault(road, []).append(number)
        if len(exits) == 1:
            whole.add(number)
    found = [
        _difference(road, into[road], out[road], counts)
        for road in network.roads
        if road in into and road in out and whole.issuperset(into[road])
    ]
    return sorted((each for each in found if each is not None), key=lambda each: -each.geh)


def _difference(road: str, into: list[int], out: list[int], counts: Counts) -> Contradiction | None:
    """The difference of the counts at the two ends of a road. None if they agree or were not made."""
    both = ~np.isnan(counts.vehicles[:, into]).any(axis=1) & ~np.isnan(counts.vehicles[:, out]).any(axis=1)
    if not both.any():
        return None
    entering, leaving = (counts.vehicles[both][:, ends].sum(axis=1) for ends in (into, out))
    total = float(entering.sum()), float(leaving.sum())
    if abs(total[0] - total[1]) <= ALIKE:
        return None
    seconds = int(both.sum()) * counts.interval
    return Contradiction(road, *total, float(geh(*total, seconds)))


def contradiction_remarks(network: Network, counts: Counts) -> tuple[Remark, ...]:
    """A remark about the roads whose counts differ at their two ends."""
    found = contradictions(network, counts)
    if not found:
        return ()
    roads = "1 road contradict" if len(found) == 1 else f"{len(found)} roads contradict"
    first = "" if len(found) == 1 else "; the greatest difference"
    what = f"the counts at the two ends of {roads} each other{first}: {found[0]}"
    return (Remark(counts.name, what),)
