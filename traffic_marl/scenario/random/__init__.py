"""Random scenarios: a whole experiment drawn from a seed, for policies that shall work anywhere."""

from traffic_marl.scenario.random.notation import ranges_of
from traffic_marl.scenario.random.ranges import Ranges
from traffic_marl.scenario.random.scenarios import random_scenario

__all__ = ["Ranges", "random_scenario", "ranges_of"]
