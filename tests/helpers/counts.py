"""Turning counts in files, made by hand or counted in the trips of a demand."""

import csv

from traffic_marl.demand.counts.matching import groups_of
from traffic_marl.demand.window import movement_counts
from traffic_marl.scenario import CountedFlows, GridNetwork, Scenario, TurningFlows

HEAD = "intersection,approach,left,through,right,start"
CROSSING = Scenario(
    name="crossing",
    network=GridNetwork(rows=1, columns=1, block_m=200),
    demand=TurningFlows(inflow_vph=400),
    duration_s=900,
)


def counted(tmp_path, *lines, scenario=CROSSING, head=HEAD, **changes):
    """The scenario with a demand of these counts."""
    path = tmp_path / "counts.csv"
    path.write_text("\n".join((head, *lines)) + "\n")
    demand = CountedFlows(
        path=str(path), **{name: changes.pop(name) for name in ("turning", "inflow_vph") if name in changes}
    )
    return scenario.model_copy(update={"demand": demand, **changes})


def write_counts(path, network, trips, interval, intervals, change=lambda vehicles: vehicles):
    """Writes what is counted if each vehicle counts in the interval of its departure."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD.split(","))
        for number in range(intervals):
            passing = counts_within(network, trips, number * interval, (number + 1) * interval)
            for (place, road), turns in by_approach(network, passing, change).items():
                writer.writerow(
                    [place, road, *(turns.get(turn, "") for turn in ("left", "through", "right")), number * interval]
                )


def counts_within(network, trips, first, last):
    """[veh] (M,) vehicles that pass each movement and are due within some seconds."""
    from dataclasses import replace

    kept = (trips.scheduled >= first) & (trips.scheduled < last)
    return movement_counts(network, replace(trips, scheduled=trips.scheduled[kept], path_start=trips.path_start[kept]))


def by_approach(network, passing, change):
    """The counts of each intersection and road by turn."""
    found = {}
    for group in groups_of(network):
        vehicles = change(float(passing[list(group.movements)].sum()))
        found.setdefault((group.intersection, group.road), {})[group.turn] = round(vehicles)
    return found
