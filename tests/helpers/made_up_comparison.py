"""Comparisons made up for tests, without a run."""

from dataclasses import fields

import numpy as np

from traffic_marl.comparison.comparison import Comparison, Outcome, judge
from traffic_marl.measures import Measures
from traffic_marl.rollout import RunRecord
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

WHOLE = ("demanded", "completed", "under_way", "backlog", "unserved", "clear_time", "largest_queue", "longest_wait")
MADE_UP = Scenario(
    name="made_up", network=GridNetwork(rows=1, columns=1, block_m=150), demand=TurningFlows(inflow_vph=300)
)


def measures(delays, **others):
    """Measures with the mean delays given; all else counts up from 1 unless given."""
    columns = {}
    for place, field in enumerate(fields(Measures), 1):
        kind = np.int32 if field.name in WHOLE else np.bool_ if field.name == "gridlock" else np.float64
        columns[field.name] = np.full(len(delays), 0 if kind is np.bool_ else place, kind)
        if field.name in others:
            columns[field.name] = np.array(others[field.name], kind)
    return Measures(**{**columns, "mean_delay": np.array(delays, np.float64)})


def outcome(label, delays, **others):
    made = measures(delays, **others)
    records = tuple(
        RunRecord(
            scenario="made_up",
            scenario_hash="abc",
            strategy=label,
            interval=5,
            horizon=3600,
            seed=seed,
            measures={name: None if value != value else value for name, value in made.of(seed).items()},
            version="0",
        )
        for seed in range(len(delays))
    )
    return Outcome(label, 5, made, records)


def comparison(delays_of, reference, **others):
    """A comparison of the strategies and delays in a dict; `others` go to every strategy's measures."""
    outcomes = [outcome(label, delays, **others) for label, delays in delays_of.items()]
    seeds = tuple(range(len(outcomes[0].measures.mean_delay)))
    return Comparison(MADE_UP, seeds, 3600, reference, judge(outcomes, reference))
