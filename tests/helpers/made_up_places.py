"""Local measures made up for tests, without a run."""

from dataclasses import fields

import numpy as np

from traffic_marl.local_measures import KINDS, LOCAL_DEFINITIONS, Balance, LocalMeasures, Place, PlaceMeasures
from traffic_marl.local_measures.tables import WHOLE

PLACES = {
    "intersection": (Place("I"),),
    "approach": (Place("I", "west_0", "W"), Place("I", "north_0", "N")),
    "movement": (
        Place("I", "west_0", "W", "left", "exit_north"),
        Place("I", "west_0", "W", "through", "exit_east"),
        Place("I", "north_0", "N", "through", "exit_south"),
    ),
}


def place_measures(kind, delays, **others):
    """A table of one copy with the mean delays given; all else counts up from 1 unless given."""
    columns = {}
    for number, name in enumerate(LOCAL_DEFINITIONS, 1):
        dtype = np.int32 if name in WHOLE else np.float64
        columns[name] = np.array([others.get(name, [number] * len(delays))], dtype)
    return PlaceMeasures(kind, PLACES[kind], **{**columns, "mean_delay": np.array([delays], np.float64)})


def local_measures(delays):
    """The measures of one intersection with three movements, whose mean delays are given."""
    tables = [place_measures(kind, delays[: len(PLACES[kind])]) for kind in KINDS]
    balance = Balance(**{each.name: np.zeros(1) for each in fields(Balance)})
    turns = ("left", "through", "right")
    return LocalMeasures(
        *tables,
        balance,
        dict.fromkeys(turns, np.full(1, 1470.0)),
        dict.fromkeys(turns, np.zeros(1)),
        dict.fromkeys(turns, np.zeros(1)),
    )
