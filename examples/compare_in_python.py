"""Compares strategies on a scenario of your own, and prints the mean delays.

Every strategy meets the same traffic. The difference to the reference has a 95 % interval.
"""

import traffic_marl
from traffic_marl.scenario import ArterialNetwork, TurningFlows

STRATEGIES = ["fixed_time", "green_wave", "max_pressure:interval_s=10", "actuated"]
SCENARIO = traffic_marl.Scenario(
    name="short_arterial",
    description="Three intersections in a row, a quarter of an hour.",
    network=ArterialNetwork(intersections=3),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=900,
)


def main():
    """Compares and prints."""
    comparison = traffic_marl.compare(SCENARIO, STRATEGIES, seeds=range(5), reference="fixed_time")
    for row in comparison.rows:
        beside = "" if row.difference is None else f"{row.difference.mean:+6.1f} +- {row.difference.half_width:.1f}"
        print(f"{row.label:27} {row.delay.mean:6.1f} s/veh {beside}")


if __name__ == "__main__":
    main()
