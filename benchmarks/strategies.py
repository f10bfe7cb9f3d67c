"""How long does a strategy take? A whole run of one copy on one thread, strategies in turn.

`fixed_time`, whose decisions cost next to nothing, shows what the traffic itself takes.
"""

import argparse
from time import perf_counter

from timing import medians, print_table

from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.rollout import Rollout, run
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.strategies.named import NamedStrategy

STRATEGIES = (
    "fixed_time",
    "actuated",
    "actuated_longest_queue",
    "rolling_horizon",
    "pretrained/general",
    "pretrained/general_plan",
)
SCENARIOS = ("grid_4x4_rush_hour", "grid_10x10")
HEAD = ["strategy", "decides every s", "simulated s/s", "us a second and intersection"]


def moved(scenario: Scenario, strategy: NamedStrategy) -> Rollout:
    """A run of one copy."""
    return run(scenario, strategy, [0], threads=1)


def pace_of(scenario: Scenario, strategy: NamedStrategy) -> float:
    """Wall time [s] that a simulated second takes."""
    begin = perf_counter()
    rollout = moved(scenario, strategy)
    return (perf_counter() - begin) / rollout.simulation.time


def measure(scenario: Scenario, rounds: int) -> list[list[str]]:
    """A row for each strategy."""
    strategies = {name: choose_strategy(name, "strategies") for name in STRATEGIES}
    intervals = {name: moved(scenario, chosen).interval for name, chosen in strategies.items()}  # compiles as well
    paces = {name: lambda chosen=chosen: pace_of(scenario, chosen) for name, chosen in strategies.items()}
    intersections = len(scenario.build_network().intersections)
    return [
        [name, str(intervals[name]), f"{1.0 / seconds:,.0f}", f"{1e6 * seconds / intersections:.1f}"]
        for name, seconds in medians(paces, rounds).items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS)
    parser.add_argument("--rounds", type=int, default=3)
    flags = parser.parse_args()
    for name in flags.scenarios:
        print(name)
        print_table(HEAD, measure(load_scenario(name), flags.rounds))


if __name__ == "__main__":
    main()
