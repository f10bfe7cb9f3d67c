"""The part of a demand that a run takes: vehicles that are due within some of its seconds."""

from dataclasses import replace

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.demand.demand import Demand, remarks_of
from traffic_marl.demand.trips import Trips
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark

LATE_BEGIN = 900  # [s] from which on a time without vehicles at the begin of a run is told
SAMPLED_SEEDS = range(16)  # draws over which the flow of a random demand is averaged if it does not know it


class DemandWindow:
    """The vehicles of a demand that are due from one second to another. The first second is time 0.

    A draw has the vehicles that the whole demand draws with the same seed, less those outside the window.

    Args:
        network: the network of the demand.
        demand: the whole demand. If it has `flow_between`, a function of two seconds that gives its expected flow
            between them like `flow`, this is asked. Otherwise the flow is counted in draws.
        first: [s] at least 0.
        last: [s] vehicles due at this second or later are left out.
    """

    def __init__(self, network: Network, demand: Demand, first: int, last: int) -> None:
        self.whole = demand
        self.first = first
        self.remarks = remarks_of(demand)
        self.duration = last - first
        self.is_random = demand.is_random
        between = getattr(demand, "flow_between", None)
        self.flow: Floats = self._counted_flow(network) if between is None else between(first, last)

    def draw(self, seed: int) -> Trips:
        """The trips of this seed within the window, with times from its first second on."""
        trips = self.whole.draw(seed)
        due = trips.scheduled - self.first
        kept = np.flatnonzero((due >= 0) & (due < self.duration))
        return replace(
            trips,
            scheduled=due[kept].astype(np.int32),
            type_row=trips.type_row[kept],
            path_start=trips.path_start[kept],
            names=tuple(trips.names[place] for place in kept.tolist()),
        )

    def _counted_flow(self, network: Network) -> Floats:
        """[veh/s] (M,) mean of some draws, or of the only one."""
        seeds = SAMPLED_SEEDS if self.is_random else SAMPLED_SEEDS[:1]
        count = np.sum([movement_counts(network, self.draw(seed)) for seed in seeds], axis=0)
        flow: Floats = count / (len(seeds) * self.duration)
        return flow


def movement_counts(network: Network, trips: Trips) -> Floats:
    """[veh] (M,) vehicles of a draw that pass each movement on their path."""
    total = np.zeros(len(network.movement_roads))
    if not len(trips):
        return total
    ends = np.flatnonzero(trips.path == NONE)
    lanes = len(network.lane_names)
    for start, count in zip(*_counted(trips.path_start), strict=True):
        path = trips.path[start : ends[np.searchsorted(ends, start)]]
        np.add.at(total, network.tables.movement[path[path >= lanes] - lanes], count)
    return total


def _counted(starts: Ints) -> tuple[list[int], list[int]]:
    """The distinct paths, each by its start, and the number of vehicles on each."""
    start, count = np.unique(starts, return_counts=True)
    return start.tolist(), count.tolist()


def absence(demand: Demand, where: str) -> tuple[Remark, ...]:
    """Remarks about absent vehicles: those outside a window, all where every flow is 0, and those of a late begin.

    Nothing strict refuses this, because the user asks for it. A random demand is counted as seed 0 draws it.

    Args:
        demand: all of a demand, or the part of it in a window.
        where: the file or field of the demand.
    """
    whole = demand.whole if isinstance(demand, DemandWindow) else demand
    if demand.is_random and not whole.flow.any():
        return (Remark(where, "no vehicle is due, because every flow is 0"),)
    late_begin = () if demand.is_random else _late_begin(demand, where)
    if not isinstance(demand, DemandWindow):
        return late_begin
    due = demand.whole.draw(0).scheduled
    last = demand.first + demand.duration
    about, drawn = ("about ", " (as drawn with seed 0)") if demand.is_random else ("", "")
    counts = {
        f"before second {demand.first:,} of the demand": int((due < demand.first).sum()),
        f"at second {last:,} of the demand or later": int((due >= last).sum()),
    }
    outside = tuple(
        Remark(where, f"{about}{count:,} of {len(due):,} vehicles are due {when} and left out{drawn}")
        for when, count in counts.items()
        if count
    )
    return (*outside, *late_begin)


def _late_begin(demand: Demand, where: str) -> tuple[Remark, ...]:
    """A remark if the first vehicle is due long after the beginning of the run."""
    due = demand.draw(0).scheduled
    wait = int(due.min()) if len(due) else 0
    if wait < LATE_BEGIN:
        return ()
    first = wait + (demand.first if isinstance(demand, DemandWindow) else 0)
    what = f"no vehicle is due before second {first:,} of the demand; let the run begin there to save the time before"
    return (Remark(where, what),)


def ensure_vehicles(demand: Demand, first: int, last: int, where: str) -> None:
    """Checks that a vehicle is due. A random demand may draw none.

    Args:
        demand: the vehicles.
        first: [s] second of the whole demand at which it begins.
        last: [s] second of the whole demand at which it ends.
        where: the file or field of the demand.

    Raises:
        DemandError: none is due.
    """
    if not demand.is_random and not len(demand.draw(0)):
        reasons = "".join(f": {remark.what}" for remark in remarks_of(demand))
        what = f"no vehicle is due in the seconds {first:,} to {last - 1:,}{reasons}"
        raise DemandError(where, what, "give a demand with vehicles, or other seconds of it")
