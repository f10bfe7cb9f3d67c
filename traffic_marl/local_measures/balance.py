"""The delay of the whole network by where it arose."""

from dataclasses import fields

import numpy as np

from traffic_marl.kernels.tables import NEVER
from traffic_marl.local_measures.tables import Balance
from traffic_marl.local_measures.visited import Visited
from traffic_marl.simulation import Records


def balance_of(copy: int, visited: Visited, records: Records, horizon: int) -> dict[str, float]:
    """The parts of the delay of all demanded vehicles of a copy [veh s], by the names of `Balance`."""
    count = int(records.count[copy])
    scheduled, left = records.scheduled[copy, :count], records.left[copy, :count]
    demanded, completed = scheduled < horizon, left != NEVER
    delay = np.minimum(left, records.time) - scheduled - records.free[copy, :count]
    delay = np.where(completed, delay, np.maximum(delay, 0.0))
    begun = visited.has_begun
    at_places = np.bincount(visited.vehicle[begun], visited.delay[begun], minlength=count)
    rest = delay - at_places
    return {
        "network": float(delay[demanded].sum()),
        "places": float(at_places[demanded].sum()),
        "elsewhere": float(rest[demanded & completed].sum()),
        "unfinished": float(rest[demanded & ~completed].sum()),
    }


def joined_balance(copies: list[dict[str, float]]) -> Balance:
    """The balances of the copies as one."""
    return Balance(**{each.name: np.array([copy[each.name] for copy in copies]) for each in fields(Balance)})
