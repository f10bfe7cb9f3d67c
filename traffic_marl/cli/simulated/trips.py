"""The trips of one run as CSV."""

import numpy as np

from traffic_marl.arrays import Ints
from traffic_marl.demand.trips import Trips
from traffic_marl.files.csv_table import csv_text
from traffic_marl.kernels.tables import NEVER, NONE
from traffic_marl.rollout import Rollout

HEADS = ("vehicle", "scheduled", "entered", "finished", "halted", "stops", "origin", "destination", "type", "route")


def trips_csv(rollout: Rollout, trips: Trips) -> str:
    """One line for each demanded vehicle of the first copy. Times that were not reached are empty.

    Origin and destination are the first and the last road of the route, whose roads are separated by blanks.

    Args:
        rollout: the run.
        trips: the first copy's vehicles.
    """
    records = rollout.at_end
    columns = ("scheduled", "entered", "left", "halted", "stops")
    table = np.stack([getattr(records, column)[0, : len(trips)] for column in columns], axis=1)
    due = table[:, 0] < rollout.horizon
    routes = routes_of(rollout, trips.path)
    lines = [
        (
            trips.names[v],
            *("" if value == NEVER else value for value in table[v].tolist()),
            *_way(routes[int(trips.path_start[v])]),
        )
        for v in np.flatnonzero(due).tolist()
    ]
    types = [trips.types[row].name for row in trips.type_row[due].tolist()]
    whole = [(*line[:-1], kind, line[-1]) for line, kind in zip(lines, types, strict=True)]
    return csv_text(HEADS, whole)


def _way(roads: tuple[str, ...]) -> tuple[str, str, str]:
    """Origin, destination and route."""
    return roads[0], roads[-1], " ".join(roads)


def routes_of(rollout: Rollout, path: Ints) -> dict[int, tuple[str, ...]]:
    """Names of the roads of each path, by the index at which the path begins."""
    network = rollout.simulation.network
    lane_road = network.tables.lane_road
    ends = np.flatnonzero(path == NONE)
    starts = np.concatenate([[0], ends[:-1] + 1])
    found = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        lanes = path[start:end]
        roads = lane_road[lanes[lanes < len(lane_road)]].tolist()
        found[start] = tuple(network.roads[road] for road in roads)
    return found
