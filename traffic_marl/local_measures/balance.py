"""The delay of the whole network by where it arose."""

from dataclasses import fields

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import NEVER
from traffic_marl.local_measures.tables import Balance
from traffic_marl.local_measures.visited import Visited
from traffic_marl.simulation import Records


def balance_of(copy: int, visited: Visited, records: Records, delays: Floats, horizon: int) -> dict[str, float]:
    """The parts of the delay of all demanded vehicles of a copy [veh s], by the names of `Balance`.

    Args:
        copy: its number.
        visited: its visits.
        records: of all copies.
        delays: [s] (B, V) of each vehicle up to the moment of the records.
        horizon: [s] when the demand ended.
    """
    count = int(records.count[copy])
    delay = delays[copy, :count]
    demanded, completed = records.scheduled[copy, :count] < horizon, records.left[copy, :count] != NEVER
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
