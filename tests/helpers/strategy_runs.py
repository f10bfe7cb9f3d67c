"""Strategies at work on random readings."""

import numpy as np

from tests.helpers.handmade_signals import conditions, joined, random_readings
from traffic_marl.strategies.catalogue import COMPARED, parse

VARIANTS = (*COMPARED, "max_pressure:exit=mean", "longest_queue:reach_m=200,hold=2", "sotl:threshold_veh_s=3")


def run(text, network, seeds, steps=12):
    """Phases asked for in a batch with one copy a seed, (steps, B, N)."""
    flow = {movement: 50.0 + 20.0 * movement for movement in range(len(network.movement_turns))}
    working = parse(text).strategy.start(conditions(network, flow, seeds=seeds))
    generators = [np.random.default_rng(seed) for seed in seeds]
    times = range(0, 13 * steps, 13)
    return np.stack(
        [working.decide(joined([random_readings(network, one, time) for one in generators])) for time in times]
    )
